from dataclasses import replace

import pytest

from facility.drawing import Drawing, drawing
from facility.site_changes import differences, lines
from facility.site_drawing import set_drawing
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


# The site's own drawing

ONE = drawing('<svg viewBox="0 0 9 9">\n\n  <rect id="N1"/>\n <text>a: #b\t* &amp; c</text></svg>')
OTHER = drawing('<svg viewBox="0 0 9 9"><text>\u0085\u2028</text></svg>')


@pytest.mark.parametrize("own", [ONE, OTHER])
def test_a_drawing_is_put_into_the_file_and_taken_out_again(own: Drawing) -> None:
    changed_text = set_drawing(SMALL, "N", own)
    assert parse_site(changed_text, "north.yaml").areas[0].drawing == own
    assert set_drawing(changed_text, "N", None) == SMALL


def test_another_drawing_takes_its_place_and_is_told_as_a_difference() -> None:
    before = set_drawing(SMALL, "N", ONE)
    after = set_drawing(before, "N", OTHER)
    told = lines(differences(parse_site(before, ""), parse_site(after, "")))
    assert told == (f"area N: drawing {ONE.words} to {OTHER.words}",)


def test_a_drawing_in_the_file_is_cleaned_whoever_put_it_there() -> None:
    written = SMALL + "drawings:\n  N: <svg viewBox='0 0 9 9' onload='alert(1)'><script/><rect id='N1'/></svg>\n"
    own = parse_site(written, "north.yaml").areas[0].drawing
    assert own is not None
    assert own.ids == {"N1"}
    assert "onload" not in own.markup
    assert "script" not in own.markup


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("  N: a picture\n", "drawings.N: there is no drawing in it"),
        ("  M: <svg viewBox='0 0 9 9'/>\n", "drawings.M: area M is not described"),
    ],
)
def test_a_drawing_that_is_none_or_of_no_area_is_told(written: str, said: str) -> None:
    assert said in problem_of(SMALL + "drawings:\n" + written)
