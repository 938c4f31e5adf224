"""The site's own drawing as a floor plan: its shapes stay as they are, in greys; over each room lies one that is
filled while the room is not normal."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from app.floor_plan.schematic import WIDTH
from app.floor_plan.shapes import Matrix, box, transform
from facility.drawing import SHAPES, SVG, Drawing
from facility.site import Rectangle

LABEL = ".label"
_UNSEEN = frozenset({"defs", "symbol", "clipPath", "pattern", "marker"})
_GEOMETRY = ("d", "points", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r")
_REFERENCE = re.compile(r"""url\(\s*["']?#([\w.:-]+)["']?\s*\)""")


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a room is in the drawing: its shape, the box round it, and that for its texts, in units of the plan."""

    markup: str
    box: Rectangle
    words: Rectangle


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """A drawing made ready. `lettered`: it has texts for most of its rooms, and not just a title, so that they need
    none while they are normal.
    """

    markup: str
    height: float
    outlines: Mapping[str, Outline]
    lettered: bool


@lru_cache(maxsize=16)
def own_plan(drawing: Drawing, area: str, rooms: frozenset[str]) -> OwnPlan:
    """The drawing of an area, with the outlines of those of its rooms that it names.

    A room is a shape with its id, or a group with its id: then its largest shape. Its texts stand in a box round it,
    or in that of a shape called `<room>.label`.
    """
    root = drawing.root
    x, y, width, height = map(float, root.get("viewBox", "").split())
    scale = WIDTH / width
    within = Matrix(a=scale, d=scale, e=-x * scale, f=-y * scale)
    found = {
        id: largest
        for id, part, around in _named(root, within, rooms | {room + LABEL for room in rooms})
        if (largest := max(_shapes(part, around), key=lambda o: o.box.width * o.box.height, default=None))
    }
    outlines = {
        id: replace(outline, words=found.get(id + LABEL, outline).box) for id, outline in found.items() if id in rooms
    }
    lettered = 2 * sum(_kind(part) == "text" for part in root.iter()) >= max(1, len(outlines))
    _keep_apart(root, f"drawing-{area}-")
    root.tag = f"{{{SVG}}}g"
    root.attrib = {"class": "drawn", "aria-hidden": "true", "transform": str(within)}
    return OwnPlan(_markup(root), height * scale, outlines, lettered)


def _named(part: Element, around: Matrix, ids: frozenset[str]) -> Iterator[tuple[str, Element, Matrix]]:
    """The parts with one of these ids, each with the transform in which it stands."""
    for inner in part:
        if _kind(inner) in _UNSEEN:
            continue
        if (id := inner.get("id", "")) in ids:
            yield id, inner, around
        yield from _named(inner, around @ transform(inner.get("transform", "")), ids)


def _shapes(part: Element, around: Matrix) -> Iterator[Outline]:
    if _kind(part) in _UNSEEN:
        return
    within = around @ transform(part.get("transform", ""))
    if _kind(part) in SHAPES and (found := box(part, within)) is not None:
        geometry = {name: value for name in _GEOMETRY if (value := part.get(name)) is not None}
        shape = Element(f"{{{SVG}}}{_kind(part)}", {"class": "floor", "transform": str(within)} | geometry)
        yield Outline(_markup(shape), found, found)
    for inner in part:
        yield from _shapes(inner, within)


def _keep_apart(root: Element, prefix: str) -> None:
    """Ids of a drawing are no ids of the page, nor of another drawing on it."""
    for part in root.iter():
        for name, value in part.attrib.items():
            if name == "id":
                part.set(name, prefix + value)
            elif name == "href":
                part.set(name, f"#{prefix}{value[1:]}")
            else:
                part.set(name, _REFERENCE.sub(rf"url(#{prefix}\1)", value))


def _markup(part: Element) -> str:
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(part, encoding="unicode")


def _kind(part: Element) -> str:
    return part.tag.rpartition("}")[2]
