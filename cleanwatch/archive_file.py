"""The file that an archive is: a zip with a manifest, readable without this program.

`readings/2026-11-22.parquet` are the readings of a day; `digests/2026-11-22.0.json` its digest, and with other
numbers what came in later for it; `records/*.jsonl` rows of the records, a JSON object a line; `audit.zip` the audit
rows of the time with a script that verifies them; `verify_readings.py` a script that holds readings against digests.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import LargeBinary, Table

from cleanwatch.backup_file import CHUNK, Part
from storage.samples.columns import COLUMN_TYPES, NO_NUMBER, Array, Columns

MANIFEST, AUDIT = "manifest.json", "audit.zip"


class ArchiveError(Exception):
    """An archive could not be made or used; the message says why, and what would be right."""


class ArchiveManifest(msgspec.Struct, frozen=True):
    """What is in an archive, and when and by what it was made. Days are of UTC, both included."""

    format: int
    made: str
    cleanwatch: str
    site: str
    station: str
    first: str
    last: str
    readings: int
    parts: tuple[Part, ...] = ()


class ArchiveWriter:
    """Puts parts into a new archive, and their checksums into its manifest."""

    def __init__(self, target: zipfile.ZipFile) -> None:
        self._target = target
        self._parts: list[Part] = []

    def add(self, name: str, content: bytes) -> None:
        """One file in it."""
        kind = zipfile.ZIP_STORED if name.endswith((".parquet", ".zip")) else zipfile.ZIP_DEFLATED
        self._target.writestr(name, content, kind)
        self._parts.append(Part(name, len(content), hashlib.sha256(content).hexdigest()))

    def add_readings(self, date: str, by_point: Mapping[str, Columns]) -> None:
        """The readings of a day, by point and time."""
        buffer = io.BytesIO()
        pq.write_table(_table(by_point), buffer, compression="zstd")
        self.add(f"readings/{date}.parquet", buffer.getvalue())

    def add_rows(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of the records; bytes are written in base64."""
        self.add(f"records/{table.name}.jsonl", b"".join(msgspec.json.encode(row) + b"\n" for row in rows))

    def finish(self, manifest: ArchiveManifest) -> ArchiveManifest:
        """Add what explains and verifies it, and the manifest."""
        here = files("storage.records.trail.inspection")
        self.add("verify_readings.py", here.joinpath("verify_readings.py").read_bytes())
        self.add("README.txt", here.joinpath("ARCHIVE.txt").read_bytes())
        whole = msgspec.structs.replace(manifest, parts=tuple(self._parts))
        self._target.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(whole), indent=2))
        return whole


class ArchiveReader:
    """Reads an archive. Raises ArchiveError where it is none."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self._source = source
        try:
            self.manifest = msgspec.json.decode(source.read(MANIFEST), type=ArchiveManifest)
        except (KeyError, msgspec.DecodeError, zipfile.BadZipFile) as error:
            raise ArchiveError(f"it is no archive of Cleanwatch, or one of a newer version: {error}") from None
        if self.manifest.format != 1:
            raise ArchiveError(f"it has format {self.manifest.format}; this Cleanwatch knows format 1")

    def damaged(self) -> Iterator[str]:
        """Every part that is not what the manifest says, in words; and parts that it says nothing of."""
        names = set(self._source.namelist()) - {MANIFEST}
        for part in self.manifest.parts:
            names.discard(part.name)
            try:
                with self._source.open(part.name) as content:
                    digest = hashlib.sha256()
                    while block := content.read(CHUNK):
                        digest.update(block)
            except (KeyError, zipfile.BadZipFile, EOFError, OSError) as error:
                yield f"{part.name} is missing or damaged: {error}"
                continue
            if digest.hexdigest() != part.sha256:
                yield f"{part.name} was altered: its SHA-256 is not the one in the manifest"
        yield from (f"{name} was put in: the manifest says nothing of it" for name in sorted(names))

    def read(self, name: str) -> bytes:
        """The content of one file in it."""
        return self._source.read(name)

    def dates(self) -> list[str]:
        """The days of which there are readings."""
        names = (part.name for part in self.manifest.parts)
        return sorted(Path(name).stem for name in names if name.startswith("readings/"))

    def digests(self, date: str) -> list[bytes]:
        """The digests of a day, part after part."""
        names = [part.name for part in self.manifest.parts if part.name.startswith(f"digests/{date}.")]
        return [self.read(name) for name in sorted(names, key=lambda name: int(name.split(".")[-2]))]

    def readings(self, date: str) -> dict[str, Columns]:
        """The readings of a day, by point."""
        try:
            table = pq.read_table(io.BytesIO(self.read(f"readings/{date}.parquet")))
        except (pa.ArrowException, KeyError, zipfile.BadZipFile) as error:
            raise ArchiveError(f"readings/{date}.parquet cannot be read: {error}") from None
        points = table.column("point").to_numpy(zero_copy_only=False)
        columns = Columns(**{name: _numbers(table.column(name), COLUMN_TYPES[name]) for name in Columns.names()})
        return {str(point): columns.take(points == point).ordered() for point in np.unique(points.astype(str))}

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """The rows of one table of the records."""
        binary = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
        found = []
        for line in self.read(f"records/{table.name}.jsonl").splitlines():
            row = msgspec.json.decode(line)
            found.append(row | {name: msgspec.convert(row[name], bytes | None) for name in binary})
        return found


def sha256_of(file: Path) -> str:
    """The checksum of a whole file, as `sha256sum` prints it."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def on_disk(file: Path) -> None:
    """Have a file on disk before going on."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _table(by_point: Mapping[str, Columns]) -> pa.Table:
    points = sorted(by_point)
    lengths = [len(by_point[point]) for point in points]
    readings = Columns.joined([Columns.of_rows([]), *(by_point[point] for point in points)])
    names = pa.DictionaryArray.from_arrays(np.repeat(np.arange(len(points), dtype=np.int32), lengths), points)
    columns = {name: _nullable(getattr(readings, name), name) for name in Columns.names()}
    return pa.table({"point": names, **columns})


def _nullable(numbers: Array, name: str) -> pa.Array:
    if numbers.dtype.kind == "f":
        return pa.array(numbers, mask=np.isnan(numbers))
    return pa.array(numbers, mask=(numbers == NO_NUMBER) if name in ("sequence", "count") else None)


def _numbers(column: Any, kind: Any) -> Array:
    nothing = np.nan if np.dtype(kind).kind == "f" else (0 if kind is np.uint16 else NO_NUMBER)
    numbers: Array = column.fill_null(nothing).to_numpy().astype(kind)
    return numbers
