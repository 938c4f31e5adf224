"""Which excursions the list shows: from the address of the page, and back into it, so that a filter can be shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection

from app.alarm_query import day_of, midnight
from app.components.basics import grade_letter
from app.components.filtered_list import ListQuery
from app.excursions import runs_of
from facility.language import N_
from facility.limit import Severity
from facility.quantities import Quantity
from facility.site import Site
from storage.records.excursion_search import ExcursionFilter

STATES: dict[str, tuple[str, bool | None, bool | None]] = {
    "open": (N_("Not closed"), None, False),
    "standing": (N_("Standing"), True, None),
    "returned": (N_("Returned, not closed"), False, False),
    "closed": (N_("Closed"), None, True),
}
"""How far it has come, by the word in addresses: its words, whether an alarm stands, whether QA has closed it."""
SEVERITIES = {severity.name.lower(): severity for severity in Severity if severity > Severity.ADVISORY}


@dataclass(frozen=True, slots=True)
class ExcursionQuery(ListQuery):
    """The filters of the list. Empty ones do not restrict. `first` and `last` are days in the site's zone."""

    rooms: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    severities: tuple[Severity, ...] = ()
    batch: str = ""
    state: str = ""
    first: date | None = None
    last: date | None = None

    def search(self) -> str:
        """The query string of this filter, with its question mark; empty where nothing is filtered."""
        pairs = [
            *(("room", room) for room in self.rooms),
            *(("grade", grade) for grade in self.grades),
            *(("quantity", quantity.value) for quantity in self.quantities),
            *(("severity", severity.name.lower()) for severity in self.severities),
            *((name, value) for name, value in (("batch", self.batch), ("state", self.state)) if value),
            *((name, day.isoformat()) for name, day in (("from", self.first), ("to", self.last)) if day),
            *([("page", str(self.page))] if self.page > 1 else []),
        ]
        return f"?{urlencode(pairs)}" if pairs else ""

    def filter(self, connection: Connection, site: Site) -> ExcursionFilter:
        """What the records are asked for. Rooms and grades both restrict, and so do all the others."""
        of_grades = {id for id, room in site.rooms.items() if grade_letter(room.classification) in self.grades}
        _words, standing, closed = STATES.get(self.state, ("", None, None))
        rooms = [room for room in self.rooms or of_grades if not self.grades or room in of_grades]
        return ExcursionFilter(
            rooms=rooms if self.rooms or self.grades else None,
            points=[id for id, p in site.points.items() if p.quantity in self.quantities]
            if self.quantities
            else None,
            severities=self.severities,
            runs=runs_of(connection, site, self.batch) if self.batch else None,
            start=midnight(self.first, site.timezone),
            end=midnight(self.last and self.last + timedelta(days=1), site.timezone),
            standing=standing,
            closed=closed,
        )


def excursion_query(query: Mapping[str, Sequence[str]]) -> ExcursionQuery:
    """The filter that a query string means; what it does not know it leaves out."""

    def first(name: str) -> str:
        return next(iter(query.get(name, ())), "")

    quantities = {quantity.value: quantity for quantity in Quantity}
    return ExcursionQuery(
        rooms=tuple(query.get("room", ())),
        grades=tuple(query.get("grade", ())),
        quantities=tuple(quantities[name] for name in query.get("quantity", ()) if name in quantities),
        severities=tuple(SEVERITIES[name] for name in query.get("severity", ()) if name in SEVERITIES),
        batch=first("batch").strip(),
        state=first("state") if first("state") in STATES else "",
        first=day_of(first("from")),
        last=day_of(first("to")),
        page=max(1, int(first("page")[:6])) if first("page").isdecimal() else 1,
    )


def of_room(room: str) -> str:
    """The address of the list for a room."""
    return f"/excursions{replace(ExcursionQuery(), rooms=(room,)).search()}"
