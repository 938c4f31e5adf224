"""Moves the labels of a plot off one another, as far as they still stand by what they name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from app.trends.value_axis import ValueAxis
from facility.instants import Instant

Label = dict[str, Any]

WIDTH = 950
"""Pixels of a plot on a laptop."""
LETTER, LINE = 6.6, 17
"""Pixels of a letter, and of a line of text."""
STEPS = (0, *(sign * lines for lines in range(1, 7) for sign in (1, -1)))
"""Lines by which a label is moved; the nearest free place is taken. The colour of a name tells its curve."""
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Box:
    """What a label covers, in pixels from the lower left corner of the plot."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Do they cover one another?"""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def raised(self, by: float) -> "Box":
        """The same, so many pixels higher."""
        return Box(self.left, self.bottom + by, self.right, self.top + by)


@dataclass(frozen=True, slots=True)
class Place:
    """A plot that labels stand in: its range of time, its axis and its height in pixels."""

    start: Instant
    end: Instant
    axis: ValueAxis
    height: float

    def box(self, label: Label) -> Box:
        """What a label covers here, roughly: the browser alone knows how wide its letters are."""
        across, along = LETTER * len(unescape(TAG.sub("", label["text"]))), float(LINE)
        if label.get("textangle"):
            across, along = along, across
        low, high = (0.0, 1.0) if label["yref"].endswith("domain") else self.axis.range
        x = (label["x"] - self.start) / (self.end - self.start) * WIDTH + label.get("xshift", 0)
        y = (label["y"] - low) / (high - low) * self.height + label.get("yshift", 0)
        left = x - across * {"left": 0.0, "right": 1.0}.get(label.get("xanchor", ""), 0.5)
        bottom = y - along * {"bottom": 0.0, "top": 1.0}.get(label.get("yanchor", ""), 0.5)
        return Box(left, bottom, left + across, bottom + along)

    def is_free(self, box: Box, taken: Sequence[Box]) -> bool:
        """Is it in the plot, or a little above it, below its title, and does it meet none of these?"""
        highest = self.height + (LINE if box.left > WIDTH / 2 else LINE / 2)
        return box.bottom >= -LINE and box.top <= highest and not any(box.meets(other) for other in taken)


def apart(place: Place, fixed: Sequence[Label], movable: Sequence[Label]) -> Iterator[Label]:
    """The movable labels, each moved up or down to where it covers nothing that came before it.

    Where there is no such place nearby it stays.
    """
    taken = [place.box(label) for label in fixed]
    for label in movable:
        box = place.box(label)
        by = next((by for step in STEPS if place.is_free(box.raised(by := step * LINE), taken)), 0)
        taken.append(box.raised(by))
        yield {**label, "yshift": label.get("yshift", 0) + by} if by else label
