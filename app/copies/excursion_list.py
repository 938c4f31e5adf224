"""A copy of the list of excursions, as it is filtered."""

from collections.abc import Sequence
from dataclasses import replace

from app import formats
from app.areas import rooms_of
from app.components.alarm_words import point_words
from app.context import AppContext
from app.copies.copy import Column, Copy, Kind, Row, Table, TooLongError, made_by, simulated
from app.copies.tables import annotation_table
from app.excursion_query import STATES, ExcursionQuery, excursion_query
from app.excursions import EXCURSION, made_meanwhile, visible
from app.pages.page import Address
from facility.excursion import Excursion
from facility.language import N_, _
from facility.people import Person
from facility.quantities import MEASURES
from facility.site import Site
from storage.records import annotations, excursion_search
from storage.records.batches import Run

MOST_EXCURSIONS = 2_000
COLUMNS = (
    Column(N_("Number")),
    Column(N_("Onset"), Kind.TIME),
    Column(N_("Returned"), Kind.TIME),
    Column(N_("Severity")),
    Column(N_("Rooms")),
    Column(N_("Began with")),
    Column(N_("Alarms"), Kind.WHOLE),
    Column(N_("Explained"), Kind.WHOLE),
    Column(N_("Batches")),
)


def excursions_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the excursions at this address, all pages of them. Raises TooLongError where they are too many."""
    site, query, now = context.site(), excursion_query(address.query), context.clock()
    with context.records.reading() as connection:
        wanted = replace(query.filter(connection, site), within=rooms_of(context))
        total = excursion_search.count(connection, wanted)
        if total > MOST_EXCURSIONS:
            raise TooLongError(
                _(
                    "The filter finds {n} excursions, and a copy may have {most}: choose a shorter period, or fewer "
                    "rooms, and take several copies.",
                    n=formats.decimal(total, 0),
                    most=formats.decimal(MOST_EXCURSIONS, 0),
                )
            )
        listed = excursion_search.history(connection, wanted, MOST_EXCURSIONS)
        found = [seen for one in listed if (seen := visible(context, one)) is not None]
        rows = [_row(site, one, made_meanwhile(connection, site, one, now)) for one in found]
        said = annotations.about(connection, [EXCURSION + one.number for one in found])
        tables = (Table(_("Excursions"), COLUMNS, rows), annotation_table(connection, said))
    return Copy(
        subject="excursions",
        title=_("Excursions"),
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=now,
        period=None if wanted.start is None or wanted.end is None else (wanted.start, wanted.end),
        facts=((_("Filter"), filter_words(query)),),
        remarks=simulated(site),
        tables=tables,
    )


def filter_words(query: ExcursionQuery) -> str:
    """The filter as a sentence without verb: rooms B101, B102; severity action; from 2026-11-01."""
    parts = {
        N_("rooms"): ", ".join(query.rooms),
        N_("grade"): ", ".join(query.grades),
        N_("quantity"): ", ".join(_(MEASURES[quantity].name) for quantity in query.quantities),
        N_("severity"): ", ".join(_(severity.name.lower()) for severity in query.severities),
        N_("batch"): query.batch,
        N_("state"): _(STATES[query.state][0]) if query.state else "",
        N_("from"): query.first.isoformat() if query.first else "",
        N_("to"): query.last.isoformat() if query.last else "",
    }
    return "; ".join(f"{_(name)} {value}" for name, value in parts.items() if value) or _("none: all excursions")


def _row(site: Site, excursion: Excursion, runs: Sequence[Run]) -> Row:
    first = excursion.alarms[excursion.first_out]
    return (
        excursion.number,
        excursion.onset,
        excursion.returned,
        excursion.severity.name.lower(),
        ", ".join(excursion.rooms),
        f"{first.point} {point_words(site, first.point)}, {first.condition}",
        len(excursion.alarms),
        len(excursion.alarms) - len(excursion.explained_by(None)),
        ", ".join(dict.fromkeys(run.batch for run in runs)),
    )
