"""Which alarms the history shows: from the address of the page, and back into it, so that a filter can be shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.components.filtered_list import ListQuery
from facility.alarm import AlarmState, Condition
from facility.instants import Instant, instant_of
from facility.limit import Severity
from storage.records.alarms import AlarmFilter

Kind = TypeVar("Kind", bound=Enum)

FOUND = {"live": False, "retrospective": True}
"""How an alarm was found: as it happened, or in readings that arrived late."""


@dataclass(frozen=True, slots=True)
class AlarmQuery(ListQuery):
    """The filters of the history. Empty ones do not restrict. `first` and `last` are days in the site's zone."""

    rooms: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    conditions: tuple[Condition, ...] = ()
    states: tuple[AlarmState, ...] = ()
    text: str = ""
    first: date | None = None
    last: date | None = None
    found: str = ""

    def search(self) -> str:
        """The query string of this filter, with its question mark; empty where nothing is filtered."""
        pairs = [
            *(("room", room) for room in self.rooms),
            *(("severity", severity.name.lower()) for severity in self.severities),
            *(("condition", condition.value) for condition in self.conditions),
            *(("state", state.value) for state in self.states),
            *((name, value) for name, value in (("text", self.text), ("found", self.found)) if value),
            *((name, day.isoformat()) for name, day in (("from", self.first), ("to", self.last)) if day),
            *([("page", str(self.page))] if self.page > 1 else []),
        ]
        return f"?{urlencode(pairs)}" if pairs else ""

    def filter(self, timezone: str) -> AlarmFilter:
        """What the records are asked for."""
        return AlarmFilter(
            rooms=self.rooms,
            conditions=self.conditions,
            severities=self.severities,
            states=self.states,
            text=self.text,
            start=midnight(self.first, timezone),
            end=midnight(self.last and self.last + timedelta(days=1), timezone),
            retrospective=FOUND.get(self.found),
        )


def alarm_query(query: Mapping[str, Sequence[str]]) -> AlarmQuery:
    """The filter that a query string means; what it does not know it leaves out."""

    def first(name: str) -> str:
        return next(iter(query.get(name, ())), "")

    severities = {severity.name.lower(): severity for severity in Severity}
    return AlarmQuery(
        rooms=tuple(query.get("room", ())),
        severities=tuple(severities[name] for name in query.get("severity", ()) if name in severities),
        conditions=_known(Condition, query.get("condition", ())),
        states=_known(AlarmState, query.get("state", ())),
        text=first("text"),
        first=day_of(first("from")),
        last=day_of(first("to")),
        found=first("found") if first("found") in FOUND else "",
        page=max(1, int(first("page"))) if first("page").isdecimal() else 1,
    )


def _known(kind: type[Kind], names: Sequence[str]) -> tuple[Kind, ...]:
    values = {member.value: member for member in kind}
    return tuple(values[name] for name in names if name in values)


def day_of(text: str) -> date | None:
    """The day that an address names; None where it is none, or one after which no other comes."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day < date.max else None


def midnight(day: date | None, timezone: str) -> Instant | None:
    """When a day begins in a zone (IANA)."""
    if day is None:
        return None
    return instant_of(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)))
