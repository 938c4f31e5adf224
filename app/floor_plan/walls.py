"""Where two rooms face each other: the walls between which air flows, and in which a door stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facility.site import Rectangle

TOUCHING = 1.0
"""Units of the drawing within which two walls are one."""
NARROWEST = 12.0
"""Units of wall that a door or an arrow needs."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Facing stretches of wall, from `start` to `end`: one lies at `first`, the other at `second` or the same place.

    They are horizontal, one above the other, or vertical, side by side; then `first` is the left one.
    """

    horizontal: bool
    first: float
    second: float
    start: float
    end: float

    @property
    def is_wall(self) -> bool:
        """Do the rooms touch?"""
        return self.second - self.first <= TOUCHING

    def place(self, part: float, across: float = 0.5) -> tuple[float, float]:
        """The point after this part of the walls' length, and so far across from the first to the second."""
        along = self.start + (self.end - self.start) * part
        at = self.first + (self.second - self.first) * across
        return (along, at) if self.horizontal else (at, along)


def passage(a: Rectangle, b: Rectangle, others: Iterable[Rectangle] = ()) -> Passage | None:
    """The straight way between two rooms with nothing of the others in it, the shortest; None where there is none."""
    among = list(others)
    ways = [
        *(Passage(True, *way) for way in _passages(a, b, among)),
        *(Passage(False, *way) for way in _passages(_turned(a), _turned(b), [_turned(other) for other in among])),
    ]
    return min(ways, key=lambda way: (way.second - way.first, way.start - way.end), default=None)


def _passages(a: Rectangle, b: Rectangle, others: Sequence[Rectangle]) -> list[tuple[float, float, float, float]]:
    """The free stretches between a room and one below or above it: both walls' height, and from where to where."""
    upper, lower = (a, b) if a.y <= b.y else (b, a)
    first, second = upper.y + upper.height, lower.y
    if second < first - TOUCHING:
        return []
    free = [(max(a.x, b.x), min(a.x + a.width, b.x + b.width))]
    for other in others:
        if other.y < second - TOUCHING and other.y + other.height > first + TOUCHING:
            free = [part for start, end in free for part in _without(start, end, other.x, other.x + other.width)]
    return [(first, max(first, second), start, end) for start, end in free if end - start >= NARROWEST]


def _without(start: float, end: float, low: float, high: float) -> list[tuple[float, float]]:
    return [(start, min(end, low)), (max(start, high), end)]


def _turned(box: Rectangle) -> Rectangle:
    return Rectangle(box.y, box.x, box.height, box.width)


def around(rectangles: Iterable[Rectangle]) -> Rectangle:
    """The smallest rectangle that holds all of these."""
    boxes = list(rectangles)
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Rectangle(x, y, right - x, bottom - y)


def scaled(box: Rectangle, frame: Rectangle, factor: float) -> Rectangle:
    """A rectangle of the plan in the units of the drawing, whose origin is the frame's corner."""
    return Rectangle((box.x - frame.x) * factor, (box.y - frame.y) * factor, box.width * factor, box.height * factor)
