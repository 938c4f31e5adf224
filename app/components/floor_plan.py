"""The floor plan as SVG, drawn from the site file. What is live in it is marked, and painted by the browser.

Every room and zone is a link, so keyboard and screen reader reach it. `data-fit` is the width that a text may take.
"""

from dataclasses import dataclass
from html import escape

from app.components.basics import grade_letter, grade_words
from app.components.walls import around, scaled, wall_between
from facility.quantities import Quantity
from facility.site import Area, CascadeStep, Rectangle, Room, Site

WIDTH = 1200.0
"""Units across the drawing; its type sizes are made for this."""
MARGIN = 4.0
DOOR = 56.0
INSET = 18.0
ROOM_FOR_WORDS = 290.0
"""So wide a text is "Particles ≥ 0.5 µm, 14 min"; where there is less, "≥ 0.5 µm, 14 min" is easier to read."""
PLACE = 0.66
"""Where on a wall its door is: past the middle, so that the texts at a room's left stay free."""


def floor_plan(site: Site, area: Area) -> str:
    """The plan of one area; empty where the area has no room."""
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    if not rooms:
        return ""
    frame = around(room.plan for room in rooms)
    factor = WIDTH / frame.width
    boxes = {room.id: scaled(room.plan, frame, factor) for room in rooms}
    height = frame.height * factor
    whole = [room for room in rooms if room.inside is None]
    zones = [room for room in rooms if room.inside is not None]
    steps = [step for step in site.cascade if step.high in boxes]
    outside = {step.high: step.point for step in steps if step.low is None}
    parts = [
        *(_room(room, boxes[room.id], outside.get(room.id)) for room in whole),
        *(_zone(site, room, boxes[room.id]) for room in zones),
        *_doors(site, boxes),
        *_arrows(steps, boxes),
    ]
    label = escape(f"Floor plan of {area.name}, {len(whole)} rooms", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan" role="group" aria-label="{label}" '
        f'viewBox="{-MARGIN:g} {-MARGIN:g} {WIDTH + 2 * MARGIN:g} {height + 2 * MARGIN:g}">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where the texts of a room stand: x, y, and a size or the width that there is. `symbol` to `lines` are loud."""

    code: tuple[float, float]
    name: tuple[float, float] | None
    state: tuple[float, float] | None
    symbol: tuple[float, float, float]
    word: tuple[float, float, float]
    value: tuple[float, float, float]
    lines: tuple[float, float, float]
    second: bool
    quiet: tuple[float, float]
    width: float


def places(box: Rectangle) -> Places:
    """Tall rooms have a line for each text, lower ones fewer, and a corridor has one line for all."""
    x, y, width = box.x + INSET, box.y, box.width - 2 * INSET
    bottom = box.y + box.height
    if box.height < 115:
        line = y + box.height / 2 + 12
        return Places(
            code=(x, line),
            name=(x + 146, line - 1),
            state=None,
            symbol=(box.x + width * 0.42, line - 36, 48),
            word=(box.x + width * 0.42 + 60, line, 34),
            value=(box.x + width * 0.68, line, 34),
            lines=(box.x + width * 0.68, line, width * 0.3),
            second=False,
            quiet=(box.x + box.width * 0.8, line),
            width=width,
        )
    if box.height < 190:
        return Places(
            code=(x, y + 46),
            name=(x, y + 75),
            state=None,
            symbol=(x - 2, y + 54, 34),
            word=(x + 40, y + 81, 28),
            value=(x, bottom - 14, 32),
            lines=(x, bottom - 18, width * PLACE - DOOR / 2),  # beside the door in the wall below
            second=False,
            quiet=(x, bottom - 20),
            width=width,
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
        quiet=(x, bottom - 20),
        width=width,
    )


def _room(room: Room, box: Rectangle, pressure: str | None) -> str:
    at = places(box)
    mark = f'data-room="{escape(room.id, quote=True)}"'
    name = "" if at.name is None else _text(at.name, 24, "name", escape(room.name), fit=at.width)
    state = "" if at.state is None else _text(at.state, 23, "u state", "", f'{mark} data-show="state"', at.width)
    quiet = "" if pressure is None else _pressure(at.quiet, pressure)
    symbol_x, symbol_y, symbol = at.symbol
    word_x, word_y, word = at.word
    value_x, value_y, value = at.value
    inner = at.width - (word_x - at.code[0])
    ring = Rectangle(box.x + 8, box.y + 8, box.width - 16, box.height - 16)
    loud = (
        _rectangle(ring, "ring")
        + f'<use class="sy" {mark} data-show="symbol" href="#s-normal" x="{symbol_x:g}" y="{symbol_y:g}" '
        f'width="{symbol:g}" height="{symbol:g}"/>'
        + _text((word_x, word_y), word, "code word", "", f'{mark} data-show="short"', inner)
        + f'<text class="val" x="{value_x:g}" y="{value_y:g}" font-size="{value:g}" data-fit="{at.width:g}">'
        f'<tspan {mark} data-show="value"></tspan><tspan class="u" font-size="{value * 0.55:g}" dx="8" '
        f'{mark} data-show="unit"></tspan></text>' + _silence(at, mark)
    )
    crowded = " crowded" if at.state is None else ""
    return (
        _link(room, mark, crowded)
        + _rectangle(box, "floor")
        + _text(at.code, 33, "code", escape(room.id))
        + _grade(room, at.code[0] + 116 if len(room.id) <= 5 else at.code[0] + 22 * len(room.id), at.code[1] - 12)
        + name
        + f'<g class="quiet">{state}{quiet}</g><g class="loud">{loud}</g></a>'
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
    return first + _text((x, y + 28), 23, "silence u", "", f'{mark} data-show="last"', at.width)


def _zone(site: Site, room: Room, box: Rectangle) -> str:
    mark = f'data-room="{escape(room.id, quote=True)}"'
    particles = next((p for p in site.points_by_room[room.id] if p.quantity is Quantity.PARTICLES), None)
    value = ""
    if particles is not None:
        point = escape(particles.id, quote=True)
        value = (
            f'<text class="val" x="{box.x + 12:g}" y="{box.y + box.height - 13:g}" font-size="25" '
            f'data-fit="{box.width - 20:g}"><tspan data-point="{point}" data-show="value"></tspan>'
            f'<tspan class="u" font-size="19" dx="5">{particles.unit}</tspan></text>'
        )
    return (
        _link(room, mark, " zone")
        + _rectangle(box, "floor")
        + _text((box.x + 12, box.y + 32), 23, "code", escape(room.id), fit=box.width - 56)
        + _grade(room, box.x + box.width - 24, box.y + 25, 14)
        + value
        + f'<use class="sy loud" {mark} data-show="symbol" href="#s-normal" x="{box.x + box.width - 40:g}" '
        f'y="{box.y + box.height - 40:g}" width="30" height="30"/></a>'
    )


def _link(room: Room, mark: str, more: str) -> str:
    words = ", ".join(filter(None, (f"{room.id} {room.name}", grade_words(room.classification))))
    label = escape(words, quote=True)
    return (
        f'<a href="/rooms/{escape(room.id, quote=True)}" class="rm{more}" {mark} data-show="status" '
        f'data-status="nodata" data-label="{label}" aria-label="{label}">'
    )


def _text(at: tuple[float, float], size: float, name: str, text: str, marks: str = "", fit: float = 0) -> str:
    fitting = f' data-fit="{fit:g}"' if fit else ""
    return f'<text class="{name}" x="{at[0]:g}" y="{at[1]:g}" font-size="{size:g}"{fitting} {marks}>{text}</text>'


def _rectangle(box: Rectangle, name: str) -> str:
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


def _pressure(at: tuple[float, float], point: str) -> str:
    return (
        f'<text class="val" x="{at[0]:g}" y="{at[1]:g}" font-size="28">'
        f'<tspan data-point="{escape(point, quote=True)}" data-show="whole"></tspan>'
        f'<tspan class="u" font-size="21" dx="6">Pa</tspan></text>'
    )


def _doors(site: Site, boxes: dict[str, Rectangle]) -> list[str]:
    """A door is a break in the wall with its jambs."""
    drawn = []
    for door in site.doors:
        a, b = door.between
        wall = wall_between(boxes[a], boxes[b]) if a in boxes and b in boxes else None
        if wall is None:
            continue
        x, y = wall.place(PLACE)
        half = min(DOOR, (wall.end - wall.start) * 0.6) / 2
        turn = "" if wall.horizontal else " rotate(90)"
        drawn.append(
            f'<g transform="translate({x:g} {y:g}){turn}"><rect class="gap" x="{-half:g}" y="-4.5" '
            f'width="{2 * half:g}" height="9"/><path class="jamb" d="M{-half:g} -9v18M{half:g} -9v18"/></g>'
        )
    return drawn


def _arrows(steps: list[CascadeStep], boxes: dict[str, Rectangle]) -> list[str]:
    """An arrow in the wall from high to low, with the step beside it; air that flows back turns it round."""
    drawn = []
    for step in steps:
        if step.low is None or step.low not in boxes:
            continue
        high, low = boxes[step.high], boxes[step.low]
        wall = wall_between(high, low)
        if wall is None:
            continue
        x, y = wall.place(PLACE)
        if wall.horizontal:
            turn = 0 if low.y >= high.y + high.height - 1 else 180
        else:
            turn = 270 if low.x >= high.x + high.width - 1 else 90
        point = escape(step.point, quote=True)
        value_x, value_y = (x + 19, y - 14) if wall.horizontal else (x - 14, y - 24)
        drawn.append(
            f'<g data-point="{point}" data-show="status"><g data-point="{point}" data-show="flow">'
            f'<path class="arr" transform="translate({x:g} {y:g}) rotate({turn})" '
            f'd="M-4.5 -19h9v20h10L0 20L-14.5 1h10z"/></g>'
            f'<text class="dp" x="{value_x:g}" y="{value_y:g}" font-size="23" '
            f'data-point="{point}" data-show="whole"></text></g>'
        )
    return drawn
