"""Lived through again, any past gives the alarms that are on record."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.replay.as_it_happened import Unlike, live_again, record_of, unlike
from facility.alarm import Condition
from facility.instants import MINUTE, SECOND
from facility.limit import RoomState
from facility.reading import Reading, Reason
from storage.records import alarms
from storage.records.alarms import AlarmFilter
from storage.samples.columns import Columns
from tests.acceptance.story import MIDNIGHT, Story
from tests.alerts.examples import ACTION, ALERT, Consecutive, low, point

PRESSURE = point(
    low(10, ALERT, on_delay=20 * SECOND, off_delay=5 * SECOND, deadband=1),
    low(5, ACTION, rule=Consecutive(2), room_states=frozenset({RoomState.IN_OPERATION})),
    silent_after=40 * SECOND,
)
OTHER = point(low(10), id="B101.DP2", silent_after=MINUTE)

READINGS = st.lists(
    st.tuples(
        st.sampled_from([PRESSURE.id, OTHER.id]),
        st.sampled_from([0, 0, 0, 3, 30, 200]),
        st.sampled_from([3.0, 8.0, 10.5, 12.0]),
        st.sampled_from([0, 0, 0, Reason.SENSOR_FAULT, Reason.CLOCK_AHEAD]),
    ),
    max_size=4,
)
"""Point, seconds of age, value, reasons: in order, out of order, late; a time that comes twice is a repeat."""
STEPS = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.one_of(
            st.tuples(st.just("reads"), READINGS),
            st.tuples(st.just("state"), st.sampled_from(RoomState)),
            st.just(("acknowledges", None)),
            st.just(("passes", None)),
            st.just(("restarts", None)),
            st.just(("seals", None)),
            st.tuples(st.just("backfills"), st.sampled_from([3.0, 12.0])),
        ),
    ),
    min_size=3,
    max_size=25,
)


def live(story: Story, steps: list[tuple[int, tuple[str, object]]]) -> None:
    for seconds, (what, of) in steps:
        for _ in range(seconds // 10):
            story.now += 10 * SECOND
            story.engine.step(0)
        story.now += seconds % 10 * SECOND
        match what, of:
            case "reads", list():
                found = [
                    Reading(id, story.now - age * SECOND, value, reasons, story.now) for id, age, value, reasons in of
                ]
                story.receives(*found)
            case "state", RoomState():
                story.room_becomes(of)
            case "acknowledges", _:
                with story.records.reading() as connection:
                    standing = alarms.standing(connection)
                if standing:
                    story.acknowledges(standing[0])
            case "restarts", _:
                story.restarts()
            case "seals", _:
                story.store.seal(story.now - 20 * SECOND)
            case "backfills", float():
                time = story.now - 5 * MINUTE
                rows = [(time + n * SECOND, of, 0, time, None, None, None) for n in (0, 30, 60)]
                story.store.backfill({PRESSURE.id: Columns.of_rows(rows)}, "history")
    for _ in range(5):
        story.now += 5 * SECOND
        story.engine.step(0)


@settings(max_examples=10)
@given(STEPS)
def test_any_past_is_lived_through_again_as_it_was(steps: list[tuple[int, tuple[str, object]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder), PRESSURE, OTHER)
        live(story, steps)
        assert story.unlike() == []
        story.close()


def test_what_the_record_says_otherwise_is_told(tmp_path: Path) -> None:
    story = Story(tmp_path, PRESSURE, OTHER)
    story.at("00:10").reads(3.0, OTHER.id).at("00:20").reads(12.0, OTHER.id).at("00:30")
    with story.records.reading() as connection:
        record = record_of(connection, story.site)
    lived = live_again(record, story.site, story.store, story.records)
    assert (lived.commits, lived.readings, lived.complete) == (2, 2, True)
    alarm = story.alarm(Condition.LOW, OTHER.id)
    lived.alarms[alarm.id] = replace(alarm, worst=2.0)
    assert list(unlike(record, lived)) == [Unlike(alarm.id, "worst", "3.0", "2.0")]
    del lived.alarms[alarm.id]
    assert list(unlike(record, lived)) == [Unlike(alarm.id, "alarm", alarm.state, "none")]
    story.close()


def test_the_record_at_the_end_of_the_past_is_compared_with_what_time_alone_brought(tmp_path: Path) -> None:
    story = Story(tmp_path, PRESSURE)
    story.at("00:10").reads(12.0).at("05:00")
    assert story.alarm(Condition.NO_DATA).onset == MIDNIGHT + 10 * SECOND
    assert story.unlike() == []
    with story.records.reading() as connection:
        assert alarms.count(connection, AlarmFilter()) == 1
    story.close()


def test_a_period_is_compared_with_what_stood_before_it_and_what_came_of_it_later(tmp_path: Path) -> None:
    story = Story(tmp_path, OTHER)
    story.at("00:10").reads(3.0)
    story.acknowledges(story.alarm(Condition.LOW))
    story.at("00:20").reads(12.0)  # over before the period
    story.at("00:50").reads(3.0)  # stands when it begins
    story.at("01:30").reads(12.0).at("01:40")
    newest = max(story.alarms(Condition.LOW), key=lambda alarm: alarm.onset)
    story.acknowledges(newest)  # after the period
    story.at("01:50").reads(3.0).at("02:00").reads(12.0).at("02:10")
    with story.records.reading() as connection:
        record = record_of(connection, story.site, MIDNIGHT + MINUTE, MIDNIGHT + MINUTE + 20 * SECOND)
    lived = live_again(record, story.site, story.store, story.records)
    assert list(unlike(record, lived)) == []
    asked = [alarm for alarm in record.alarms if record.asks_for(alarm)]
    assert [alarm.onset for alarm in asked] == [MIDNIGHT + 50 * SECOND]
    for alarm in record.alarms:
        lived.alarms[alarm.id] = replace(alarm, worst=2.0)
    assert [one.alarm for one in unlike(record, lived)] == [asked[0].id]
    story.close()
