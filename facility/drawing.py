"""A site's own floor plan: an SVG drawing in which rooms have their id as the id of their shape.

It may come from anywhere, so what is kept of it is an allow-list: shapes, text, and how they are painted. Nothing in
the result can run, load, or lead out of it; nh3 (Mozilla's html5ever and ammonia) does the cleaning.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import nh3

from facility.language import _

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
LARGEST = 250_000
"""Characters. A site file has a million at most, and a browser draws the plan on every page that shows it."""
MOST_PARTS = 50_000
"""Elements, those that are used again and again counted as often: ten uses of ten uses of ten are a thousand."""

DEEPEST = 100
"""Elements within each other."""

SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_ELEMENTS = SHAPES | {
    *("svg", "g", "defs", "symbol", "use", "text", "tspan"),
    *("linearGradient", "radialGradient", "stop", "clipPath", "pattern", "marker"),
}
_UNWRAPPED = frozenset({"a", "switch"})
"""What stands in these is kept without them."""
_PAINTING = """
    fill fill-rule fill-opacity stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-dasharray stroke-dashoffset opacity color clip-path clip-rule marker-start marker-mid marker-end stop-color
    stop-opacity display visibility font-size font-weight font-style text-anchor dominant-baseline letter-spacing
"""
_DRAWING = """
    id style transform d points x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy rotate width height viewBox href xlink:href
    offset gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits patternTransform
    clipPathUnits markerWidth markerHeight markerUnits refX refY orient
