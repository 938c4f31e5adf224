"""What other limits would have made of readings that are stored."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.replay import processes
from alerts.replay.against_record import Kind
from alerts.replay.comparison import Comparison, Fate, compare, deepest, longest
from alerts.replay.processes import judge_all
from alerts.replay.what_if import Task, judge
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import MINUTE, SECOND, Instant
from facility.site import Point
from storage.samples.columns import Columns
from storage.samples.local import LocalStore
from tests.acceptance.story import MIDNIGHT
from tests.alerts.examples import ACTION, ALERT, PRESSURES, low, point

TEN = point(low(10))
SEVEN = point(low(7))
END = MIDNIGHT + 10 * len(PRESSURES) * SECOND
FIRST, SECOND_DIP = MIDNIGHT + 20 * SECOND, MIDNIGHT + 60 * SECOND


def columns(values: list[float], late: dict[int, int] | None = None) -> Columns:
    """Every 10 s from midnight on, each received at once but for those that are said to be late, by place."""
    n = len(values)
    time = MIDNIGHT + np.arange(n) * 10 * SECOND
    received = time + np.array([(late or {}).get(place, 0) for place in range(n)])
    none = np.full(n, -1, np.int64)
    return Columns(time, np.array(values, float), np.zeros(n, np.uint16), received, none, none, np.full(n, np.nan))


def task(before: Point, after: Point, *on_record: Alarm, end: Instant = END) -> Task:
    described = ((MIDNIGHT, before),)
    return Task(before.id, described, ((MIDNIGHT, after),), (), on_record, MIDNIGHT, end)


def compared(before: Point, after: Point, values: list[float], end: Instant = END) -> Comparison:
    outcome = judge(task(before, after, end=end), columns(values).between)
    return compare(outcome.point, outcome.readings, outcome.before, outcome.after, MIDNIGHT, end)


def test_a_looser_limit_hides_the_shallow_dip_and_calls_later_in_the_deep_one() -> None:
    found = compared(TEN, SEVEN, PRESSURES)
    assert [(lost.fate, lost.alarm.onset, lost.lasted, lost.by) for lost in found.lost] == [
        (Fate.HIDDEN, FIRST, 20 * SECOND, 0),
        (Fate.LATER, SECOND_DIP, 80 * SECOND, 20 * SECOND),
    ]
    tally = found.tallies[ACTION]
    assert (tally.before, tally.after) == (2, 1)
    assert (tally.time_before, tally.time_after) == (100 * SECOND, 30 * SECOND)
    assert found.readings == len(PRESSURES)


def test_longest_and_deepest_of_what_is_hidden_are_named() -> None:
    found = compared(TEN, point(low(1)), PRESSURES)
    assert [lost.alarm.onset for lost in found.hidden] == [FIRST, SECOND_DIP]
    worst = longest(found.lost)
    assert worst is not None
    assert worst.alarm.onset == SECOND_DIP
    assert deepest(found.lost) == worst
    assert worst.depth == 6


def test_a_longer_delay_hides_what_was_shorter() -> None:
    found = compared(TEN, point(low(10, on_delay=30 * SECOND)), PRESSURES)
    assert [(lost.fate, lost.alarm.onset) for lost in found.lost] == [
        (Fate.HIDDEN, FIRST),
        (Fate.LATER, SECOND_DIP),
    ]


def test_a_stricter_limit_tells_of_more() -> None:
    found = compared(SEVEN, TEN, PRESSURES)
    assert not found.lost
    assert [alarm.onset for alarm in found.new] == [FIRST]


def test_an_action_that_would_be_an_alert_is_milder() -> None:
    found = compared(TEN, point(low(10, ALERT)), PRESSURES)
    assert {lost.fate for lost in found.lost} == {Fate.MILDER}
    assert (found.tallies[ACTION].after, found.tallies[ALERT].after) == (0, 2)


def test_what_still_stands_at_the_end_counts_up_to_it() -> None:
    found = compared(TEN, SEVEN, [12, 8, 8], end=MIDNIGHT + MINUTE)
    assert [(lost.fate, lost.lasted) for lost in found.lost] == [(Fate.HIDDEN, 50 * SECOND)]


def test_what_came_late_is_said_to_differ_from_the_record() -> None:
    outcome = judge(task(TEN, TEN), columns(PRESSURES, late={2: MINUTE}).between)
    assert [(d.kind, d.alarm.onset, d.late) for d in outcome.differences] == [
        (Kind.NOT_ON_RECORD, FIRST, MINUTE),
        (Kind.NOT_ON_RECORD, SECOND_DIP, 0),
    ]


def test_what_is_on_record_as_instrument_time_tells_it_is_no_difference() -> None:
    known = judge(task(TEN, TEN), columns(PRESSURES).between).before
    recorded = [replace(alarm, state=AlarmState.NORMAL) for alarm in known]
    elsewhere = replace(recorded[0], onset=MIDNIGHT, raised=MIDNIGHT, returned=MIDNIGHT + 1)
    later = replace(recorded[1], raised=recorded[1].raised + SECOND, severity=ALERT)
    outcome = judge(task(TEN, TEN, elsewhere, recorded[0], later), columns(PRESSURES).between)
    assert [(d.kind, d.alarm.onset) for d in outcome.differences] == [
        (Kind.ONLY_ON_RECORD, MIDNIGHT),
        (Kind.RAISED, SECOND_DIP),
        (Kind.SEVERITY, SECOND_DIP),
    ]


@given(st.lists(st.sampled_from([4.0, 6.0, 8.0, 11.0, 13.0]), max_size=40))
def test_the_same_limits_make_no_difference(values: list[float]) -> None:
    found = compared(TEN, TEN, values)
    assert not found.lost
    assert not found.new
    assert all((t.before, t.time_before) == (t.after, t.time_after) for t in found.tallies.values())


def test_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    store = LocalStore.open(path, lambda: END)
    store.backfill({TEN.id: columns(PRESSURES)}, "test")
    asked = task(TEN, SEVEN)
    monkeypatch.setattr(processes, "WORTH_A_PROCESS", 0)
    done: list[float] = []
    found = list(judge_all(store, [asked], 2, done.append))
    assert found == [judge(asked, partial(store.columns, TEN.id))] == list(judge_all(store, [asked], 1))
    assert done[-1] == 1
    store.close()
    assert judge(asked, columns(PRESSURES).between).before[0].condition is Condition.LOW


def test_a_delay_that_runs_out_after_the_last_reading_of_the_period_raises() -> None:
    slow = point(low(10, on_delay=20 * SECOND))
    found = compared(slow, SEVEN, [12, 8, 8], end=MIDNIGHT + MINUTE)
    assert [lost.fate for lost in found.lost] == [Fate.HIDDEN]
