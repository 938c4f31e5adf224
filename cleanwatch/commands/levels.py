"""`cleanwatch levels`: alert levels from history at the shell, as the page shows them."""

import json
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from app import formats
from app.levels.answer import Answer, answer, attachment, usual_side
from app.levels.question import Question, QuestionError
from app.levels.rows import HEADS, facts, rows
from cleanwatch.history import history
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from facility.instants import Instant, instant_of, system_clock
from facility.levels.units import Unit, usual_unit
from facility.limit import RoomState, Side
from facility.site import Site
from facility.site_file import parse_site
from storage.records import revisions
from storage.records.database import Records
from storage.samples.store import HistoryAwayError

DAYS = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command()
@click.argument("points", metavar="POINT...", nargs=-1, required=True)
@click.option("--from", "start", type=DAYS, required=True, help="Begin of the period, in the site's time zone.")
@click.option("--to", "end", type=DAYS, required=True, help="End of the period, itself not in it.")
@click.option("--state", type=click.Choice([s.value for s in RoomState]), help="Room state; needed for particles.")
@click.option(
    "--side", type=click.Choice([s.value for s in Side]), help="Default: low for pressure with a low limit."
)
@click.option("--unit", type=click.Choice([u.value for u in Unit]), help="What one value stands for.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, as a draft keeps it.")
def levels(
    points: tuple[str, ...],
    start: datetime,
    end: datetime,
    state: str | None,
    side: str | None,
    unit: str | None,
    as_json: bool,
) -> None:
    """Work out alert levels for POINT from its history; several points that are alike are pooled."""
    settings = Settings()
    records = open_records(settings, system_clock)
    try:
        site = _site(records)
        first = site.points.get(points[0])
        if first is None:
            raise click.ClickException(f"{points[0]} is not in the site file")
        question = Question(
            points,
            Side(side) if side else usual_side(first),
            _instant(start, site),
            _instant(end, site),
            RoomState(state) if state else None,
            Unit(unit) if unit else usual_unit(first.quantity),
        )
        with history(settings, lambda: site, system_clock, threading.Event()) as samples:
            assert samples is not None  # nothing ends the waiting
            found = answer(site, samples, records, question, lambda _done: None)
    except (QuestionError, HistoryAwayError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        records.close()
    if as_json:
        click.echo(json.dumps(attachment(found), ensure_ascii=False, indent=2))
        return
    _print(found)


def _site(records: Records) -> Site:
    with records.reading() as connection:
        revision = revisions.in_force_at(connection, system_clock())
    if revision is None:
        raise click.ClickException("no site file is in force yet")
    return parse_site(revision.text, f"site revision {revision.number}")


def _instant(moment: datetime, site: Site) -> Instant:
    return instant_of(moment.replace(tzinfo=ZoneInfo(site.timezone)))


def _print(found: Answer) -> None:
    console = Console()
    table = Table(*HEADS, title=found.subject, title_justify="left", show_lines=True)
    for row in rows(found):
        verdict = "\n".join(("yes" if row.usable else "no", *row.remarks))
        table.add_row(row.method, row.alert, row.action, row.n, row.parameters, row.fit, verdict)
    console.print(table)
    for line in facts(found):
        console.print(line)
    for each in found.gathered.excluded:
        where = each.exclusion.point or "all points"
        count = formats.count(each.readings, "reading")
        console.print(f"Excluded at {where}: {count}, {each.exclusion.reason} ({each.exclusion.by}).")
