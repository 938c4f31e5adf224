"""What a trend shows, as its address says it: points, range, zoom, and how plots and list are arranged.

`/trends?points=B101.PC1.p0_5,B101.DP1&range=7d` is a range that ends now. With `from` and `to` it is a stretch of
its own; a `range` beside them is where a double click returns to. Times in addresses are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from facility.instants import DAY, HOUR, SECOND, Instant, Span, instant_of, text_of

PATH = "/trends"
RANGES: dict[str, tuple[str, Span]] = {
    "1h": ("1 h", HOUR),
    "8h": ("8 h", 8 * HOUR),
    "24h": ("24 h", DAY),
    "7d": ("7 days", 7 * DAY),
    "30d": ("30 days", 30 * DAY),
    "1y": ("1 year", 365 * DAY),
}
"""The ranges that end now, by their name in addresses: what people read, and how long they are."""
ALL = "all"
"""The range from the first reading on."""
USUAL = "24h"
MOST_POINTS = 12
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
        return "?" + "&".join(f"{name}={quote(value, safe=',:')}" for name, value in parameters.items())

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
    """The view of a query. What cannot be understood is left out, so that an old or mistyped link still shows."""

    def first(name: str) -> str:
        return next(iter(query.get(name, ())), "")

    points = tuple(dict.fromkeys(point for text in query.get("points", ()) for point in text.split(",") if point))
    start, end = _instant(first("from")), _instant(first("to"))
    fixed = start is not None and end is not None and start < end
    known_range = first("range") if first("range") in (*RANGES, ALL) else None
    view = View(
        points=points,
        range=known_range if known_range or fixed else USUAL,
        together=first("plots") == "quantity",
        by="quantity" if first("by") == "quantity" else "room",
    )
    return view.between(start, end) if fixed and start is not None and end is not None else view


def _reasonable(start: Instant, end: Instant) -> tuple[Instant, Instant]:
    """At least ten seconds, at most a century, around the same middle."""
    span = min(max(end - start, SHORTEST), LONGEST)
    middle = (start + end) // 2
    return (start, end) if span == end - start else (middle - span // 2, middle + span // 2)


def _instant(text: str) -> Instant | None:
    try:
        return instant_of(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
