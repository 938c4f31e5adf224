"""A consistent copy of the embedded databases while everything is running, and putting one back.

The records are copied before the local store. The engine's checkpoint, which is in the records, must not be ahead of
the commits in the store; a store that is ahead is only judged from the checkpoint on, which the engine does at every
start. Commits after the checkpoint must not be sealed yet, so where a seal came between both copies the records are
copied once more. Each copy is of one moment: it is read in one transaction, however long that takes.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from cleanwatch import backup_file
from cleanwatch.backup_file import RECORDS, SAMPLES, BackupError, Manifest, Part, Progress, RecordsFacts, SamplesFacts
from cleanwatch.folder import claimed
from facility.instants import Clock, text_of
from facility.site import MAIN
from storage.records import append_only, engine_memory, migrating
from storage.records.connecting import READING, engine_for, url_of
from storage.records.trail import audit
from storage.samples.local import schema
from storage.sqlite import sqlite

PAGES = 1024
"""So many pages are copied between two words of progress."""
TIMES = 5
"""How often the records are copied because a seal came between."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a station keeps things; `records` is None where that is PostgreSQL."""

    samples: Path
    records: Path | None
    station: str = MAIN


def back_up(live: Found, file: Path, clock: Clock, progress: Progress) -> Manifest:
    """Copy the local store, and the records where they are a file, into a new file.

    Raises BackupError in words; then there is no file of that name, nor a part of one.
    """
    if file.exists():
        raise BackupError(f"{file} exists already; name another file")
    for path in (live.samples, live.records):
        if path is not None and not path.exists():
            raise BackupError(f"there is nothing to back up: {path} does not exist")
    with _in_words(file.parent), tempfile.TemporaryDirectory(prefix=".cleanwatch-backup-", dir=file.parent) as place:
        folder = Path(place)
        _copy_both(live, folder, progress)
        samples_facts = check_samples(folder / SAMPLES)
        records_facts = None if live.records is None else check_records(folder / RECORDS, live.station)

        def manifest(parts: tuple[Part, ...]) -> Manifest:
            made = text_of(clock())
            return Manifest(1, made, version("cleanwatch"), live.station, samples_facts, records_facts, parts)

        return backup_file.write(file, folder, manifest, progress)


def restore(file: Path, data: Path, progress: Progress, judged: int | None = None) -> Manifest:
    """Put the databases of a backup into a data folder that has none. Raises BackupError in words.

    Nothing gets its name there before checksums, databases and audit trail have been found whole. `judged` is the
    newest commit that records know which stay where they are, in PostgreSQL: the local store goes on behind it.
    """
    for name in (SAMPLES, RECORDS):
        if (data / name).exists():
            raise BackupError(f"{data / name} exists, and nothing is overwritten; name a new folder, or move it away")
    with (
        _in_words(data),
        claimed(data, "station"),
        tempfile.TemporaryDirectory(prefix=".cleanwatch-restore-", dir=data) as place,
        _opened(file) as packed,
    ):
        folder, manifest = Path(place), backup_file.read_manifest(packed)
        names = [SAMPLES] if manifest.records is None else [RECORDS, SAMPLES]
        if sorted(part.name for part in manifest.parts) != names:
            raise BackupError(f"{file} should hold {' and '.join(names)}, and holds something else")
        for part in manifest.parts:
            backup_file.extract(packed, part, folder / part.name, progress)
        if check_samples(folder / SAMPLES) != manifest.samples:
            raise BackupError(f"the local store in {file} is not the one that its manifest describes")
        if manifest.records and check_records(folder / RECORDS, manifest.station) != manifest.records:
            raise BackupError(f"the records in {file} are not those that its manifest describes")
        if judged is not None:
            _go_on_behind(judged, folder / SAMPLES, manifest.samples)
        # Records last: without a local store behind them they would judge one that numbers its commits anew.
        for name in (SAMPLES, RECORDS):
            if name in names:
                (folder / name).rename(data / name)
                backup_file.sync_folder(data)
    return manifest


