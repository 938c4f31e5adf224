from xml.etree import ElementTree

import pytest

from app.components.floor_plan import floor_plan
from app.components.walls import wall_between
from facility.site import Area, Rectangle
from tests.app.parts import site

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def plan() -> ElementTree.Element:
    suite = site()
    return ElementTree.fromstring(floor_plan(suite, suite.areas[0]))


def links(plan: ElementTree.Element) -> dict[str | None, ElementTree.Element]:
    return {link.get("data-room"): link for link in plan.iter(f"{SVG}a")}


def test_every_room_and_zone_is_a_link_with_a_name(plan: ElementTree.Element) -> None:
    assert set(links(plan)) == set(site().rooms)
    assert links(plan)["B101"].get("href") == "/rooms/B101"
    assert links(plan)["B101"].get("aria-label") == "B101 Aseptic processing 1, grade B"


def test_a_room_starts_as_no_data_until_it_is_painted(plan: ElementTree.Element) -> None:
    assert {link.get("data-status") for link in links(plan).values()} == {"nodata"}


def test_a_name_from_the_site_file_stays_text(plan: ElementTree.Element) -> None:
    assert "Cell <culture> & co" in {text.text for text in links(plan)["B102"].iter(f"{SVG}text")}


def test_the_pressure_step_stands_beside_its_arrow(plan: ElementTree.Element) -> None:
    steps = [node.get("data-point") for node in plan.iter(f"{SVG}text") if node.get("class") == "dp"]
    assert steps == ["B101.DP2"]


def test_a_door_is_a_gap_in_the_wall(plan: ElementTree.Element) -> None:
    assert len([node for node in plan.iter(f"{SVG}rect") if node.get("class") == "gap"]) == 2


def test_an_area_without_rooms_has_no_plan() -> None:
    assert floor_plan(site(), Area("X", "Nothing")) == ""


def test_walls_are_found_on_either_side_and_only_where_rooms_touch() -> None:
    room = Rectangle(0, 0, 100, 100)
    below = wall_between(room, Rectangle(50, 100, 100, 50))
    assert below is not None
    assert (below.horizontal, below.at, below.start, below.end) == (True, 100, 50, 100)
    right = wall_between(Rectangle(100, 20, 10, 10), room)
    assert right is not None
    assert (right.horizontal, right.at, right.start, right.end) == (False, 100, 20, 30)
    assert wall_between(room, Rectangle(100, 100, 50, 50)) is None
    assert wall_between(room, Rectangle(300, 0, 50, 50)) is None
