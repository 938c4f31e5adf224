"""What the engine does beside judging: writing, publishing, remembering, going on after a failure."""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.outbox import send_waiting
from alerts.watch import MemoryNotUsableError, Watch
from facility.alarm import Condition
from facility.instants import MINUTE, SECOND
from facility.reading import Reading
from storage.records import engine_memory, outbox
from storage.samples.columns import Columns
from storage.samples.commit import Intake
from tests.acceptance.story import Story
from tests.alerts.examples import low, point

DP1 = point(low(10), silent_after=None)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path, DP1)
    yield story
    story.close()


def waiting(story: Story) -> list[str]:
    with story.records.reading() as connection:
        return [message.topic for message in outbox.waiting(connection)]


def checkpoint(story: Story) -> int:
    with story.records.reading() as connection:
        return engine_memory.checkpoint(connection)


def test_an_alarm_is_on_record_and_in_the_outbox_within_the_step_that_judges_it(story: Story) -> None:
    story.receives(Reading(DP1.id, story.now, 8, 0, story.now))
    assert "cleanwatch/demo/alarms/B101.DP1/low" in waiting(story)
    assert checkpoint(story) == story.engine.judged == 1


def test_while_nothing_happens_it_writes_once_a_second(story: Story) -> None:
    saved = []
    for _ in range(30):
        story.now += SECOND // 10
        story.receives(Reading(DP1.id, story.now, 12, 0, story.now))
        saved.append(checkpoint(story))
    assert len(set(saved)) in (3, 4)


def test_what_waits_is_sent_in_order_and_marked_afterwards(story: Story) -> None:
    story.receives(Reading(DP1.id, story.now, 8, 0, story.now))
    expected, sent = waiting(story), []

    def publish(topic: str, payload: bytes, *, retain: bool) -> bool:
        assert retain
        assert payload
        assert topic in waiting(story), "not marked before it is sent"
        sent.append(topic)
        return True

    assert send_waiting(story.records, publish, story.clock) == len(expected)
    assert sent == expected
    assert waiting(story) == []
    assert send_waiting(story.records, publish, story.clock) == 0


def test_what_the_broker_does_not_take_waits_on_in_its_order(story: Story) -> None:
    before = waiting(story)
    taken = iter([True, False])
    assert send_waiting(story.records, lambda *_, **__: next(taken), story.clock) == 1
    assert waiting(story) == before[1:]


def test_a_restart_publishes_what_stands_and_what_is_just_over(story: Story) -> None:
    story.receives(Reading(DP1.id, story.now, 8, 0, story.now))
    story.acknowledges(story.alarm(Condition.LOW))
    story.now += SECOND
    story.receives(Reading(DP1.id, story.now, 12, 0, story.now))
    send_waiting(story.records, lambda *_, **__: True, story.clock)
    story.restarts()
    assert sorted(waiting(story)) == [
        "cleanwatch/demo/alarms/B101.DP1/low",
        "cleanwatch/demo/holds/main",
        "cleanwatch/demo/rooms/A101",
        "cleanwatch/demo/rooms/B101",
    ]
    assert story.told().count("alarm raised") == 1


def test_what_could_not_be_written_is_written_by_the_next_step(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(engine_memory, "set_checkpoint", _full_disk)
        story.store.append([Intake("test", [Reading(DP1.id, story.now, 8, 0, story.now)])])
        with pytest.raises(OSError, match="full"):
            story.engine.step(0)
    assert story.alarms() == []
    story.engine.step(0)
    assert story.alarm(Condition.LOW).worst == 8


def test_a_commit_taken_by_half_is_taken_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    second = point(low(10), id="B101.DP2", silent_after=None)
    story.watches(DP1, second)
    take = Watch.take

    def broken(watch: Watch, reading: Reading, stamp: int) -> object:
        return take(watch, reading, stamp) if reading.point == DP1.id else _full_disk()

    with monkeypatch.context() as patch:
        patch.setattr(Watch, "take", broken)
        story.store.append([Intake("test", [Reading(id, story.now, 8, 0, story.now) for id in (DP1.id, second.id)])])
        with pytest.raises(OSError, match="full"):
            story.engine.step(0)
    story.engine.step(0)
    assert [alarm.point for alarm in story.alarms(Condition.LOW)] == [DP1.id, second.id]


def _full_disk(*_: object) -> NoReturn:
    raise OSError("disk full")


def test_memory_of_another_version_is_refused_in_words(story: Story) -> None:
    with story.records.transaction() as connection:
        engine_memory.save(connection, {DP1.id: b"\x63" + b"from the future"})
    with pytest.raises(MemoryNotUsableError, match=r"version 63.*this program knows 01"):
        Engine(story.site, story.store, story.records, story.clock)


def test_history_in_bulk_is_judged_behind_the_live_readings(story: Story) -> None:
    n = 3 * 24 * 60
    times = story.now - n * MINUTE + np.arange(n) * MINUTE
    values = np.full(n, 12.0)
    values[1000:1010] = 8
    values[n - 5 :] = 7
    nothing = np.full(n, -1, np.int64)
    columns = Columns(times, values, np.zeros(n, np.uint16), times, nothing, nothing, np.full(n, np.nan))
    story.store.backfill({DP1.id: columns}, "history")
    story.now += SECOND
    for _ in range(10):
        story.engine.step(0)
    closed, left_open = story.alarms(Condition.LOW)
    assert (closed.onset, closed.returned, closed.retrospective) == (times[1000], times[1010], True)
    assert (left_open.onset, left_open.returned) == (times[n - 5], None)
    assert story.standing() == []

    story.now += SECOND
    story.receives(Reading(DP1.id, story.now, 12, 0, story.now))
    for _ in range(10):
        story.engine.step(0)
    assert story.alarms(Condition.LOW)[1].returned == story.now
    assert story.engine.reviewing == 0
