"""`cleanwatch replay`: the past once more, as it happened, or as it would have been by other limits."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from alerts.replay.as_it_happened import END_OF_TIME, NoJournalError, live_again, record_of, unlike
from alerts.replay.comparison import Fate, Lost, deepest, longest
from app import formats
from app.back_test.answer import Answer, answer, attachment
from app.back_test.question import Question, QuestionError, asked, of_change
from cleanwatch.history import history
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from facility.instants import instant_of, system_clock
from facility.site import Site
from facility.site_errors import SiteFileError
from facility.site_file import load_site, parse_site
from facility.site_part import NoSuchStationError, part
from facility.site_words import duration
from storage.records import changes, revisions
from storage.records.database import Records
from storage.samples.local import LocalStore
from storage.samples.store import HistoryAwayError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TIMES = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
MOST_SHOWN = 30


@click.group()
def replay() -> None:
    """Judge stored readings once more: as it happened, or as it would have been by other limits."""


@replay.command("as-it-happened")
@click.option("--station", help="Which station, where the site has several.")
@click.option("--since", type=TIMES, help="Compare alarms that stood from here on, in the site's time zone.")
@click.option("--until", type=TIMES, help="Compare alarms that stood before this.")
def as_it_happened(station: str | None, since: datetime | None, until: datetime | None) -> None:
    """Live the past through again, and hold every alarm, or those of a period, against the record.

    Beside the station or without it, from the local store of this data folder. Ends with 1 where anything differs.
    """
    settings = Settings()
    console = Console()
    with closing(open_records(settings, system_clock)) as records, closing(_local(settings)) as store:
        try:
            present = part(_site(records), station or settings.station)
            with records.reading() as connection:
                record = record_of(
                    connection,
                    present,
                    0 if since is None else instant_of(since.replace(tzinfo=ZoneInfo(present.timezone))),
                    END_OF_TIME if until is None else instant_of(until.replace(tzinfo=ZoneInfo(present.timezone))),
                )
            began = time.monotonic()
            with _progress(console) as progress:
                lived = live_again(record, present, store, records, progress)
        except (NoSuchStationError, NoJournalError) as error:
            raise click.ClickException(str(error)) from None
    took = time.monotonic() - began
    console.print(
        f"{formats.count(lived.commits, 'commit')} with {formats.count(lived.readings, 'reading')}, "
        f"{formats.count(len(lived.alarms), 'alarm')}, in {took:.1f} s."
    )
    if not lived.complete and lived.begins is not None:
        console.print(
            f"The journal begins {formats.moment(lived.begins, present.timezone, system_clock())}: "
            "alarms from before are left out."
        )
    found = list(unlike(record, lived))
    if not found:
        whole = since is None and until is None
        asked_for = sum(record.asks_for(alarm) for alarm in lived.alarms.values())
        console.print(
            "Every alarm is as it is on record."
            if whole
            else f"{formats.count(asked_for, 'alarm')} of that time: every one is as it is on record."
        )
        return
    table = Table("Alarm", "What", "On record", "Replayed", title=formats.count(len(found), "difference"))
    for one in found[:MOST_SHOWN]:
        table.add_row(one.alarm, one.what, one.on_record, one.replayed)
    console.print(table)
    raise SystemExit(1)


@replay.command("what-if")
@click.argument("points", metavar="[POINT...]", nargs=-1)
@click.option("--from", "start", type=TIMES, required=True, help="Begin of the period, in the site's time zone.")
@click.option("--to", "end", type=TIMES, required=True, help="End of the period, itself not in it.")
@click.option("--limit", default="", help="Which limit of the points: action low, in operation.")
@click.option("--value", default="", help="Its value instead, in the point's unit.")
@click.option("--on-delay", default="", help="30 s, 10 min")
@click.option("--off-delay", default="", help="30 s, 10 min")
@click.option("--deadband", default="", help="In the point's unit.")
@click.option("--rule", default="", help="As the site file has it: 2 in a row.")
@click.option("--change", "number", type=int, help="What a proposed change would have made.")
@click.option("--site-file", type=FILE, help="What another site file would have made.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, as a change keeps it.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
def what_if(
    points: tuple[str, ...],
    start: datetime,
    end: datetime,
    limit: str,
    number: int | None,
    site_file: Path | None,
    as_json: bool,
    processes: int,
    **values: str,
) -> None:
    """Say what other limits would have made of a period: alarms before and after, and what would have been hidden.

    POINT is a point, or room:B101 for all its points.
    """
    settings = Settings()
    console = Console(stderr=as_json)
    fields: dict[str, Any] = {"points": points, "limit": limit, "from": start, "to": end, **values}
    with closing(open_records(settings, system_clock)) as records:
        try:
            site = _site(records)
            question = _question(records, site, fields, number, site_file)
            with history(settings, lambda: site, system_clock, Event()) as samples, _progress(console) as progress:
                assert samples is not None  # nothing ends the waiting
                found = answer(site, samples, records, question, progress, processes)
        except (QuestionError, SiteFileError, HistoryAwayError) as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(attachment(site, found), ensure_ascii=False, indent=2))
    else:
        _print(console, site, found)


def _question(
    records: Records, site: Site, fields: dict[str, Any], number: int | None, site_file: Path | None
) -> Question:
    now = system_clock()
    if site_file is not None:
        return of_change(site, load_site(site_file), 0, fields, now)
    if number is None:
        return asked(site, fields, now)
    with records.reading() as connection:
        change = changes.find(connection, number)
    if change is None:
        raise click.ClickException(f"there is no change {number}")
    return of_change(site, parse_site(change.text, change.object), number, fields, now)


def _site(records: Records) -> Site:
    with records.reading() as connection:
        revision = revisions.in_force_at(connection, system_clock())
    if revision is None:
        raise click.ClickException("no site file is in force yet")
    return parse_site(revision.text, f"site revision {revision.number}")


def _local(settings: Settings) -> LocalStore:
    try:
        return LocalStore.open(settings.samples_path, system_clock, read_only=True)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[float], None]]:
    """A bar on the terminal, while the block lasts."""
    with Progress(TextColumn("Judging"), BarColumn(), TaskProgressColumn(), console=console, transient=True) as bar:
        task = bar.add_task("judging", total=1.0)
        yield lambda done: bar.update(task, completed=done)


def _print(console: Console, site: Site, found: Answer) -> None:
    for line in found.question.changes:
        console.print(line)
    table = Table("Point", "Severity", "Before", "After", "Time before", "Time after", "Hidden", "Later", "New")
    for comparison in found.comparisons:
        for place, (severity, tally) in enumerate(comparison.tallies.items()):
            fates = [lost.fate for lost in comparison.lost]
            rest = (str(fates.count(Fate.HIDDEN)), str(fates.count(Fate.LATER)), str(len(comparison.new)))
            table.add_row(
                comparison.point,
                severity.name.lower(),
                str(tally.before),
                str(tally.after),
                duration(tally.time_before),
                duration(tally.time_after),
                *(rest if place == 0 else ("", "", "")),
            )
    console.print(table)
    console.print(f"{formats.count(found.readings, 'reading')} judged.")
    for words, lost in (("Longest hidden", longest(found.hidden)), ("Deepest hidden", deepest(found.hidden))):
        if lost is not None:
            console.print(f"{words}: {_told(site, lost)}.")
    if not found.hidden:
        console.print("Nothing would have been hidden.")
    differing = sum(len(outcome.differences) for outcome in found.outcomes)
    if differing:
        console.print(
            f"By the limits of then, {formats.count(differing, 'alarm')} on record differ from instrument time; "
            "the page Back-test lists them."
        )


def _told(site: Site, lost: Lost) -> str:
    alarm = lost.alarm
    point = site.points[alarm.point]
    worst = "" if alarm.worst is None else f", worst {formats.with_unit(alarm.worst, point.quantity)}"
    begin = f"{formats.date(alarm.onset, site.timezone)} {formats.hour_minute(alarm.onset, site.timezone)}"
    return f"{alarm.point} {alarm.condition} from {begin}, {duration(lost.lasted)}{worst}"