def _go_on_behind(judged: int, samples: Path, held: SamplesFacts) -> None:
    """Leave the numbers of commits empty that were made after the backup: they are judged and never come again."""
    if judged < held.sealed:
        raise BackupError(
            f"the records know commits up to {judged}, and the local store of this backup has sealed {held.sealed}: "
            "restore newer records first"
        )
    with closing(schema.connect(samples, read_only=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        lost = range(held.commits + 1, judged + 1)
        connection.executemany("INSERT INTO commits SELECT ?, stamp FROM head", [(number,) for number in lost])
        connection.execute("UPDATE head SET number = max(number, ?)", (judged,))
        connection.execute("COMMIT")


def check_samples(path: Path) -> SamplesFacts:
    """What is in a copy of the local store. Raises BackupError where it is damaged, NewerSchemaError."""
    with closing(schema.connect(path, read_only=True)) as connection:
        schema.check_version(connection, path)
        _check_integrity(connection, path)
        (version_,) = connection.execute("PRAGMA user_version").fetchone()
        number, sealed = connection.execute("SELECT number, sealed FROM head").fetchone()
        (readings,) = connection.execute("SELECT ifnull(sum(stored), 0) FROM source").fetchone()
    return SamplesFacts(version_, number, sealed, readings)


def check_records(path: Path, station: str) -> RecordsFacts:
    """What is in a copy of the records. Raises BackupError where it is damaged or was altered, RecordsError."""
    with closing(sqlite.connect(path)) as plain:
        _check_integrity(plain, path)
    with _records(path) as connection:
        revision = migrating.present_revision(connection)
        if missing := append_only.missing_triggers(connection):
            raise BackupError(
                f"the records are not protected against change: {', '.join(missing)} missing or altered"
            )
        if problems := audit.verify(connection):
            raise BackupError(f"the audit trail of the records was altered: {problems[0]}")
        newest = audit.rows(connection, limit=1)[0]
        return RecordsFacts(str(revision), newest.seq, newest.hash, engine_memory.checkpoint(connection, station))


def _copy_both(live: Found, folder: Path, progress: Progress) -> None:
    for _ in range(TIMES):
        judged = None
        if live.records is not None:
            (folder / RECORDS).unlink(missing_ok=True)
            with _one_moment(live.records, "SELECT 1 FROM alembic_version") as (source, _):
                _copy(source, folder / RECORDS, progress)
            with _records(folder / RECORDS) as connection:
                judged = engine_memory.checkpoint(connection, live.station)
        with _one_moment(live.samples, "SELECT sealed FROM head") as (source, sealed):
            if judged is None or sealed <= judged:
                _copy(source, folder / SAMPLES, progress)
                return
    raise BackupError("readings were sealed again and again while the records were copied; try again in a minute")


@contextmanager
def _one_moment(path: Path, query: str) -> Iterator[tuple[schema.Connection, int]]:
    """A connection that sees a database as it is now, with the answer to a query that begins it."""
    with closing(schema.connect(path, read_only=True)) as connection:
        connection.execute("BEGIN")
        yield connection, connection.execute(query).fetchone()[0]
        connection.execute("ROLLBACK")


def _copy(source: schema.Connection, target: Path, progress: Progress) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        progress(f"copying {target.name}", total - remaining, total)

    with closing(sqlite.connect(target)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # the file made of it is synced
        source.backup(copy, pages=PAGES, progress=told)


@contextmanager
def _records(path: Path) -> Iterator[Connection]:
    engine = engine_for(url_of(path)).execution_options(**READING["sqlite"])
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _check_integrity(connection: schema.Connection, path: Path) -> None:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check").fetchall()]
    if found != ["ok"]:
        raise BackupError(f"{path.name} is damaged: {found[0]}")


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as packed:
            yield packed
    except zipfile.BadZipFile:
        raise BackupError(f"{file} is no backup of Cleanwatch, or only a part of one") from None


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """What goes wrong with files and databases, as BackupError."""
    try:
        yield
    except (OSError, sqlite.Error) as error:
        free = f" ({shutil.disk_usage(folder).free / 1e6:,.0f} MB are free)" if folder.exists() else ""
        raise BackupError(f"nothing was written to {folder}: {error}{free}") from error
