"""The questions about the trend of a room: what chance alone would bring is never called a trend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import trend_questions as ask
from alerts.trend_questions import Answer, Stretch
from facility.instants import DAY, HOUR, MINUTE

MONDAY = 1_795_392_000_000
"""23 November 2026, 00:00 UTC."""
QUARTER = (Stretch(MONDAY, MONDAY + 91 * DAY),)


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [
        (0, 0, Answer.TOO_FEW),
        (0, 4, Answer.TOO_FEW),
        (0, 5, Answer.YES),
        (4, 5, Answer.NO),
        (2, 11, Answer.YES),
        (11, 2, Answer.NO),
    ],
)
def test_a_rising_number_is_told_from_chance(before: int, now: int, answer: Answer) -> None:
    assert ask.rising(before, now, 90 * DAY, 90 * DAY).answer is answer


def test_a_rising_number_is_of_the_time_that_was_watched() -> None:
    # All of 10 in a period three times as long are no surprise: 0.75 to the power of 10 is 0.056, of 12 it is 0.032.
    assert ask.rising(0, 10, 30 * DAY, 90 * DAY).answer is Answer.TOO_FEW
    assert ask.rising(0, 12, 30 * DAY, 90 * DAY).probability == pytest.approx(0.0317, abs=1e-4)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 91 * 24 * 60), max_size=30, unique=True))
def test_runs_hold_excursions_of_one_point_within_a_day_of_each_other(minutes: list[int]) -> None:
    times = [MONDAY + minute * MINUTE for minute in minutes]
    found = ask.consecutive({"B101.DP1": times}, 91 * DAY)
    for run in found.runs:
        assert len(run.times) > 1
        assert all(b - a <= DAY for a, b in zip(run.times, run.times[1:], strict=False))
    assert sum(len(run.times) - 1 for run in found.runs) == found.pairs


def test_results_beyond_the_alert_level_count_only_one_after_the_other() -> None:
    results = {"B101.VA1": [(MONDAY + n * DAY, beyond) for n, beyond in enumerate([True, False, True, True, True])]}
    (run,) = ask.consecutive_results(results)
    assert run.times == tuple(MONDAY + n * DAY for n in (2, 3, 4))


def test_excursions_after_waste_leaves_on_tuesdays_have_a_pattern() -> None:
    tuesdays = [MONDAY + (1 + 7 * week) * DAY + 10 * HOUR + week * MINUTE for week in range(8)]
    found = ask.patterns(tuesdays, QUARTER, "UTC", {"cleaning": [at - 20 * MINUTE for at in tuesdays]})
    assert found.answer is Answer.YES
    assert {(one.kind, one.name) for one in found.found} >= {("weekday", "1"), ("after", "cleaning"), ("hour", "9")}
    assert found.found[0].kind == "after"


def test_what_follows_working_hours_is_no_pattern_of_its_own() -> None:
    """All of them by day, where nothing is watched at night."""
    days = tuple(Stretch(MONDAY + n * DAY + 8 * HOUR, MONDAY + n * DAY + 17 * HOUR) for n in range(90))
    chance = np.random.default_rng(7)
    at_work = [days[n].start + int(chance.integers(9 * HOUR)) for n in chance.integers(90, size=40)]
    assert ask.patterns(at_work, days, "UTC", {}).answer is Answer.NO


def test_three_excursions_have_no_pattern_whatever_they_look_like() -> None:
    same = [MONDAY + week * 7 * DAY + 10 * HOUR for week in range(3)]
    assert ask.patterns(same, QUARTER, "UTC", {}).answer is Answer.TOO_FEW


def test_what_happened_once_or_twice_after_something_rare_is_not_regular() -> None:
    twice = [MONDAY + 10 * HOUR, MONDAY + 17 * DAY + 15 * HOUR]
    after = {"cleaning": [at - 20 * MINUTE for at in twice]}
    assert ask.patterns(twice[:1], QUARTER, "UTC", after).answer is Answer.TOO_FEW
    assert ask.patterns(twice, QUARTER, "UTC", after).answer is Answer.TOO_FEW
    others = [MONDAY + day * DAY + hour * HOUR for day, hour in ((30, 3), (44, 20), (57, 8), (71, 12), (82, 1))]
    assert ask.patterns([*twice, *others], QUARTER, "UTC", after).answer is Answer.NO


def test_what_happens_by_chance_is_seldom_called_a_pattern() -> None:
    chance = np.random.default_rng(3)
    answers = [
        ask.patterns((MONDAY + chance.integers(91 * DAY, size=12)).tolist(), QUARTER, "UTC", {}).answer
        for _trial in range(60)
    ]
    assert answers.count(Answer.YES) <= 6  # 3 are expected at most, at 5 %


def test_another_predominant_organism_is_told_and_a_new_one_named() -> None:
    before, now = [["Micrococcus luteus"]] * 9, [["Bacillus cereus"], ["Bacillus cereus", "Micrococcus luteus"]] * 4
    found = ask.flora(before, now)
    assert (found.answer, found.predominant, found.new) == (Answer.YES, "Bacillus cereus", ("Bacillus cereus",))
    assert ask.flora([], now).answer is Answer.TOO_FEW
    assert ask.flora(before[:1], now[:1]).answer is Answer.TOO_FEW


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_looking_at_more_never_makes_anything_less_likely_by_chance(probabilities: list[float]) -> None:
    adjusted = ask.holm(probabilities)
    assert all(0 <= p <= a <= 1 for p, a in zip(probabilities, adjusted, strict=True))
    assert min(adjusted) == pytest.approx(min(1.0, min(probabilities) * len(probabilities)))
