"""A room or zone in the plan: a link over its floor, with its texts. What is live in it is marked."""

from collections.abc import Sequence
from html import escape

from app.components.basics import grade_letter, grade_words
from app.floor_plan.places import ONE_LINE, STACKED, Places, places, shrinking
from facility.quantities import Quantity
from facility.site import Rectangle, Room, Site

ROOM_FOR_WORDS = 290.0
"""So wide a text is "Particles ≥ 0.5 µm, 14 min"; where there is less, "≥ 0.5 µm, 14 min" is easier to read."""


ZONE = (118.0, 66.0)
"""The smallest zone with texts of the usual size."""


def room(room: Room, box: Rectangle, zones: Sequence[Rectangle], pressure: str | None, floor: str = "") -> str:
    """A whole room. `pressure` is its point against the outside; `floor` its shape, where that is no rectangle."""
    mark = f'data-room="{escape(room.id, quote=True)}"'
    smaller = shrinking(box, STACKED, ONE_LINE)
    inner = _within(box, box, smaller)
    at = places(inner, [_within(zone, box, smaller) for zone in zones])
    name = "" if at.name is None else text(at.name, 24, "name", escape(room.name), fit=at.head)
    state = "" if at.state is None else text(at.state, 23, "u state", "", f'{mark} data-show="state"', at.head)
    quiet = "" if pressure is None else _pressure(at.quiet, pressure)
    words = (
        text(at.code, 33, "code", escape(room.id))
        + _grade(room, at.code[0] + 116 if len(room.id) <= 5 else at.code[0] + 22 * len(room.id), at.code[1] - 12)
        + name
        + f'<g class="quiet">{state}{quiet}</g><g class="loud">{_loud(at, mark)}</g>'
    )
    ring = rectangle(Rectangle(box.x + 8, box.y + 8, box.width - 16, box.height - 16), "ring loud")
    return (
        _link(room, mark, " crowded" if at.state is None else "")
        + (floor or rectangle(box, "floor") + ring)
        + _smaller(words, box, smaller)
        + "</a>"
    )


def _within(inner: Rectangle, box: Rectangle, smaller: float) -> Rectangle:
    """A box as those inside see it whose texts are smaller: in units that are usual to them."""
    if smaller == 1.0:
        return inner
    return Rectangle(
        (inner.x - box.x) / smaller, (inner.y - box.y) / smaller, inner.width / smaller, inner.height / smaller
    )


def _smaller(words: str, box: Rectangle, smaller: float) -> str:
    if smaller == 1.0:
        return words
    return f'<g transform="translate({box.x:g} {box.y:g}) scale({smaller:g})">{words}</g>'


def _loud(at: Places, mark: str) -> str:
    """What a room that is not normal says: symbol, word, value with unit; or since when there is none."""
    symbol_x, symbol_y, symbol = at.symbol
    word_x, word_y, word = at.word
    value_x, value_y, value = at.value
    return (
        f'<use class="sy" {mark} data-show="symbol" href="#s-normal" x="{symbol_x:g}" y="{symbol_y:g}" '
        f'width="{symbol:g}" height="{symbol:g}"/>'
        + text((word_x, word_y), word, "code word", "", f'{mark} data-show="short"', at.word_width)
        + f'<text class="val" x="{value_x:g}" y="{value_y:g}" font-size="{value:g}" data-fit="{at.width:g}">'
        f'<tspan {mark} data-show="value"></tspan><tspan class="u" font-size="{value * 0.55:g}" dx="8" '
        f'{mark} data-show="unit"></tspan></text>' + _silence(at, mark)
    )


def _silence(at: Places, mark: str) -> str:
    """In place of a value that is too old: which point, for how long, and what it was."""
    x, y, width = at.lines
    what = "what" if at.second and width >= ROOM_FOR_WORDS else "brief"
    first = (
        f'<text class="silence" x="{x:g}" y="{y:g}" font-size="23" data-fit="{width:g}">'
        f'<tspan {mark} data-show="{what}"></tspan><tspan {mark} data-show="for"></tspan></text>'
    )
    if not at.second:
        return first
    return first + text((x, y + 28), 23, "silence u", "", f'{mark} data-show="last"', at.width)


def zone(site: Site, room: Room, box: Rectangle, floor: str = "") -> str:
    """A zone in its room, with its particles; what is not normal has its symbol where the grade was."""
    mark = f'data-room="{escape(room.id, quote=True)}"'
    smaller = shrinking(box, ZONE)
    at = _within(box, box, smaller)
    particles = next((p for p in site.points_by_room[room.id] if p.quantity is Quantity.PARTICLES), None)
    value = ""
    if particles is not None:
        point = escape(particles.id, quote=True)
        value = (
            f'<text class="val" x="{at.x + 12:g}" y="{at.y + at.height - 13:g}" font-size="25" '
            f'data-fit="{at.width - 20:g}"><tspan data-point="{point}" data-show="value"></tspan>'
            f'<tspan class="u" font-size="19" dx="5">{particles.unit}</tspan></text>'
        )
    words = (
        text((at.x + 12, at.y + 32), 23, "code", escape(room.id), fit=at.width - 56)
        + _grade(room, at.x + at.width - 24, at.y + 25, 14)
        + value
        + f'<use class="sy loud" {mark} data-show="symbol" href="#s-normal" x="{at.x + at.width - 40:g}" '
        f'y="{at.y + 8:g}" width="30" height="30"/>'
    )
    return _link(room, mark, " zone") + (floor or rectangle(box, "floor")) + _smaller(words, box, smaller) + "</a>"


def _link(room: Room, mark: str, more: str) -> str:
    words = ", ".join(filter(None, (f"{room.id} {room.name}", grade_words(room.classification))))
    label = escape(words, quote=True)
    return (
        f'<a href="/rooms/{escape(room.id, quote=True)}" class="rm{more}" {mark} data-show="status" '
        f'data-status="nodata" data-label="{label}" aria-label="{label}">'
    )


def text(at: tuple[float, float], size: float, name: str, words: str, marks: str = "", fit: float = 0) -> str:
    """A text of one class and size, its words escaped by whoever gives them; `fit` is the width it may take."""
    fitting = f' data-fit="{fit:g}"' if fit else ""
    return f'<text class="{name}" x="{at[0]:g}" y="{at[1]:g}" font-size="{size:g}"{fitting} {marks}>{words}</text>'


def rectangle(box: Rectangle, name: str) -> str:
    """A rectangle of one class."""
    return f'<rect class="{name}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"/>'


def _grade(room: Room, x: float, y: float, radius: float = 16) -> str:
    letter = grade_letter(room.classification)
    if not letter:
        return ""
    size = radius * (1.25 if len(letter) == 1 else 0.95)
    return (
        f'<circle class="gb" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
        f'<text class="gt" x="{x:g}" y="{y + size * 0.36:g}" font-size="{size:g}">{letter}</text>'
    )


def _pressure(at: tuple[float, float, float], point: str) -> str:
    x, y, width = at
    return (
        f'<text class="val" x="{x:g}" y="{y:g}" font-size="28" data-fit="{width:g}">'
        f'<tspan data-point="{escape(point, quote=True)}" data-show="whole"></tspan>'
        f'<tspan class="u" font-size="21" dx="6">Pa</tspan></text>'
    )
