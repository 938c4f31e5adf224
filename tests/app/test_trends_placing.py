"""Labels of a plot that would lie on one another are moved apart."""

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.trends.placing import LINE, STEPS, Place, apart
from app.trends.value_axis import ValueAxis, value_axis
from facility.quantities import Quantity

AXIS: ValueAxis = value_axis(Quantity.PRESSURE, [0.0, 100.0], [])
PLACE = Place(0, 1000, AXIS, 300)


def label(text: str, x: float = 500, y: float = 50, **rest: Any) -> dict[str, Any]:
    return {"text": text, "x": x, "y": y, "yref": "y", "xanchor": "left", "yanchor": "bottom", **rest}


def test_labels_that_do_not_meet_stay_where_they_are() -> None:
    labels = [label("alert > 15"), label("action > 17", y=90)]
    assert list(apart(PLACE, [], labels)) == labels


def test_two_names_of_one_height_stand_above_one_another() -> None:
    first, second = apart(PLACE, [], [label("<b>B101</b>"), label("<b>B102</b>")])
    assert (first.get("yshift", 0), second["yshift"]) == (0, LINE)


def test_a_name_makes_way_for_a_worst_value_downwards_where_above_is_no_room() -> None:
    worst = label("<b>411,000</b>", x=400, y=AXIS.range[1], yanchor="top")
    (name,) = apart(PLACE, [worst], [label("<b>B101</b>", x=400, y=AXIS.range[1], yanchor="top")])
    assert name["yshift"] == -LINE


def test_a_label_stays_by_what_it_names_where_there_is_no_place_nearby() -> None:
    crowd = [label("full", y=y) for y in range(0, 101, 2)]
    (stays,) = apart(PLACE, crowd, [label("alert > 15")])
    assert "yshift" not in stays


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 100), st.text(min_size=1, max_size=30)), max_size=12))
def test_no_label_is_lost_or_moved_far_and_those_that_were_moved_are_free(wild: list[tuple[int, int, str]]) -> None:
    before = [label(text, x, y) for x, y, text in wild]
    after = list(apart(PLACE, [], before))
    assert [one["text"] for one in after] == [one["text"] for one in before]
    assert all(abs(one.get("yshift", 0)) <= max(STEPS) * LINE for one in after)
    boxes = [PLACE.box(one) for one in after]
    for (n, one), (m, other) in combinations(enumerate(boxes), 2):
        assert not one.meets(other) or not after[max(n, m)].get("yshift")
