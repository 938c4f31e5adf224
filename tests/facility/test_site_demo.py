"""The demo's site file is right, and believable."""

from itertools import combinations
from pathlib import Path

import pytest

from facility.quantities import Quantity
from facility.site import Grade, Rectangle, Room, Site
from facility.site_file import load_site

DEMO = Path(__file__).parents[2] / "sites" / "demo.yaml"


@pytest.fixture(scope="module")
def demo() -> Site:
    return load_site(DEMO)


def overlap(one: Rectangle, other: Rectangle) -> tuple[float, float]:
    """How far two rectangles overlap along x and y; 0 where they touch, below 0 where they are apart."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across, down


def test_the_demo_is_a_suite_of_15_rooms_and_2_workstations(demo: Site) -> None:
    zones = [room for room in demo.rooms.values() if room.inside is not None]
    assert len(demo.rooms) == 17
    assert [zone.classification for zone in zones] == [Grade.A, Grade.A]
    assert demo.simulated


def test_the_demo_has_about_120_points_over_all_quantities(demo: Site) -> None:
    assert 110 <= len(demo.points) <= 130
    assert {point.quantity for point in demo.points.values()} == set(Quantity)


def placed(room: Room) -> Rectangle:
    assert room.plan is not None
    return room.plan


def test_rooms_of_the_demo_do_not_overlap_on_the_plan(demo: Site) -> None:
    rooms = [room for room in demo.rooms.values() if room.inside is None]
    overlapping = [(a.id, b.id) for a, b in combinations(rooms, 2) if min(overlap(placed(a), placed(b))) > 0]
    assert overlapping == []


def test_workstations_of_the_demo_lie_within_their_rooms(demo: Site) -> None:
    for zone in demo.rooms.values():
        if zone.inside is not None:
            within = overlap(placed(zone), placed(demo.rooms[zone.inside]))
            assert within == (placed(zone).width, placed(zone).height), zone.id


def test_rooms_that_share_a_door_in_the_demo_share_a_wall(demo: Site) -> None:
    for door in demo.doors:
        one, other = (placed(demo.rooms[room]) for room in door.between)
        across, down = overlap(one, other)
        assert min(across, down) == 0 < max(across, down), door


def test_pressure_in_the_demo_falls_through_every_door_between_grades(demo: Site) -> None:
    measured = {frozenset({step.high, step.low}) for step in demo.cascade if step.low}
    for door in demo.doors:
        one, other = (demo.rooms[room].classification for room in door.between)
        assert one == other or frozenset(door.between) in measured, door


def test_every_point_of_the_demo_has_a_limit_and_every_number_of_the_site_its_reason(demo: Site) -> None:
    for point in demo.points.values():
        assert point.limits, point.id
        assert all(limit.rationale for limit in point.limits if limit.source == "site"), point.id


def test_one_instrument_of_the_demo_is_overdue_for_calibration_and_the_others_are_not_for_years(demo: Site) -> None:
    dues = sorted(i.calibration_due for i in demo.instruments.values() if i.calibration_due)
    assert [due.year < 2030 for due in dues] == [True] + [False] * (len(dues) - 1)
