"""A copy of the alarms page: what stands now, and the history as it is filtered."""

from dataclasses import replace

from app.alarm_query import AlarmQuery, alarm_query
from app.areas import rooms_of, seen
from app.context import AppContext
from app.copies.copy import Copy, TooLongError, made_by, simulated
from app.copies.tables import alarm_table, annotation_table
from app.formats import decimal
from app.pages.page import Address
from app.past_sites import sites_then
from facility.language import N_, _
from facility.people import Person
from storage.records import alarms, annotations

MOST_ALARMS = 5_000


def alarms_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the alarms at this address, all pages of them. Raises TooLongError where they are too many."""
    site, query = context.site(), alarm_query(address.query)
    wanted = replace(query.filter(site.timezone), within=rooms_of(context))
    with context.records.reading() as connection:
        total = alarms.count(connection, wanted)
        if total > MOST_ALARMS:
            raise TooLongError(
                _(
                    "The filter finds {total} alarms, and a copy may have {most}: choose a shorter "
                    "period, or fewer rooms, and take several copies.",
                    total=decimal(total, 0),
                    most=decimal(MOST_ALARMS, 0),
                )
            )
        found = list(seen(context, alarms.history(connection, wanted, MOST_ALARMS)))
        standing = list(seen(context, alarms.standing(connection, wanted)))
        then = sites_then(context, connection, [*standing, *found])
        objects = dict.fromkeys(f"alarm {alarm.id}" for alarm in (*standing, *found))
        tables = (
            alarm_table(connection, site, standing, site.timezone, _("Standing alarms"), then=then),
            alarm_table(connection, site, found, site.timezone, _("History"), then=then),
            annotation_table(connection, annotations.about(connection, list(objects))),
        )
    return Copy(
        subject="alarms",
        title=_("Alarms"),
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=context.clock(),
        period=None if wanted.start is None or wanted.end is None else (wanted.start, wanted.end),
        facts=((_("Filter"), filter_words(query)),),
        remarks=simulated(site),
        tables=tables,
    )


def filter_words(query: AlarmQuery) -> str:
    """The filter as a sentence without verb: rooms B101, B102; severity action; from 2026-11-01."""
    parts = {
        N_("rooms"): ", ".join(query.rooms),
        N_("severity"): ", ".join(_(severity.name.lower()) for severity in query.severities),
        N_("condition"): ", ".join(map(_, query.conditions)),
        N_("state"): ", ".join(map(_, query.states)),
        N_("text"): query.text,
        N_("from"): query.first.isoformat() if query.first else "",
        N_("to"): query.last.isoformat() if query.last else "",
        N_("found"): {"live": _("as it happened"), "retrospective": _("in late readings")}.get(query.found, ""),
    }
    return "; ".join(f"{_(name)} {value}" for name, value in parts.items() if value) or _("none: all alarms")
