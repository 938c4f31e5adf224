"""Stopping the engine at any commit, and starting it again, changes nothing on record."""

import random
from pathlib import Path

import pytest

from facility.alarm import Alarm
from facility.instants import SECOND
from facility.limit import Consecutive, RoomState
from facility.plant_events import PlantEvent, RoomStateSet
from facility.reading import Reading, Reason
from tests.acceptance.story import MIDNIGHT, Story
from tests.alerts.examples import ACTION, ALERT, high, low, point

BUSY, IDLE = frozenset({RoomState.IN_OPERATION}), frozenset({RoomState.AT_REST, RoomState.CLEANING})
POINTS = (
    point(low(10, ALERT, on_delay=1 * SECOND, deadband=1), low(5, off_delay=SECOND), id="P1", silent_after=None),
    point(high(7, rule=Consecutive(3), room_states=BUSY), high(3, room_states=IDLE), id="P2", silent_after=None),
)
Step = tuple[list[Reading], list[PlantEvent]]


def steps(n: int) -> list[Step]:
    """Commits 300 ms apart: values in and out, late ones, broken ones, and the room changing state."""
    chance = random.Random(7)
    told: list[Step] = []
    for number in range(n):
        now = MIDNIGHT + number * 300
        readings: list[Reading] = []
        for p in POINTS:
            time = now - chance.choice([0, 0, 0, 0, 0, 700])
            reasons = chance.choice([0, 0, 0, 0, 0, 0, int(Reason.FLOW_FAULT)])
            readings.append(
                Reading(p.id, time + len(readings), float(chance.choice([2, 4, 8, 9, 12, 12])), reasons, now)
            )
        state = chance.choice(list(RoomState))
        events: list[PlantEvent] = [RoomStateSet("B101", state, now, "BMS")] if number % 9 == 4 else []
        told.append((readings, events))
    return told


def lived_through(
    folder: Path, told: list[Step], restarts: set[int]
) -> tuple[list[Alarm], list[tuple[str, str, str]]]:
    """The alarms, and everything that the audit trail says, after the engine was replaced at these commits."""
    folder.mkdir()
    story = Story(folder, *POINTS)
    for number, (readings, events) in enumerate(told):
        story.now = max(story.now, MIDNIGHT + number * 300)
        story.receives(*readings, events=events)
        if number in restarts:
            story.restarts()
        if number % 11 == 10:
            for alarm in [alarm for alarm in story.alarms() if alarm.state.value == "unacknowledged"]:
                story.acknowledges(alarm)
    for _ in range(40):
        story.now += SECOND
        story.engine.step(0)
    alarms = story.alarms()
    rows = [(row.action, row.object, row.data) for row in story.audit() if row.action != "schema migrated"]
    story.close()
    return alarms, rows


@pytest.fixture(scope="module")
def told() -> list[Step]:
    return steps(60)


@pytest.fixture(scope="module")
def undisturbed(told: list[Step], tmp_path_factory: pytest.TempPathFactory) -> object:
    return lived_through(tmp_path_factory.mktemp("undisturbed") / "story", told, set())


@pytest.mark.parametrize("seed", range(2))
def test_restarts_at_random_commits_leave_the_same_records(
    told: list[Step], undisturbed: object, tmp_path: Path, seed: int
) -> None:
    restarts = set(random.Random(seed).sample(range(60), 10))
    assert lived_through(tmp_path / "story", told, restarts) == undisturbed


def test_a_restart_at_every_commit_leaves_the_same_records(
    told: list[Step], undisturbed: object, tmp_path: Path
) -> None:
    alarms, _ = found = lived_through(tmp_path / "story", told, set(range(60)))
    assert found == undisturbed
    assert {alarm.severity for alarm in alarms} == {ALERT, ACTION}
