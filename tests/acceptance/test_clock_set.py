"""The server's clock is set while everything runs: no alarm is silenced, and none raised for all points at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facility.alarm import Condition
from facility.instants import HOUR, MINUTE, SECOND, Instant, Span
from facility.reading import Reading
from facility.site import Point
from facility.steady_clock import SteadyClock
from tests.acceptance.story import MIDNIGHT, Story
from tests.alerts.examples import low, point

LOW, NO_DATA = Condition.LOW, Condition.NO_DATA
PRESSURE = point(low(10, on_delay=30 * SECOND), silent_after=MINUTE)
OTHER = point(silent_after=MINUTE, id="B101.DP2")


class Set(Story):
    """A story told by a steady clock, on a machine whose own clock can be set."""

    def __init__(self, folder: Path, *more: Point) -> None:
        self.wall: Instant = MIDNIGHT
        self.passed: Span = 0
        self.steady = SteadyClock(lambda: self.wall, lambda: self.passed / 1000)
        super().__init__(folder, PRESSURE, OTHER, *more)
        self.steady.on_jump = lambda jump: self.engine.clock_set_forward(jump.after)

    def clock(self) -> Instant:
        return self.steady()

    def passes(self, span: Span, every: Callable[[], object] = lambda: None) -> "Set":
        """Time passes, ten seconds by ten seconds."""
        for _ in range(span // (10 * SECOND)):
            self.wall += 10 * SECOND
            self.passed += 10 * SECOND
            every()
            self.engine.step(0)
        return self

    def is_set(self, by: Span) -> "Set":
        """Somebody sets the machine's clock."""
        self.wall += by
        return self

    def hears(self, value: float) -> None:
        """A reading of both points, by instruments whose clocks were not set."""
        time, received = MIDNIGHT + self.passed, self.clock()
        self.receives(*(Reading(watched.id, time, value, 0, received) for watched in (PRESSURE, OTHER)))


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Set]:
    story = Set(tmp_path)
    yield story
    story.close()


@pytest.mark.parametrize("set_by", [-HOUR, HOUR, 30 * 24 * HOUR])
def test_no_point_is_taken_for_silent_because_the_clock_was_set(story: Set, set_by: Span) -> None:
    story.passes(2 * MINUTE, lambda: story.hears(12))
    story.is_set(set_by).passes(2 * MINUTE, lambda: story.hears(12))
    assert story.alarms() == []


@pytest.mark.parametrize("set_by", [-HOUR, HOUR])
def test_a_point_that_falls_silent_after_the_clock_was_set_is_noticed_in_time(story: Set, set_by: Span) -> None:
    story.passes(2 * MINUTE, lambda: story.hears(12)).is_set(set_by)
    story.passes(50 * SECOND)
    assert story.alarms() == []
    story.passes(30 * SECOND)
    assert len(story.alarms(NO_DATA)) == 2


@pytest.mark.parametrize("set_by", [-HOUR, HOUR])
def test_a_limit_that_is_broken_after_the_clock_was_set_is_an_alarm_in_time(story: Set, set_by: Span) -> None:
    story.passes(2 * MINUTE, lambda: story.hears(12)).is_set(set_by)
    story.passes(MINUTE, lambda: story.hears(8))
    assert len(story.alarms(LOW)) == 1


@pytest.mark.parametrize("set_by", [-HOUR, HOUR])
def test_a_delay_that_runs_while_the_clock_is_set_runs_out_without_a_further_reading(
    story: Set, set_by: Span
) -> None:
    story.passes(2 * MINUTE, lambda: story.hears(12))
    story.passes(10 * SECOND, lambda: story.hears(8))
    story.is_set(set_by).passes(40 * SECOND)
    assert len(story.alarms(LOW)) == 1


def test_stamps_of_commits_and_of_the_audit_trail_never_go_back(story: Set) -> None:
    stamps: list[Instant] = []

    def hears_and_notes() -> None:
        story.hears(8)
        stamps.append(story.store.newest()[1])

    story.passes(2 * MINUTE, lambda: story.hears(12)).is_set(-HOUR)
    story.passes(2 * MINUTE, hears_and_notes)
    assert stamps == sorted(set(stamps)), "each is later than the one before: time does not stand still either"
    times = [row.at for row in story.audit()]
    assert times == sorted(times)


def test_after_a_restart_with_the_clock_set_back_time_goes_on_from_what_is_on_record(story: Set) -> None:
    story.passes(2 * MINUTE, lambda: story.hears(12)).is_set(-HOUR)
    newest = story.store.newest()[1]
    story.steady = SteadyClock(lambda: story.wall, lambda: story.passed / 1000)
    story.steady.begin_after(newest)
    story.restarts()
    story.passes(50 * SECOND, lambda: story.hears(12))
    assert story.store.newest()[1] > newest
    story.passes(90 * SECOND)
    assert len(story.alarms(NO_DATA)) == 2


def test_a_clock_set_back_just_after_a_restart_makes_no_point_silent_that_was_not_heard_yet(tmp_path: Path) -> None:
    story = Set(tmp_path, point(silent_after=30 * MINUTE, id="B101.DP3"))
    story.wall += 40 * MINUTE  # while nobody was there
    story.passed += 40 * MINUTE
    story.restarts().is_set(-HOUR).passes(3 * MINUTE, lambda: story.hears(12))
    assert story.alarms() == []
    story.close()
