"""The standing alarms as a person sees them, and what is told beside each: who is called next, its excursion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.areas import rooms_of, seen
from app.context import AppContext
from app.next_calls import NextCall, next_calls
from app.past_sites import sites_then
from app.status import UNANSWERED, alarm_status
from facility.alarm import Alarm
from facility.instants import Instant
from facility.roles import Right
from facility.site import Site
from storage.records import alarms, escalations, excursions
from storage.records.alarms import EVERYTHING, AlarmFilter

MOST = 200
"""Alarms that are drawn. Thousands would keep a browser busy for seconds, again with every further alarm."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing alarms, the most urgent first, as of `now`; what is beside them is by their ids."""

    site: Site
    now: Instant
    found: Sequence[Alarm]
    then: Mapping[str, Site] = field(default_factory=dict)
    """The site in force at the onset of an alarm, where that is not `site`."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The printed names of accounts."""
    calls: Mapping[str, NextCall] = field(default_factory=dict)
    excursions: Mapping[str, str] = field(default_factory=dict)
    """The number of the excursion that an alarm is in."""
    answering: bool = False
    """May the person who looks answer them?"""

    @property
    def drawn(self) -> Sequence[Alarm]:
        """As many as a browser can."""
        return self.found[:MOST]

    def site_then(self, alarm: Alarm) -> Site:
        """The site in force at its onset."""
        return self.then.get(alarm.id, self.site)


def standing(context: AppContext, wanted: AlarmFilter = EVERYTHING) -> Standing:
    """Those on record that the person may see and that match. Raises RecordsAwayError."""
    now = context.clock()
    with context.records.reading() as connection:
        matching = alarms.standing(connection, replace(wanted, within=rooms_of(context)))
        found = urgent_first(seen(context, matching))
        drawn = found[:MOST]
        return Standing(
            context.site(),
            now,
            found,
            sites_then(context, connection, drawn),
            context.names(),
            next_calls(escalations.running(connection, None), now),
            excursions.of_alarms(connection, [alarm.id for alarm in drawn]),
            context.may(Right.ACKNOWLEDGE),
        )


def urgent_first(found: Iterable[Alarm]) -> list[Alarm]:
    """By how bad, then what nobody has answered, then what stands longest; what calls nobody is below."""
    return sorted(
        found,
        key=lambda a: (
            a.held is not None,
            -alarm_status(a.condition, a.severity, a.state, a.held.kind if a.held else None),
            a.state not in UNANSWERED,
            a.onset,
        ),
    )
