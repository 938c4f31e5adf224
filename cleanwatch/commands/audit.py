"""`cleanwatch audit`: verify the audit trail, and export it for whoever verifies it without this program."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.progress import Progress
from sqlalchemy import Connection

from cleanwatch.anchor_key import KeyNotUsableError, key_of
from cleanwatch.opening import open_records, records_as_found
from cleanwatch.readings_check import days_between
from cleanwatch.readings_verify import verify_readings
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from cleanwatch.trail_checks import checks
from facility.instants import Instant, instant_of, system_clock
from facility.site_file import parse_site
from storage.records import revisions
from storage.records.database import Records
from storage.records.trail import anchors, audit, audit_export, verification
from storage.records.trail.audit_export import NothingToExportError
from storage.records.trail.verification import Verified

FILE = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("audit")
def audit_group() -> None:
    """The audit trail: verify it, export it."""


@audit_group.command()
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A statement that was told outside, like the text file in a daily mail; with the .sig beside it, if there.",
)
@click.option("--on-record", is_flag=True, help="Write the result into the trail, as the nightly verification does.")
@click.option("--readings", is_flag=True, help="Check every reading in the local store against the digests too.")
@click.option("--influx", is_flag=True, help="With --readings: also those in InfluxDB.")
@click.option(
    "--from", "first", type=DAY, help="With --readings: the first day (UTC); the first on record without it."
)
@click.option("--to", "end", type=DAY, help="With --readings: the last day (UTC); the last sealed one without it.")
def verify(
    against: tuple[Path, ...],
    on_record: bool,
    readings: bool,
    influx: bool,
    first: datetime | None,
    end: datetime | None,
) -> None:
    """Check every row, their chain, its head, and all that vouches for them. Exit code 1 where it is not whole."""
    settings = Settings()
    with closing(records_as_found(settings)) as records:
        verified = _chain(records)
        last = verified.last
        found, differences = [*_told("chain", verified.problems)], list[str]()
        with records.reading() as connection:
            for name, check in checks(settings):
                found += _told(name, list(check(connection)))
            for path in against:
                found += _told(str(path), list(_against(connection, path)))
        if readings or influx:
            days = days_between(_midnight(first, UTC), _midnight(end, UTC))
            differences = verify_readings(settings, records, *days, influx)
        if on_record:
            with records.transaction() as connection:
                result = replace(verified, problems=(*found, *differences))
                verification.on_record(connection, system_clock(), shell_user(), result)
    if found:
        raise click.ClickException(
            "The audit trail is not what was written. Find out who changed the records' database; "
            "an older export, mail or backup tells what it was."
        )
    if differences:
        raise click.ClickException(
            f"The readings are not what is on record of them; differences: {len(differences)}."
        )
    click.echo(f"The audit trail is whole: {last.seq:,} rows, the last one has the hash {last.hash}")


@audit_group.command()
@click.argument("file", type=FILE)
@click.option(
    "--from", "first", type=DAY, help="The first day, in the site's time zone; from the beginning without it."
)
@click.option("--to", "last", type=DAY, help="The last day; until now without it.")
@click.option("--author", default="", help="Who exports it; the user at this computer without it.")
def export(file: Path, first: datetime | None, last: datetime | None, author: str) -> None:
    """Write the trail, or some days of it, into the zip FILE, with a script that verifies it. Goes on record."""
    settings, actor, now = Settings(), shell_user(author), system_clock()
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        key = key_of(settings.data)
        with closing(open_records(settings, system_clock)) as records:
            with records.reading() as connection, beside.open("xb") as target:
                zone = ZoneInfo(audit.zone(connection))
                period = (_midnight(first, zone), _midnight(last and last + timedelta(days=1), zone))
                sign = None if key is None else key.sign
                exported = audit_export.write(connection, target, _site(connection), now, actor.name, period, sign)
            with records.transaction() as connection:
                audit_export.on_record(connection, now, actor, exported, file.name)
        beside.replace(file)
    except (KeyNotUsableError, NothingToExportError, OSError) as error:
        raise click.ClickException(f"nothing was exported: {error}") from None
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{file}: {exported.rows:,} rows, numbers {exported.first} to {exported.last.seq}")
    click.echo(f"{exported.anchors} of them were told outside; unpack it and run: python3 verify_audit.py")


def _chain(records: Records) -> Verified:
    with Progress(transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("chain")
        return verification.verify(records, progress=lambda done, rows: bar.update(task, completed=done, total=rows))


def _told(what: str, problems: Sequence[str]) -> Sequence[str]:
    """Say what came of one check; the problems themselves."""
    click.echo(f"{what}: {'as it should be' if not problems else f'{len(problems):,} wrong'}")
    for problem in problems:
        click.echo(f"  {problem}")
    return problems


def _against(connection: Connection, path: Path) -> Iterator[str]:
    """Compare a statement that was kept outside with the chain, and its signature with the keys on record."""
    told = path.read_bytes()
    mark = anchors.mark_of(told.decode(errors="replace"))
    if mark is None:
        yield f"{path} is no statement about the audit trail"
        return
    signature = path.with_suffix(".sig")
    if signature.exists() and not anchors.signed_with(anchors.public_keys(connection), told, signature.read_bytes()):
        yield f"{signature} was not made with a key on record, or of another text"
    yield from anchors.against(connection, mark, str(path))


def _site(connection: Connection) -> str:
    """The site that these records are of."""
    revision = revisions.newest(connection)
    return "no site yet" if revision is None else parse_site(revision.text, f"site revision {revision.number}").id


def _midnight(day: datetime | None, zone: tzinfo) -> Instant | None:
    return None if day is None else instant_of(day.replace(tzinfo=zone))
