from dataclasses import replace

from facility.site_file import parse_site
from tests.facility.sites import SMALL, changed, problem_of

N1, N2 = "    plan: {x: 0, y: 0, width: 10, height: 10}\n", "    plan: {x: 10, y: 0, width: 10, height: 10}\n"
ZONE = "    plan: {x: 1, y: 1, width: 3, height: 3}\n"


def test_a_site_may_leave_out_where_its_rooms_stand() -> None:
    site = parse_site(changed((N1, ""), (N2, ""), (ZONE, "")), "north.yaml")
    assert {room.plan for room in site.rooms.values()} == {None}
    written = parse_site(SMALL, "north.yaml")
    assert site == replace(written, rooms={id: replace(r, plan=None) for id, r in written.rooms.items()})


def test_a_zone_may_leave_out_where_it_stands_in_a_room_that_says_so() -> None:
    assert parse_site(changed((ZONE, "")), "north.yaml").rooms["N1"].plan is not None


def test_half_a_plan_is_told() -> None:
    assert "rooms[N2]: the key 'plan' is missing; N1 of the same area has one" in problem_of(changed((N2, "")))


def test_a_zone_with_a_place_in_a_room_without_is_told() -> None:
    assert ".plan: N1 has no place on the plan; leave this out too" in problem_of(changed((N1, ""), (N2, "")))
