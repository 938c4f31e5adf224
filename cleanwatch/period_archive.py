"""Archives of a stretch of days: made from what is sealed and as on record, checked, and brought back."""

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import select

from cleanwatch.archive_file import AUDIT, ArchiveError, ArchiveManifest, ArchiveReader, ArchiveWriter, on_disk
from cleanwatch.backup_file import sync_folder
from cleanwatch.places import Place
from facility.instants import DAY, Clock, text_of
from storage.records import archived, seals
from storage.records.database import Records
from storage.records.schema import audit as trail
from storage.records.schema import day_digests
from storage.records.seals import Seal
from storage.records.trail import audit_export
from storage.samples.columns import Columns
from storage.samples.digest import DayDigest, HourDigest
from storage.samples.digest_check import differences, start_of
from storage.samples.local import LocalStore

Told: TypeAlias = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and of how much."""


def make(
    file: Path,
    records: Records,
    places: Sequence[Place],
    site: str,
    station: str,
    days: range,
    clock: Clock,
    told: Told,
) -> ArchiveManifest:
    """Write the archive of these days (since 1970) of one station, from the first place that has what is on record.

    Raises ArchiveError, and then leaves no file: where a day is not sealed yet, or its readings are not those on
    record.
    """
    with records.reading() as connection:
        sealed = [day for day, _ in seals.sealed_days(connection, station)]
        parts = seals.load(connection, days.start, days.stop, station)
    if not sealed or sealed[-1] < days[-1]:
        raise ArchiveError(
            f"days are sealed up to {seals.date_of(sealed[-1])} only" if sealed else "no day is sealed yet"
        )
    if not parts:
        raise ArchiveError("there are no readings on record in that time")
    start, end = days.start * DAY, days.stop * DAY
    until = max(end, *(part.at + 1 for part in parts))
    of_day: defaultdict[int, list[Seal]] = defaultdict(list)
    for part in parts:
        of_day[part.day].append(part)
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        with zipfile.ZipFile(unfinished, "x") as target:
            writer = ArchiveWriter(target)
            readings = 0
            for done, (day, of_one) in enumerate(sorted(of_day.items()), start=1):
                found = _readings_on_record(places, day, of_one)
                readings += sum(map(len, found.values()))
                writer.add_readings(seals.date_of(day), found)
                for part in of_one:
                    writer.add(f"digests/{seals.date_of(day)}.{part.part}.json", part.content.encoded())
                told("readings", done, len(of_day))
            with records.reading() as connection:
                for table in archived.TABLES:
                    writer.add_rows(table, archived.rows(connection, table, start, end, until))
                package = io.BytesIO()
                audit_export.write(connection, package, site, clock(), "archive", (start, until))
                writer.add(AUDIT, package.getvalue())
            first, last = seals.date_of(days.start), seals.date_of(days[-1])
            manifest = writer.finish(
                ArchiveManifest(1, text_of(clock()), version("cleanwatch"), site, station, first, last, readings)
            )
        on_disk(unfinished)
        with zipfile.ZipFile(unfinished) as source:
            if damaged := list(ArchiveReader(source).damaged()):
                raise ArchiveError(f"what was written cannot be read back: {damaged[0]}")
        unfinished.rename(file)
        sync_folder(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def check(file: Path, records: Records | None, told: Told) -> tuple[ArchiveManifest, list[str]]:
    """Everything that is wrong with an archive, in words: its files, its readings, and against the live records.

    Raises ArchiveError where it cannot be read at all.
    """
    with _opened(file) as source:
        archive = ArchiveReader(source)
        problems = list(archive.damaged())
        if problems:
            return archive.manifest, problems
        dates = archive.dates()
        for done, date in enumerate(dates, start=1):
            problems += _differing(
                archive.readings(date), [DayDigest.decoded(body) for body in archive.digests(date)]
            )
            told("readings", done, len(dates))
        if records is not None:
            problems += _against_records(archive, records)
    return archive.manifest, problems


def restore(file: Path, samples: Path, new_records: Records | None, clock: Clock, told: Told) -> ArchiveManifest:
    """Put the readings of an archive into a local store, and the rows of the records into new ones.

    A store that has readings keeps them: what it has already is not changed, what it lacks is filled in. Raises
    ArchiveError where the archive is not whole, or the store has other readings than it.
    """
    with _opened(file) as source, closing(LocalStore.open(samples, clock)) as store:
        archive = ArchiveReader(source)
        if damaged := list(archive.damaged()):
            raise ArchiveError(f"it is not whole, and nothing was restored: {damaged[0]}")
        if new_records is not None:
            with new_records.transaction() as connection:
                for table in archived.TABLES:
                    archived.put(connection, table, archive.rows(table))
        dates = archive.dates()
        problems: list[str] = []
        for done, date in enumerate(dates, start=1):
            readings = archive.readings(date)
            store.backfill(readings, f"archive {file.name}")
            there = {
                point: store.columns(point, int(of_point.time[0]), int(of_point.time[-1]) + 1)
                for point, of_point in readings.items()
            }
            problems += _differing(there, [DayDigest.decoded(body) for body in archive.digests(date)])
            told("restoring", done, len(dates))
    if problems:
        raise ArchiveError(f"everything is restored, but the store had other readings before: {problems[0]}")
    return archive.manifest


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        raise ArchiveError(f"{file} cannot be read: {error}") from None


def _readings_on_record(places: Sequence[Place], day: int, parts: Sequence[Seal]) -> dict[str, Columns]:
    digests = _by_point([part.content for part in parts])
    found = {}
    for point, hours in digests.items():
        for place in places:
            readings = place.readings(point, day * DAY, (day + 1) * DAY)
            differing = differences(readings, hours)
            if not differing:
                found[point] = readings
                break
        else:
            raise ArchiveError(
                f"{point}, hour from {start_of(differing[0].hour)}: in {place.name} {differing[0].words}. "
                "Find out why (cleanwatch audit verify --readings --influx) before anything is archived"
            )
    return found


def _by_point(digests: Sequence[DayDigest]) -> dict[str, list[HourDigest]]:
    found: defaultdict[str, list[HourDigest]] = defaultdict(list)
    for digest in digests:
        for point, hours in digest.points.items():
            found[point] += hours
    return found


def _differing(readings: dict[str, Columns], digests: Sequence[DayDigest]) -> Iterator[str]:
    on_record = _by_point(digests)
    for point in sorted(readings.keys() | on_record.keys()):
        for one in differences(readings.get(point, Columns.of_rows([])), on_record.get(point, ())):
            yield f"{point}, hour from {start_of(one.hour)}: {one.words}"


def _against_records(archive: ArchiveReader, records: Records) -> Iterator[str]:
    """Is what the archive has of the records still on record, the same?"""
    kept = {(row["day"], row["part"]): row["sha256"] for row in archive.rows(day_digests)}
    with zipfile.ZipFile(io.BytesIO(archive.read(AUDIT))) as package:
        rows = {row[0]: row[7] for row in map(json.loads, package.read("audit.jsonl").splitlines())}
    days = [day for day, _ in kept]
    with records.reading() as connection:
        live = {
            (seal.day, seal.part): seal.sha256
            for seal in seals.load(connection, min(days), max(days) + 1, archive.manifest.station)
        }
        span = trail.c.seq.between(min(rows), max(rows))
        chain = {row.seq: row.hash for row in connection.execute(select(trail.c.seq, trail.c.hash).where(span))}
    for key in sorted(kept.keys() | live.keys()):
        name = f"the digest of {seals.date_of(key[0])}, part {key[1]},"
        if key not in kept:
            yield f"{name} came on record after the archive was made: make another one"
        elif live.get(key) != kept[key]:
            yield f"{name} is not the one on record"
    for seq in sorted(rows):
        if chain.get(seq) != rows[seq]:
            yield f"audit row {seq} is not the one on record; nor may be those after it"
            return
