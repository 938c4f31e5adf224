"""Where the texts of a room stand in its box."""

from collections.abc import Sequence
from dataclasses import dataclass

from facility.site import Rectangle

INSET = 18.0
DOOR = 56.0
PLACE = 0.66
"""Where on a wall its door is: past the middle, so that the texts at a room's left stay free."""
BESIDE = 0.72
"""The part of a room's width that is free beside the door in the wall below; of wide rooms less."""
LINE = 128.0
LOW = 190.0
"""Rooms lower than this have no line for the room state; rooms lower than LINE have one line for everything."""
HEAD = 104.0
"""So far down reach code, name and room state."""


STACKED, ONE_LINE = (150.0, LINE), (640.0, 56.0)
"""The smallest room that has its texts below each other, and the smallest that has them in one line."""


def shrinking(box: Rectangle, *least: tuple[float, float]) -> float:
    """How much smaller than usual texts are to have a place in a box, of which there are these smallest ones."""
    return max(min(1.0, box.width / width, box.height / height) for width, height in least)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the texts of a room stand: x, y, and a size or the width that there is. `symbol` to `lines` are loud,
    `quiet` is the pressure of a normal room.

    `head` is the width that code, name and state may take, `word_width` that of the word, `width` that of what stands
    below them.
    """

    code: tuple[float, float]
    name: tuple[float, float] | None
    state: tuple[float, float] | None
    symbol: tuple[float, float, float]
    word: tuple[float, float, float]
    value: tuple[float, float, float]
    lines: tuple[float, float, float]
    second: bool
    quiet: tuple[float, float, float]
    head: float
    width: float
    word_width: float


def places(box: Rectangle, zones: Sequence[Rectangle] = ()) -> Places:
    """Tall rooms have a line for each text, lower ones fewer, and a corridor has one line for all.

    Texts keep out of the zones that stand beside them.
    """
    x, y, width = box.x + INSET, box.y, box.width - 2 * INSET
    bottom = box.y + box.height
    head = min([width, *(zone.x - x - 10 for zone in zones if zone.y < y + HEAD)])
    if box.height < LINE - 0.01:
        return _one_line(box, width)
    if box.height < LOW:
        free = min([width, *(zone.x - x - 10 for zone in zones)])
        return Places(
            code=(x, y + 46),
            name=(x, y + 75),
            state=None,
            symbol=(x - 2, y + 54, 34),
            word=(x + 40, y + 81, 28),
            value=(x, bottom - 14, 32),
            lines=(x, bottom - 18, min(free, max(width * PLACE - DOOR / 2, width * BESIDE))),
            second=False,
            quiet=(x, bottom - 20, free),
            head=head,
            width=free,
            word_width=free - 40,
        )
    room_left = box.height - 100
    size = max(40.0, min(62.0, width / 5, room_left / 2.6))
    top = y + 90 + max(0.0, (room_left - size * 2.4) * 0.15)
    return Places(
        code=(x, y + 46),
        name=(x, y + 75),
        state=(x, y + 104),
        symbol=(x - 2, top, size),
        word=(x + size + 12, top + size * 0.74, size * 0.72),
        value=(x, top + size * 1.95, size * 0.96),
        lines=(x, top + size * 1.6, width),
        second=True,
        quiet=(x, bottom - 20, width),
        head=head,
        width=width,
        word_width=width - size - 12,
    )


def _one_line(box: Rectangle, width: float) -> Places:
    x, line = box.x + INSET, box.y + box.height / 2 + 12
    return Places(
        code=(x, line),
        name=(x + 146, line - 1),
        state=None,
        symbol=(box.x + width * 0.42, line - 36, 48),
        word=(box.x + width * 0.42 + 60, line, 34),
        value=(box.x + width * 0.68, line, 34),
        lines=(box.x + width * 0.68, line, width * 0.3),
        second=False,
        quiet=(x + width * 0.8, line, width * 0.2),
        head=width * 0.8 - 160,
        width=width * 0.3,
        word_width=width * 0.26 - 70,
    )
