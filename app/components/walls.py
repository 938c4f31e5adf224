"""The geometry of a floor plan: where two rooms touch, and where doors and arrows sit on the wall between them."""

from collections.abc import Iterable
from dataclasses import dataclass

from facility.site import Rectangle

TOUCHING = 0.5
"""Plan units within which two walls are one."""


@dataclass(frozen=True, slots=True)
class Wall:
    """A stretch of wall between two rooms: horizontal at height `at` from left to right, or vertical."""

    horizontal: bool
    at: float
    start: float
    end: float

    def place(self, part: float) -> tuple[float, float]:
        """The point on the wall after this part of its length."""
        along = self.start + (self.end - self.start) * part
        return (along, self.at) if self.horizontal else (self.at, along)


def wall_between(a: Rectangle, b: Rectangle) -> Wall | None:
    """The wall that two rooms share; None where they do not touch."""
    left, right = max(a.x, b.x), min(a.x + a.width, b.x + b.width)
    top, bottom = max(a.y, b.y), min(a.y + a.height, b.y + b.height)
    if right - left > TOUCHING:
        for height, other in ((a.y + a.height, b.y), (a.y, b.y + b.height)):
            if abs(height - other) < TOUCHING:
                return Wall(True, height, left, right)
    if bottom - top > TOUCHING:
        for side, other in ((a.x + a.width, b.x), (a.x, b.x + b.width)):
            if abs(side - other) < TOUCHING:
                return Wall(False, side, top, bottom)
    return None


def around(rectangles: Iterable[Rectangle]) -> Rectangle:
    """The smallest rectangle that holds all of these."""
    boxes = list(rectangles)
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Rectangle(x, y, right - x, bottom - y)


def scaled(box: Rectangle, frame: Rectangle, factor: float) -> Rectangle:
    """A rectangle of the plan in the units of the drawing, whose origin is the frame's corner."""
    return Rectangle((box.x - frame.x) * factor, (box.y - frame.y) * factor, box.width * factor, box.height * factor)
