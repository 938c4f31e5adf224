import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.trend_controls import moves
from app.pages.page import query_of
from app.trends.view import ALL, ARRANGEMENTS, BEFORE, RANGES, ROOM, View, view_of
from facility.instants import DAY, HOUR, MINUTE, text_of

NOW = 1_795_342_000_000
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", fullmatch=True)
INSTANTS = st.integers(0, 4_000_000_000_000)


@given(
    st.lists(IDS, max_size=12, unique=True),
    st.sampled_from([*RANGES, ALL]),
    st.none() | st.tuples(INSTANTS, INSTANTS),
    st.booleans(),
    st.sampled_from(ARRANGEMENTS),
    st.sampled_from(["", *BEFORE, f"{ROOM}B102", "2026-11-10T08:00:00.000Z"]),
    st.booleans(),
)
def test_a_view_comes_back_from_its_address(
    points: list[str], range: str, stretch: tuple[int, int] | None, together: bool, by: str, compare: str, table: bool
) -> None:
    view = View(tuple(points), range, together=together, by=by, compare=compare, table=table)
    if stretch is not None and stretch[0] < stretch[1]:
        view = view.between(*stretch)
    assert view_of(query_of(view.search)) == view


@given(
    st.dictionaries(
        st.sampled_from(["points", "range", "from", "to", "plots", "by", "compare", "alarm"]), st.text(max_size=30)
    )
)
def test_whatever_an_address_says_there_is_a_view(query: dict[str, str]) -> None:
    view = view_of({name: (value,) for name, value in query.items()})
    start, end = view.window(NOW, None)
    assert start < end


def test_a_range_ends_now() -> None:
    assert View(("P",), "8h").window(NOW, None) == (NOW - 8 * HOUR, NOW)


def test_all_history_begins_with_the_first_reading() -> None:
    assert View(("P",), ALL).window(NOW, (NOW - 400 * DAY, NOW - MINUTE)) == (NOW - 400 * DAY, NOW)


def test_a_zoom_remembers_the_range_that_it_came_from() -> None:
    zoomed = View(("P",), "7d").between(NOW - HOUR, NOW)
    assert "range=7d" in zoomed.search
    assert zoomed.over("7d") == View(("P",), "7d")


def test_nothing_shorter_than_ten_seconds_is_shown() -> None:
    start, end = View().between(NOW, NOW + 1).window(NOW, None)
    assert end - start == 10_000


def test_a_point_is_added_and_taken_away() -> None:
    view = View(("A",)).with_point("B")
    assert view.points == ("A", "B")
    assert view.with_point("A").points == ("B",)


def test_from_after_to_is_no_stretch() -> None:
    view = view_of(query_of("?points=P&from=2026-11-17T10:00:00Z&to=2026-11-17T09:00:00Z"))
    assert not view.is_fixed


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ("compare=nonsense", ["“compare=nonsense” in the address cannot be understood and is left out."]),
        ("compare=7d&range=8h", []),
        ("range=9w", ["“range=9w” in the address cannot be understood and is left out."]),
        ("from=yesterday&to=2026-11-17T09:00:00Z", ["“from=yesterday” in the address cannot be understood"]),
        ("from=2026-11-17T10:00:00Z&to=2026-11-17T09:00:00Z", ["The time in the address ends before it begins"]),
        ("from=2026-11-17T10:00:00Z", ["The address has only one of “from” and “to”"]),
    ],
)
def test_what_is_left_out_of_an_address_is_told(search: str, told: list[str]) -> None:
    said = view_of(query_of(f"?points=P&{search}")).left_out
    assert len(said) == len(told)
    assert all(one.startswith(begins) for one, begins in zip(said, told, strict=True))


@pytest.mark.parametrize("ends", [NOW - MINUTE, NOW, NOW + 2 * HOUR])
def test_zooming_out_and_going_later_stop_at_now(ends: int) -> None:
    start = ends - HOUR
    links = moves(View(("P",)).between(start, ends), start, ends, NOW)
    shown = unquote(json.dumps(links.to_plotly_json()))  # type: ignore[no-untyped-call]  # Dash leaves it without types
    reached = [(name, to) for to, name in re.findall(r"to=([0-9T:.-]+Z)[^>]*>(Zoom out|Later)", shown)]
    assert reached == [(name, text_of(NOW)) for name in ("Zoom out", "Later") if name != "Later" or ends < NOW]
