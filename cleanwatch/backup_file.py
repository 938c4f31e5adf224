"""The file that a backup is: a zip with the databases, and a manifest with what they are and their checksums."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal, TypeAlias

import msgspec

MANIFEST = "manifest.json"
RECORDS, SAMPLES = "records.db", "samples.db"
CHUNK = 1 << 20

Progress: TypeAlias = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much."""


class BackupError(Exception):
    """A backup could not be made or used; the message says why, and what was left as it was."""


class Part(msgspec.Struct, frozen=True):
    """One database in it."""

    name: str
    bytes: int
    sha256: str


class RecordsFacts(msgspec.Struct, frozen=True):
    """What the records held: enough to know them again."""

    schema: str
    audit_rows: int
    audit_head: str
    judged: int


class SamplesFacts(msgspec.Struct, frozen=True):
    """What the local store held."""

    schema: int
    commits: int
    sealed: int
    readings: int


class Manifest(msgspec.Struct, frozen=True):
    """What is in a backup, when and by what it was made. Without `records` these are in PostgreSQL."""

    format: Literal[1]
    made: str
    cleanwatch: str
    station: str
    samples: SamplesFacts
    records: RecordsFacts | None
    parts: tuple[Part, ...]


def write(file: Path, folder: Path, manifest: Callable[[tuple[Part, ...]], Manifest], progress: Progress) -> Manifest:
    """Put the databases of a folder into a new file, on disk and read back before it gets its name."""
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            parts = tuple(_add(archive, path, progress) for path in sorted(folder.glob("*.db")))
            whole = manifest(parts)
            archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(whole), indent=2))
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        with zipfile.ZipFile(unfinished) as archive:
            for part in parts:
                extract(archive, part, None, progress)
        unfinished.rename(file)
        sync_folder(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    return whole


def sha256_of(file: Path) -> str:
    """The checksum of a whole file, as `sha256sum` prints it."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Raises BackupError where this is no backup, or one of another kind than this program knows."""
    try:
        return msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except KeyError:
        raise BackupError("it is no backup of Cleanwatch: it has no manifest") from None
    except msgspec.DecodeError as error:
        raise BackupError(f"its manifest is not one that this Cleanwatch knows: {error}") from None


def extract(archive: zipfile.ZipFile, part: Part, target: Path | None, progress: Progress) -> None:
    """Read a part whole, into a file if one is named. Raises BackupError where it is not what the manifest says."""
    try:
        with archive.open(part.name) as source:
            if target is None:
                digest = _copy(source, None, part.bytes, f"checking {part.name}", progress)
            else:
                with target.open("xb") as written:
                    digest = _copy(source, written, part.bytes, f"restoring {part.name}", progress)
                    os.fsync(written.fileno())
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise BackupError(f"{part.name} in it is missing or damaged: {error}") from None
    if digest != part.sha256:
        raise BackupError(f"{part.name} in it is damaged: its SHA-256 is not the one in the manifest")


def _add(archive: zipfile.ZipFile, path: Path, progress: Progress) -> Part:
    size = path.stat().st_size
    with path.open("rb") as source, archive.open(path.name, "w", force_zip64=True) as written:
        digest = _copy(source, written, size, f"packing {path.name}", progress)
    return Part(path.name, size, digest)


def _copy(source: IO[bytes], target: IO[bytes] | None, size: int, what: str, progress: Progress) -> str:
    digest, done = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
        done += len(chunk)
        progress(what, done, size)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk before going on."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
