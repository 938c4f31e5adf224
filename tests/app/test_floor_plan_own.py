"""The site's own drawing as the floor plan."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from app.floor_plan.own import own_plan
from app.floor_plan.plan import Plan, plan
from app.floor_plan.shapes import Matrix, box, transform
from facility.drawing import SVG, drawing
from facility.site import Rectangle, Site
from tests.app.parts import site

DRAWN = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="100 0 600 400">
  <defs><rect id="B102" width="5" height="5"/></defs>
  <pattern id="hatch"/>
  <g transform="translate(100 0)">
    <g id="B101" fill="url(#hatch)"><rect width="10" height="10"/><rect width="300" height="200"/></g>
    <path id="B109" d="M0 200h600v100h-600z" fill="green"/>
    <circle id="BSC1" cx="250" cy="50" r="40"/>
    <rect id="BSC1.label" x="200" y="20" width="100" height="60"/>
  </g>
  <rect id="toilet" width="9" height="9"/>
</svg>
"""


def drawn(markup: str = DRAWN) -> Site:
    suite = site()
    return replace(suite, areas=(replace(suite.areas[0], drawing=drawing(markup)),))


@pytest.fixture(scope="module")
def found() -> Plan:
    suite = drawn()
    return plan(suite, suite.areas[0])


def test_rooms_that_the_drawing_names_are_links_over_it(found: Plan) -> None:
    root = ElementTree.fromstring(found.svg)
    links = {link.get("data-room"): link for link in root.iter(f"{{{SVG}}}a")}
    assert set(links) == {"B101", "B109", "BSC1"}
    assert links["B101"].get("href") == "/rooms/B101"
    floor = links["B101"][0]
    assert floor.attrib == {"class": "floor", "transform": "matrix(2 0 0 2 0 0)", "width": "300", "height": "200"}


def test_rooms_that_it_does_not_name_are_told(found: Plan) -> None:
    assert [room.id for room in found.rooms_beside] == ["B102"]


def test_pressure_steps_stand_where_rooms_face_each_other(found: Plan) -> None:
    root = ElementTree.fromstring(found.svg)
    assert [part.get("data-point") for part in root.iter() if part.get("class") == "dp"] == ["B101.DP2"]
    assert found.steps_beside == []


def test_what_is_drawn_lies_below_and_is_no_part_of_the_page(found: Plan) -> None:
    root = ElementTree.fromstring(found.svg)
    assert root[0].get("class") == "drawn"
    assert root[0].get("aria-hidden") == "true"
    ids = {id for part in root.iter() if (id := part.get("id"))}
    assert ids == {f"drawing-B-{id}" for id in drawn().areas[0].drawing.ids}  # type: ignore[union-attr]  # it has one
    assert "url(#drawing-B-hatch)" in found.svg


def test_texts_of_a_room_stand_in_its_label() -> None:
    own = own_plan(drawing(DRAWN), "B", frozenset(site().rooms))
    assert own.outlines["BSC1"].box == Rectangle(420, 20, 160, 160)
    assert own.outlines["BSC1"].words == Rectangle(400, 40, 200, 120)
    assert own.height == 800


def test_a_drawing_with_texts_for_its_rooms_needs_none_of_ours(found: Plan) -> None:
    assert 'class="plan own"' in found.svg
    suite = drawn(DRAWN.replace("<defs>", "<text>Filling</text><text>Corridor</text><defs>"))
    assert 'class="plan own lettered"' in plan(suite, suite.areas[0]).svg


def test_a_title_on_a_drawing_names_no_room() -> None:
    suite = drawn(DRAWN.replace("<defs>", "<text>Ground floor</text><defs>"))
    assert 'class="plan own"' in plan(suite, suite.areas[0]).svg


@pytest.mark.parametrize(
    ("shape", "around"),
    [
        ('<rect x="1" y="2" width="3" height="4"/>', (1, 2, 3, 4)),
        ('<ellipse cx="5" cy="5" rx="3" ry="1"/>', (2, 4, 6, 2)),
        ('<polygon points="0,0 10,0 5 7"/>', (0, 0, 10, 7)),
        ('<path d="M1 1H5V4z"/>', (1, 1, 4, 3)),
        ('<path d="m1 1h4v3h-4zm10 0l1 1"/>', (1, 1, 11, 3)),
        ('<path d="M0,0C0,-5 10,-5 10 0L10 3"/>', (0, -5, 10, 8)),
        ('<path d="M-5 0a5 5 0 1010 0a5 5 0 10-10 0"/>', (-5, -5, 10, 10)),
        ('<path d="M.5.5l1-.5.5 1e0"/>', (0.5, 0, 1.5, 1)),
    ],
)
def test_boxes_hold_their_shapes(shape: str, around: tuple[float, ...]) -> None:
    assert box(ElementTree.fromstring(shape), Matrix()) == Rectangle(*around)


@pytest.mark.parametrize("shape", ['<rect width="0" height="4"/>', '<path d="M1 1h3"/>', '<path d="x"/>', "<g/>"])
def test_what_has_no_extent_has_no_box(shape: str) -> None:
    assert box(ElementTree.fromstring(shape), Matrix()) is None


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("translate(10)", (13, 4)),
        ("scale(2) translate(1,1)", (8, 10)),
        ("matrix(0 1 -1 0 0 0)", (-4, 3)),
        ("rotate(90)", (-4, 3)),
        ("rotate(180 3 4)", (3, 4)),
        ("skewX(45)", (7, 4)),
        ("skewY(45)", (3, 7)),
        ("none, what(1) rotate()", (3, 4)),
    ],
)
def test_transforms_move_places(written: str, place: tuple[float, float]) -> None:
    assert transform(written).of((3, 4)) == pytest.approx(place)
