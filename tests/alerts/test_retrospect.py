"""The past judged again, and what of it is written."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from alerts import machine, retrospect
from alerts.findings import Raised
from alerts.retrospect import COMPLETED, FOUND, SLICE, Described, settle
from alerts.reviews import ONE_STRETCH, Review, first_ready, with_late
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import HOUR, MINUTE, Instant
from facility.limit import Limit
from facility.reading import Reason
from facility.site import Point
from storage.samples.columns import Columns
from tests.acceptance.story import MIDNIGHT
from tests.alerts.examples import ACTION, ALERT, low, point

LIVE = machine.raised(point(), Raised(Condition.LOW, ALERT, 100, 100, 8, 10, "<", 8, 100))
OVER = replace(LIVE, state=AlarmState.NORMAL, returned=200)
PAST = replace(OVER, retrospective=True)


def test_an_alarm_that_is_on_no_record_is_found() -> None:
    assert settle(PAST, []) == (PAST, FOUND)
    assert settle(replace(PAST, onset=300, raised=300, returned=400), [OVER]) is not None
    other = replace(OVER, condition=Condition.HIGH)
    assert settle(PAST, [other]) == (PAST, FOUND)


def test_an_alarm_within_one_on_record_says_nothing_new() -> None:
    assert settle(replace(PAST, onset=150), [OVER]) is None
    assert settle(replace(PAST, onset=150, returned=None), [LIVE]) is None


def test_an_alarm_that_began_before_the_one_on_record_is_recorded_beside_it() -> None:
    earlier = replace(PAST, onset=50)
    assert settle(earlier, [OVER]) == (earlier, FOUND)


def test_an_alarm_found_before_is_completed_and_keeps_its_acknowledgements() -> None:
    answer = Acknowledgement("Ada Muster", 500, "seen", ALERT)
    left_open = replace(PAST, returned=None, acknowledgements=(answer,))
    assert settle(PAST, [left_open]) == (replace(PAST, acknowledgements=(answer,)), COMPLETED)
    assert settle(PAST, [PAST]) is None


def test_an_alarm_left_open_long_ago_stands_in_the_way_of_none() -> None:
    left_open = replace(PAST, returned=None)
    later = replace(PAST, onset=10_000, raised=10_000, returned=None)
    assert settle(later, [left_open]) == (later, FOUND)


def test_a_worse_value_found_late_is_added_to_the_record() -> None:
    worse = replace(PAST, onset=120, severity=ACTION, limit=5, worst=3, worst_at=120, value=3)
    completed = replace(OVER, severity=ACTION, limit=5, worst=3, worst_at=120, value=3)
    assert settle(worse, [OVER]) == (completed, COMPLETED)


def found(
    watched: Point, values: dict[Instant, float], review: Review, live_until: Instant = 0, *later: Described
) -> list[Alarm]:
    """All alarms of a review of these values, with their stretches told in minutes after midnight."""

    def read(start: Instant, end: Instant) -> Columns:
        return columns([(time, value) for time, value in sorted(values.items()) if start <= time < end])

    slices = retrospect.alarms_of([(0, watched), *later], review, live_until, read, [])
    return [alarm for alarms in slices for alarm in alarms]


def columns(readings: Sequence[tuple[Instant, float]], reasons: int = 0, received: Instant = 0) -> Columns:
    n, none = len(readings), np.full(len(readings), -1, np.int64)
    times = np.array([time for time, _ in readings], np.int64)
    numbers = np.array([value for _, value in readings], np.float64)
    arrived = np.full(n, received, np.int64)
    return Columns(times, numbers, np.full(n, reasons, np.uint16), arrived, none, none, np.full(n, np.nan))


def test_an_alarm_that_lasts_over_several_slices_is_one() -> None:
    days = {MIDNIGHT + hour * HOUR: 8.0 for hour in range(10, 24 * 14)}
    end = max(days) + HOUR
    alarms = found(point(low(10)), {**days, end: 12.0}, Review(MIDNIGHT, end, 0))
    assert end - MIDNIGHT > 3 * SLICE
    assert [(alarm.onset, alarm.returned) for alarm in alarms] == [(min(days), end)]


def test_judging_goes_on_behind_the_stretch_until_the_alarm_has_returned() -> None:
    values = {MIDNIGHT + n * MINUTE: 8.0 if 5 <= n < 500 else 12.0 for n in range(1000)}
    review = Review(MIDNIGHT + 5 * MINUTE, MIDNIGHT + 10 * MINUTE, 0)
    alarms = found(point(low(10)), values, review, live_until=MIDNIGHT + 999 * MINUTE)
    assert [alarm.returned for alarm in alarms] == [MIDNIGHT + 500 * MINUTE]
    open_still = found(point(low(10)), values, review, live_until=MIDNIGHT + 400 * MINUTE)
    assert [alarm.returned for alarm in open_still] == [None]


def test_late_readings_are_judged_by_the_limits_that_were_in_force_then() -> None:
    values = {MIDNIGHT + n * MINUTE: 8.0 if n % 100 in range(20, 30) else 12.0 for n in range(300)}
    review = Review(MIDNIGHT, MIDNIGHT + 299 * MINUTE, 0)
    looser, strict_again = point(low(7)), point(low(10))
    later = ((MIDNIGHT + 100 * MINUTE, looser), (MIDNIGHT + 225 * MINUTE, strict_again))
    alarms = found(point(low(10)), values, review, 0, *later)
    begun = [((alarm.onset - MIDNIGHT) // MINUTE, alarm.limit) for alarm in alarms]
    assert begun == [(20, 10.0), (225, 10.0)]


def test_what_was_over_before_or_began_behind_the_stretch_is_left_alone() -> None:
    dips = {30, 90, 150}
    values = {MIDNIGHT + n * MINUTE: 8.0 if n in dips else 12.0 for n in range(200)}
    review = Review(MIDNIGHT + 80 * MINUTE, MIDNIGHT + 100 * MINUTE, 0)
    alarms = found(point(low(10)), values, review, live_until=MIDNIGHT + 199 * MINUTE)
    assert [alarm.onset for alarm in alarms] == [MIDNIGHT + 90 * MINUTE]


def test_a_delay_that_began_before_the_stretch_counts() -> None:
    limits: list[Limit] = [low(10, on_delay=3 * HOUR)]
    values = {MIDNIGHT + n * MINUTE: 8.0 if n >= 20 else 12.0 for n in range(300)}
    review = Review(MIDNIGHT + 210 * MINUTE, MIDNIGHT + 299 * MINUTE, 0)
    assert [alarm.onset for alarm in found(point(*limits), values, review)] == [MIDNIGHT + 20 * MINUTE]


def test_readings_of_a_clock_that_was_ahead_are_taken_for_when_they_were_received() -> None:
    believed = retrospect._by_believed_time(
        Columns.joined([columns([(50, 1.0)], int(Reason.CLOCK_AHEAD), received=5), columns([(10, 2.0)], received=10)])
    )
    assert (believed.time.tolist(), believed.value.tolist()) == ([5, 10], [1.0, 2.0])


def test_late_readings_that_lie_close_are_reviewed_together() -> None:
    reviews = with_late((), 0, 0, ready=1)
    reviews = with_late(reviews, 10 * ONE_STRETCH, 10 * ONE_STRETCH, ready=2)
    assert len(reviews) == 2
    reviews = with_late(reviews, ONE_STRETCH, 9 * ONE_STRETCH, ready=3)
    assert reviews == (Review(0, 10 * ONE_STRETCH, 3),)


def test_a_review_waits_until_the_backlog_has_settled_and_an_open_one_until_the_point_is_quiet() -> None:
    waits, left_open = Review(0, 1, ready=10), Review(0, 1, ready=0, known_until=100)
    assert first_ready((waits,), 9, None, quiet=True) is None
    assert first_ready((waits,), 10, None, quiet=False) == waits
    assert first_ready((left_open,), 10, 100, quiet=True) is None
    assert first_ready((left_open,), 10, 101, quiet=False) is None
    assert first_ready((left_open,), 10, 101, quiet=True) == left_open
