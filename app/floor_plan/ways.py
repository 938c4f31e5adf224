"""What joins rooms in the plan: doors, and arrows along the pressure cascade."""

from collections.abc import Iterable, Mapping
from html import escape

from app.floor_plan.places import DOOR, PLACE
from app.floor_plan.walls import Passage, passage
from facility.site import CascadeStep, Door, Rectangle

ARROW = "M-4.5 -19h9v20h10L0 20L-14.5 1h10z"


def way(boxes: Mapping[str, Rectangle], a: str, b: str) -> Passage | None:
    """The straight way between two rooms of the plan; None where there is none, or one is not in it."""
    if a not in boxes or b not in boxes:
        return None
    return passage(boxes[a], boxes[b], (box for room, box in boxes.items() if room not in (a, b)))


def doors(found: Iterable[Door], boxes: Mapping[str, Rectangle]) -> list[str]:
    """A door is a break in the wall with its jambs; rooms apart from each other have one each, and a line between."""
    return [_door(straight) for door in found if (straight := way(boxes, *door.between)) is not None]


def _door(way: Passage) -> str:
    half = min(DOOR, (way.end - way.start) * 0.6) / 2
    turn = "" if way.horizontal else " rotate(90)"

    def leaf(across: float) -> str:
        x, y = way.place(PLACE, across)
        return (
            f'<g transform="translate({x:g} {y:g}){turn}"><rect class="gap" x="{-half:g}" y="-4.5" '
            f'width="{2 * half:g}" height="9"/><path class="jamb" d="M{-half:g} -9v18M{half:g} -9v18"/></g>'
        )

    return leaf(0.5) if way.is_wall else _line(way) + leaf(0) + leaf(1)


def arrows(steps: Iterable[CascadeStep], boxes: Mapping[str, Rectangle]) -> list[str]:
    """An arrow from high to low, with the step beside it; air that flows back turns it round."""
    return [
        _arrow(step, straight, boxes[step.high], boxes[step.low])
        for step in steps
        if step.low is not None and (straight := way(boxes, step.high, step.low)) is not None
    ]


def _arrow(step: CascadeStep, way: Passage, high: Rectangle, low: Rectangle) -> str:
    x, y = way.place(PLACE)
    down, right = (0 if low.y > high.y else 180), (270 if low.x > high.x else 90)
    turn = down if way.horizontal else right
    point = escape(step.point, quote=True)
    value_x, value_y = (x + 19, y - 14 if way.is_wall else y + 8) if way.horizontal else (x - 14, y - 24)
    return (
        f"{'' if way.is_wall else _line(way)}"
        f'<g data-point="{point}" data-show="status"><g data-point="{point}" data-show="flow">'
        f'<path class="arr" transform="translate({x:g} {y:g}) rotate({turn})" d="{ARROW}"/></g>'
        f'<text class="dp" x="{value_x:g}" y="{value_y:g}" font-size="23" '
        f'data-point="{point}" data-show="whole"></text></g>'
    )


def _line(way: Passage) -> str:
    (x1, y1), (x2, y2) = way.place(PLACE, 0), way.place(PLACE, 1)
    return f'<path class="way" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'
