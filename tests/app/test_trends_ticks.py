from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.trends.ticks import moment_words, time_ticks
from facility.instants import DAY, HOUR, MINUTE, SECOND, instant_of

ZURICH = "Europe/Zurich"


def at(text: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_ticks_stand_at_round_times_of_the_sites_zone() -> None:
    ticks = time_ticks(at("2026-11-17T06:07:00"), at("2026-11-17T14:07:00"), ZURICH)
    assert [tick.text for tick in ticks] == ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]
    assert ticks[0].at == at("2026-11-17T07:00:00")


def test_a_day_is_named_at_its_first_tick() -> None:
    ticks = time_ticks(at("2026-11-17T20:00:00"), at("2026-11-18T04:00:00"), ZURICH)
    assert [tick.day for tick in ticks if tick.day] == ["Tue 17 Nov", "Wed 18 Nov"]


def test_an_hour_that_clocks_repeat_has_two_ticks_of_its_own() -> None:
    ticks = time_ticks(at("2026-10-24T23:30:00"), at("2026-10-25T03:30:00"), ZURICH)
    by_text = [tick.at for tick in ticks if tick.text == "02:00"]
    assert by_text == [at("2026-10-25T00:00:00"), at("2026-10-25T01:00:00")]


def test_an_hour_that_clocks_skip_has_no_tick() -> None:
    ticks = time_ticks(at("2026-03-28T23:30:00"), at("2026-03-29T04:30:00"), ZURICH)
    assert "02:00" not in [tick.text for tick in ticks]


def test_days_begin_at_midnight_of_the_site_also_when_clocks_change() -> None:
    ticks = time_ticks(at("2026-10-22T00:00:00"), at("2026-10-28T00:00:00"), ZURICH)
    assert [tick.at for tick in ticks][2:4] == [at("2026-10-24T22:00:00"), at("2026-10-25T23:00:00")]


@given(st.integers(0, 4_000_000_000_000), st.integers(10 * SECOND, 40 * 365 * DAY))
def test_ticks_are_in_order_inside_the_range_and_not_too_many(start: int, span: int) -> None:
    ticks = time_ticks(start, start + span, ZURICH)
    places = [tick.at for tick in ticks]
    assert places == sorted(set(places))
    assert all(start <= place <= start + span for place in places)
    assert len(places) <= 14


def test_moments_are_told_by_the_clock_on_the_wall_on_both_sides_of_a_change() -> None:
    times = np.array([at("2026-10-25T00:30:00"), at("2026-10-25T01:30:00")])
    assert moment_words(times, 0, ZURICH) == ["Sun 25 Oct 02:30:00", "Sun 25 Oct 02:30:00"]
    assert moment_words(times[:1], 20 * MINUTE, ZURICH) == ["Sun 25 Oct 02:30 to 02:50"]
    assert moment_words(times[:1], 26 * HOUR, ZURICH) == ["Sun 25 Oct 02:30 to Mon 26 Oct 03:30"]
