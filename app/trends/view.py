"""What a trend shows, as its address says it: points, range, zoom, and how plots and list are arranged.

`/trends?points=B101.PC1.p0_5,B101.DP1&range=7d` is a range that ends now. With `from` and `to` it is a stretch of
its own; a `range` beside them is where a double click returns to. Times in addresses are UTC.

`/trends?alarm=B101.DP1/low/1795000000000` and `/trends?excursion=EX-2026-0007` bring the points and the time that
belong to it. `compare=7d` draws the same points seven days earlier as well, `compare=2026-11-10T08:00:00Z` from that
moment on, `compare=room:B102` the same quantities of another room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from app.left_out import moment_of, not_understood, period_of
from facility.instants import DAY, HOUR, SECOND, Instant, Span, text_of
from facility.language import N_, _

PATH = "/trends"
RANGES: dict[str, tuple[str, Span]] = {
    "1h": (N_("1 h"), HOUR),
    "8h": (N_("8 h"), 8 * HOUR),
    "24h": (N_("24 h"), DAY),
    "7d": (N_("7 days"), 7 * DAY),
    "30d": (N_("30 days"), 30 * DAY),
    "1y": (N_("1 year"), 365 * DAY),
}
"""The ranges that end now, by their name in addresses: what people read, and how long they are."""
ALL = "all"
"""The range from the first reading on."""
USUAL = "24h"
MOST_POINTS = 20
BEFORE: dict[str, str] = {
    "before": N_("the time before"),
    **{name: RANGES[name][0] for name in ("24h", "7d", "30d", "1y")},
}
"""How much earlier the other time of a comparison may be, by its name in addresses; `before`: by the range."""
ROOM = "room:"
"""Begins the name of a comparison with another room."""
ARRANGEMENTS = ("room", "quantity", "alarm")
SHORTEST: Span = 10 * SECOND
LONGEST: Span = 100 * 365 * DAY


@dataclass(frozen=True, slots=True)
class View:
    """One trend. `start` and `end` are both given, or neither. `by` arranges the list of points."""

    points: tuple[str, ...] = ()
    range: str | None = USUAL
    start: Instant | None = None
    end: Instant | None = None
    together: bool = False
    """One plot for each quantity instead of one for each point."""
    by: str = "room"
    compare: str = ""
    """With what it is compared, as addresses write it: a name of `BEFORE`, a moment, or `ROOM` and a room."""
    table: bool = False
    """Are the numbers that are drawn also shown as a table?"""
    each: bool = False
    """Is each reading looked at for the statistics, however many they are?"""
    alarm: str = ""
    """The alarm to which points and range belong, while they are not chosen otherwise."""
    excursion: str = ""
    left_out: tuple[str, ...] = field(default=(), compare=False)
    """What its address says and cannot be shown, in words; no address says it again."""

    @property
    def room_beside(self) -> str | None:
        """The other room of a comparison."""
        return self.compare.removeprefix(ROOM) if self.compare.startswith(ROOM) else None

    @property
    def moment_beside(self) -> Instant | None:
        """When the other time of a comparison begins, where the address says it as a moment."""
        return moment_of(self.compare)

    def shift(self, start: Instant, end: Instant) -> Span:
        """How much earlier the other time of a comparison is; 0 where there is none."""
        if self.compare == "before":
            return end - start
        if self.compare in BEFORE:
            return RANGES[self.compare][1]
        return 0 if self.moment_beside is None else start - self.moment_beside

    @property
    def is_fixed(self) -> bool:
        """Does it stay where it is, or does it end now?"""
        return self.start is not None

    @property
    def address(self) -> str:
        """Where this view is found."""
        return PATH + self.search

    @property
    def search(self) -> str:
        """The query of its address, with the question mark."""
        parameters = {"points": ",".join(self.points)} if self.points else {}
        if self.range:
            parameters["range"] = self.range
        if self.start is not None and self.end is not None:
            parameters |= {"from": text_of(self.start), "to": text_of(self.end)}
        if self.together:
            parameters["plots"] = "quantity"
        if self.by != "room":
            parameters["by"] = self.by
        if self.compare:
            parameters["compare"] = self.compare
        if self.table:
            parameters["table"] = "shown"
        if self.each:
            parameters["statistics"] = "each"
        for name, value in (("alarm", self.alarm), ("excursion", self.excursion)):
            if value:
                parameters[name] = value
        return "?" + "&".join(f"{name}={quote(value, safe=',:/')}" for name, value in parameters.items())

    def over(self, range: str) -> "View":
        """The same points over a range that ends now."""
        return replace(self, range=range, start=None, end=None)

    def between(self, start: Instant, end: Instant) -> "View":
        """The same points over this stretch; a double click returns to where it was before."""
        start, end = _reasonable(start, end)
        return replace(self, start=start, end=end)

    def with_point(self, point: str) -> "View":
        """With this point, or without it where it is shown."""
        if point in self.points:
            return replace(self, points=tuple(other for other in self.points if other != point))
        return replace(self, points=(*self.points, point))

    def window(self, now: Instant, extent: tuple[Instant, Instant] | None) -> tuple[Instant, Instant]:
        """From when to when. `extent` is the first and last reading of the points, for the range of all history."""
        if self.start is not None and self.end is not None:
            return self.start, self.end
        if self.range == ALL and extent is not None:
            return _reasonable(extent[0], max(now, extent[1]))
        _, span = RANGES.get(self.range or USUAL, RANGES[USUAL])
        return now - span, now


def view_of(query: Mapping[str, tuple[str, ...]]) -> View:
    """The view of a query. What cannot be understood is left out, and told."""

    def first(name: str) -> str:
        return next(iter(query.get(name, ())), "")

    points = tuple(dict.fromkeys(point for text in query.get("points", ()) for point in text.split(",") if point))
    start, end, left_out = period_of(first("from"), first("to"))
    if not left_out and bool(first("from")) != bool(first("to")):
        left_out = (_("The address has only one of “from” and “to”, and it is left out."),)
    fixed = start is not None and end is not None
    known = {"range": first("range") in (*RANGES, ALL), "compare": _is_comparison(first("compare"))}
    unknown = [name for name in known if first(name) and not known[name]]
    view = View(
        points=points,
        range=first("range") if known["range"] else None if fixed else USUAL,
        together=first("plots") == "quantity",
        by=first("by") if first("by") in ARRANGEMENTS else "room",
        compare=first("compare") if known["compare"] else "",
        table=first("table") == "shown",
        each=first("statistics") == "each",
        alarm="" if points else first("alarm"),
        excursion="" if points else first("excursion"),
        left_out=(*left_out, *(not_understood(name, first(name)) for name in unknown)),
    )
    return view.between(start, end) if fixed and start is not None and end is not None else view


def _is_comparison(text: str) -> bool:
    return text in BEFORE or text.startswith(ROOM) or moment_of(text) is not None


def _reasonable(start: Instant, end: Instant) -> tuple[Instant, Instant]:
    """At least ten seconds, at most a century, around the same middle."""
    span = min(max(end - start, SHORTEST), LONGEST)
    middle = (start + end) // 2
    return (start, end) if span == end - start else (middle - span // 2, middle + span // 2)
