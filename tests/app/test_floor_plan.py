from dataclasses import replace
from xml.etree import ElementTree

import pytest

from app.floor_plan.boxes import boxes
from app.floor_plan.plan import floor_plan
from app.floor_plan.plan import plan as planned
from app.floor_plan.schematic import WIDTH, schematic
from app.floor_plan.walls import Passage, passage
from facility.site import Area, CascadeStep, Grade, Rectangle, Room
from tests.app.parts import site

SVG = "{http://www.w3.org/2000/svg}"
NO_PLACES = replace(site(), rooms={id: replace(room, plan=None) for id, room in site().rooms.items()})


@pytest.fixture(scope="module", params=["as written", "schematic"])
def plan(request: pytest.FixtureRequest) -> ElementTree.Element:
    suite = site() if request.param == "as written" else NO_PLACES
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


def test_a_door_is_a_gap_in_the_wall_or_in_both_walls() -> None:
    def gaps(drawn: str) -> int:
        return drawn.count('class="gap"')

    assert gaps(floor_plan(site(), site().areas[0])) == 2
    assert gaps(floor_plan(NO_PLACES, site().areas[0])) == 4


def test_an_area_without_rooms_has_no_plan() -> None:
    assert floor_plan(site(), Area("X", "Nothing")) == ""


def test_a_step_between_rooms_that_do_not_face_each_other_is_not_kept_quiet() -> None:
    assert planned(site(), site().areas[0]).steps_beside == []
    apart = replace(site().rooms["B109"], plan=Rectangle(1300, 400, 90, 90))
    suite = replace(site(), rooms={**site().rooms, "B109": apart})
    assert planned(suite, suite.areas[0]).steps_beside == [CascadeStep("B101.DP2", "B101", "B109")]


def test_a_zone_without_a_place_stands_in_its_room() -> None:
    found = boxes(NO_PLACES, NO_PLACES.areas[0])
    room, zone = found["B101"], found["BSC1"]
    assert room.x < zone.x < zone.x + zone.width < room.x + room.width
    assert room.y < zone.y < zone.y + zone.height < room.y + room.height


# A schematic


def rooms(**grades: Grade | None) -> list[Room]:
    return [Room(id, id, "B", grade) for id, grade in grades.items()]


def rows(found: dict[str, Rectangle]) -> list[set[str]]:
    return [{id for id, box in found.items() if box.y == y} for y in sorted({box.y for box in found.values()})]


def test_air_falls_down_the_page() -> None:
    suite = rooms(OUT=None, CORRIDOR=Grade.C, LOCK=Grade.B, CULTURE=Grade.C, FILLING=Grade.B, STORE=Grade.C)
    steps = [("FILLING", "LOCK"), ("LOCK", "CORRIDOR"), ("CULTURE", "CORRIDOR")]
    found = schematic(suite, {}, steps, [("STORE", "CULTURE")])
    assert rows(found) == [{"FILLING"}, {"LOCK", "CULTURE", "STORE"}, {"CORRIDOR"}, {"OUT"}]


def test_rooms_without_pressures_stand_by_their_grade() -> None:
    suite = rooms(D1=Grade.D, C1=Grade.C, C2=Grade.C, X=None, A1=Grade.A)
    assert rows(schematic(suite, {}, [], [])) == [{"A1"}, {"C1", "C2"}, {"D1"}, {"X"}]


def test_steps_in_a_circle_still_make_a_plan() -> None:
    found = schematic(rooms(A=None, B=None, C=None), {}, [("A", "B"), ("B", "C"), ("C", "A")], [])
    assert rows(found) == [{"A"}, {"B"}, {"C"}]


def test_a_way_past_a_row_has_a_lane_through_it() -> None:
    suite = rooms(TOP=None, LEFT=None, RIGHT=None, LOW=None)
    steps = [("TOP", "LEFT"), ("TOP", "RIGHT"), ("LEFT", "LOW"), ("RIGHT", "LOW"), ("TOP", "LOW")]
    found = schematic(suite, {}, steps, [])
    assert passage(found["TOP"], found["LOW"], [found["LEFT"], found["RIGHT"]]) is not None


def test_rooms_of_a_schematic_fill_its_width_and_never_overlap() -> None:
    suite = rooms(**{f"R{number}": Grade.C for number in range(23)})
    steps = [(f"R{number}", f"R{number // 3}") for number in range(1, 23)]
    found = schematic(suite, {"R3": 4}, steps, [("R1", "R22")])
    assert set(found) == {room.id for room in suite}
    assert max(box.x + box.width for box in found.values()) == pytest.approx(WIDTH)
    placed = list(found.values())
    for number, a in enumerate(placed):
        for b in placed[number + 1 :]:
            apart_x = a.x + a.width <= b.x + 0.01 or b.x + b.width <= a.x + 0.01
            assert apart_x or a.y + a.height <= b.y or b.y + b.height <= a.y


# Ways between rooms


def test_ways_are_found_on_either_side_and_only_where_rooms_face_each_other() -> None:
    room = Rectangle(0, 0, 100, 100)
    assert passage(room, Rectangle(50, 100, 100, 50)) == Passage(True, 100, 100, 50, 100)
    assert passage(Rectangle(100, 20, 50, 20), room) == Passage(False, 100, 100, 20, 40)
    assert passage(room, Rectangle(100, 100, 50, 50)) is None
    assert passage(room, Rectangle(20, 20, 50, 50)) is None


def test_a_way_leads_beside_what_stands_in_it() -> None:
    room, other = Rectangle(0, 0, 100, 100), Rectangle(0, 160, 100, 50)
    assert passage(room, other) == Passage(True, 100, 160, 0, 100)
    assert passage(room, other, [Rectangle(-10, 110, 70, 40)]) == Passage(True, 100, 160, 60, 100)
    assert passage(room, other, [Rectangle(-10, 110, 170, 40)]) is None
