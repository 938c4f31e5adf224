"""How much room the shapes of a drawing take: boxes, paths, and the transforms they stand in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians, sin, tan
from xml.etree.ElementTree import Element

from facility.site import Rectangle

_TRANSFORM = re.compile(r"(\w+)\s*\(([^)]*)\)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Matrix:
    """x' = a x + c y + e, y' = b x + d y + f; as SVG's matrix(a b c d e f)."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def __matmul__(self, inner: "Matrix") -> "Matrix":
        """First the inner one, then this."""
        return Matrix(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            self.a * inner.e + self.c * inner.f + self.e,
            self.b * inner.e + self.d * inner.f + self.f,
        )

    def of(self, place: Place) -> Place:
        """Where a place comes to stand."""
        x, y = place
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def __str__(self) -> str:
        return f"matrix({self.a:g} {self.b:g} {self.c:g} {self.d:g} {self.e:g} {self.f:g})"


def transform(written: str) -> Matrix:
    """The matrix of a `transform` attribute; what is not understood in it does nothing."""
    found = Matrix()
    for name, inside in _TRANSFORM.findall(written):
        found = found @ _one(name, _numbers(inside))
    return found


def _one(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return Matrix(a, b, c, d, e, f)
        case "translate", [x, *y]:
            return Matrix(e=x, f=y[0] if y else 0.0)
        case "scale", [x, *y]:
            return Matrix(a=x, d=y[0] if y else x)
        case "rotate", [angle, *about]:
            turn = radians(angle)
            turned = Matrix(cos(turn), sin(turn), -sin(turn), cos(turn))
            if len(about) != 2:
                return turned
            return Matrix(e=about[0], f=about[1]) @ turned @ Matrix(e=-about[0], f=-about[1])
        case "skewX", [angle]:
            return Matrix(c=tan(radians(angle)))
        case "skewY", [angle]:
            return Matrix(b=tan(radians(angle)))
        case _:
            return Matrix()


def box(shape: Element, within: Matrix) -> Rectangle | None:
    """The box around a shape that stands in a transform; None where it has no extent.

    Of a curve its control points count, which lie around it; of an arc a box that is never too small.
    """
    found = [within.of(place) for place in _places(shape)]
    if not found:
        return None
    left, top = min(x for x, _y in found), min(y for _x, y in found)
    right, bottom = max(x for x, _y in found), max(y for _x, y in found)
    if not (0 < right - left < 1e6 and 0 < bottom - top < 1e6):
        return None
    return Rectangle(left, top, right - left, bottom - top)


def _places(shape: Element) -> Iterator[Place]:
    def get(name: str, otherwise: str = "0") -> float:
        return next(iter(_numbers(shape.get(name, otherwise))), 0.0)

    match shape.tag.rpartition("}")[2]:
        case "rect":
            yield from _corners(get("x"), get("y"), get("width"), get("height"))
        case "circle" | "ellipse":
            across, down = get("rx", shape.get("r", "0")), get("ry", shape.get("r", "0"))
            yield from _corners(get("cx") - across, get("cy") - down, 2 * across, 2 * down)
        case "line":
            yield from ((get("x1"), get("y1")), (get("x2"), get("y2")))
        case "polygon" | "polyline":
            numbers = _numbers(shape.get("points", ""))
            yield from zip(numbers[::2], numbers[1::2], strict=False)
        case "path":
            yield from _path(shape.get("d", ""))


def _corners(x: float, y: float, width: float, height: float) -> Iterable[Place]:
    return (x, y), (x + width, y), (x, y + height), (x + width, y + height)


def _path(written: str) -> Iterator[Place]:
    x = y = 0.0
    start = (0.0, 0.0)
    for letter, inside in _COMMAND.findall(written):
        command, relative = letter.upper(), letter.islower()
        if command == "Z":
            x, y = start
            continue
        numbers, takes = _numbers(inside, flags=command == "A"), _TAKES[command]
        for at in range(0, len(numbers) - takes + 1, takes):
            values = numbers[at : at + takes]
            from_x, from_y = (x, y) if relative else (0.0, 0.0)
            match command:
                case "H":
                    x = from_x + values[0]
                case "V":
                    y = from_y + values[0]
                case "A":
                    end = (from_x + values[5], from_y + values[6])
                    middle, across, down = ((x + end[0]) / 2, (y + end[1]) / 2), abs(values[0]), abs(values[1])
                    yield from _corners(middle[0] - across, middle[1] - down, 2 * across, 2 * down)
                    x, y = end
                case _:
                    for number in range(0, takes - 2, 2):
                        yield from_x + values[number], from_y + values[number + 1]
                    x, y = from_x + values[-2], from_y + values[-1]
            if command == "M" and at == 0:
                start = (x, y)
            yield x, y


def _numbers(written: str, flags: bool = False) -> list[float]:
    """The numbers in a text; of arcs the flags may stand together with what follows: `a5 5 0 0110 10`."""
    if not flags:
        return [float(number) for number in _NUMBER.findall(written)]
    found: list[float] = []
    at = 0
    while at < len(written):
        match = re.compile("[01]").match(written, at) if len(found) % 7 in (3, 4) else _NUMBER.match(written, at)
        if match is None:
            at += 1
        else:
            found.append(float(match[0]))
            at = match.end()
    return found