"""
_PAINT = frozenset(_PAINTING.split())
"""Presentation attributes, which may also stand in a `style` attribute."""
_ATTRIBUTES = _PAINT | frozenset(_DRAWING.split())
_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewx", "skewy"})
_NAME = re.compile(r"[\w.:-]+")
_OWN_PART = re.compile(r"""url\(\s*["']?#[\w.:-]+["']?\s*\)""")
_CALLED = re.compile(r"([\w-]*)\s*\(")
_NUMBER = re.compile(r"\s*([0-9.]+)")


class DrawingError(ValueError):
    """This cannot be a floor plan; the message says why, and what would be right."""


@dataclass(frozen=True)
class Drawing:
    """A clean drawing: one <svg> element with a viewBox, as XML."""

    markup: str

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of its parts, among them those of rooms."""
        return frozenset(id for part in self.root.iter() if (id := part.get("id")) is not None)

    @property
    def root(self) -> Element:
        """Its elements, to be read or rewritten by whoever asks."""
        return ElementTree.fromstring(self.markup)

    @property
    def words(self) -> str:
        """By which two drawings are told apart."""
        digest = sha256(self.markup.encode()).hexdigest()[:8]
        return _("{digest}, {size} characters", digest=digest, size=len(self.markup))


@lru_cache(maxsize=16)
def drawing(text: str) -> Drawing:
    """The clean drawing in an SVG file. What is not understood is left out. Raises DrawingError."""
    if len(text) > LARGEST:
        raise DrawingError(
            _(
                "{size} characters; a floor plan has at most {most}: leave out what it does not need, like furniture "
                "and dimensions",
                size=len(text),
                most=LARGEST,
            )
        )
    root = _parsed(_cleaned(text))
    if _is_deep(root):
        raise DrawingError(_("its parts stand more than {most} deep in each other", most=DEEPEST))
    for part in root.iter():
        _paint(part)
    _without_inner_drawings(root)
    _sized(root)
    if _parts(root) > MOST_PARTS:
        raise DrawingError(_("it uses its parts more than {most} times over", most=MOST_PARTS))
    ElementTree.register_namespace("", SVG)
    return Drawing(ElementTree.tostring(root, encoding="unicode").strip())


def left_out(text: str) -> tuple[str, ...]:
    """The kinds of elements of an SVG file that are not kept, but for what editors write for themselves."""
    found = {name.lower() for name in re.findall(r"<([A-Za-z][\w-]*)(?=[\s/>])", text)}
    return tuple(sorted(found - {name.lower() for name in _ELEMENTS | _UNWRAPPED} - {"metadata", "title", "desc"}))


def _cleaned(text: str) -> str:
    return nh3.clean(
        text,
        tags=set(_ELEMENTS),
        clean_content_tags={"script", "style", "title", "desc", "metadata", "foreignObject"},
        attributes={"*": set(_ATTRIBUTES)},
        attribute_filter=lambda _element, name, value: value if _is_harmless(name, value) else None,
        link_rel=None,
        url_schemes=set(),
    )


def _is_harmless(name: str, value: str) -> bool:
    """Does a value only draw? It calls nothing but colours and transforms, and names nothing but parts by #id."""
    if "<" in value or "\\" in value:
        return False
    match name:
        case "id":
            return _NAME.fullmatch(value) is not None
        case "href":
            return value.startswith("#") and _NAME.fullmatch(value[1:]) is not None
        case "style":
            return True  # is taken apart, and each of its values asked about
        case _:
            return all(called.lower() in _FUNCTIONS for called in _CALLED.findall(_OWN_PART.sub("", value)))


def _parsed(markup: str) -> Element:
    """The first drawing in cleaned markup, which is HTML: that knows one entity that XML does not."""
    markup = markup.replace("&nbsp;", "&#160;")
    try:
        found = ElementTree.fromstring(f'<g xmlns="{SVG}" xmlns:xlink="{XLINK}">{markup}</g>').find(f"{{{SVG}}}svg")
    except ElementTree.ParseError as error:
        raise DrawingError(_("it cannot be read as a drawing: {reason}", reason=error)) from None
    if found is None:
        raise DrawingError(_("there is no drawing in it: an SVG file has an <svg> element, without a prefix"))
    found.tail = None
    return found


def _paint(part: Element) -> None:
    """Styles become presentation attributes, and references have one name."""
    for declared in part.attrib.pop("style", "").split(";"):
        name, _colon, value = (word.strip() for word in declared.partition(":"))
        if name in _PAINT and _is_harmless(name, value):
            part.set(name, value.removesuffix("!important").strip())
    reference = part.attrib.pop(f"{{{XLINK}}}href", None)
    if reference is not None and "href" not in part.attrib:
        part.set("href", reference)


def _is_deep(root: Element) -> bool:
    layer = [root]
    for _depth in range(DEEPEST):
        layer = [inner for part in layer for inner in part]
    return bool(layer)


def _without_inner_drawings(part: Element) -> None:
    for inner in list(part):
        if inner.tag == f"{{{SVG}}}svg":
            part.remove(inner)
        else:
            _without_inner_drawings(inner)


def _sized(root: Element) -> None:
    """Only its viewBox says how large the drawing is."""
    width, height = (_NUMBER.match(root.attrib.pop(name, "")) for name in ("width", "height"))
    written = root.get("viewBox", "")
    if not written and width and height:
        written = f"0 0 {width[1]} {height[1]}"
    try:
        x, y, across, down = map(float, written.replace(",", " ").split())
    except ValueError:
        raise DrawingError(_("it does not say how large it is: give its <svg> a viewBox")) from None
    if not (0 < across < 1e6 and 0 < down < 1e6 and abs(x) < 1e6 and abs(y) < 1e6):
        raise DrawingError(_("its viewBox is empty, or larger than a floor plan is: {box}", box=written))
    root.set("viewBox", f"{x:g} {y:g} {across:g} {down:g}")


def _parts(root: Element) -> int:
    """How many elements are drawn, those that are referred to counted wherever they are."""
    by_id = {part.get("id", ""): part for part in root.iter()}
    known: dict[Element, int] = {}

    def count(part: Element, above: frozenset[Element]) -> int:
        if part in above:
            raise DrawingError(_("a part of it uses itself: {id}", id=part.get("id")))
        if part not in known:
            within = above | {part}
            inner = [*part, *(by_id[id] for id in _references(part.attrib) if id in by_id)]
            known[part] = 1 + sum(count(other, within) for other in inner)
        return known[part]

    try:
        return count(root, frozenset())
    except RecursionError:
        raise DrawingError(_("its parts refer to each other in too long a chain")) from None


def _references(attributes: Mapping[str, str]) -> Iterator[str]:
    for name, value in attributes.items():
        if name == "href":
            yield value[1:]
        else:
            yield from re.findall(r"url\(\s*[\"']?#([\w.:-]+)", value)
