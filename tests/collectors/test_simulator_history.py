"""The generated past: quiet when nothing goes wrong, gaps and faults where something did, and loaded once."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alerts.columns import judge_columns
from alerts.point_judge import ALL_QUIET
from alerts.point_judge import in_force as in_force_alone
from collectors.simulator.history import SOURCE, History, load_history
from collectors.simulator.scenario import Scenario
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, instant_of
from facility.limit import Consecutive, Dose, Limit, MOfN, RollingVolume, Severity
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.reading import INVALID_MASK, Reason
from storage.samples.columns import Columns
from storage.samples.local import LocalStore
from tests.collectors.suite import DESIGN, SITE, scenario_of

END = instant_of(datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
"""A Wednesday, 11:00 in Zurich."""


Truths = NDArray[np.bool_]


def history(*events: Mapping[str, object], days: int = 1) -> History:
    return History(SITE, DESIGN, scenario_of(*events), END, days)


QUIET = history()
SPOILT = history(
    {"kind": "network loss", "at": "1 day ago, 02:00", "lasts": "4 h", "source": "pressure", "kept": "false"},
    {"kind": "network loss", "at": "1 day ago, 02:00", "lasts": "1 h", "source": "cabinets-B115"},
    {"kind": "flow fault", "at": "1 day ago, 09:00", "lasts": "30 min", "instrument": "B107.PC1", "flow": "0.7"},
    {"kind": "particle burst", "at": "1 day ago, 11:37", "room": "BSC1", "particles": "240000"},
    {"kind": "door held open", "at": "1 day ago, 10:13", "lasts": "112 s", "door": ["B101", "B106"], "shed": "6e5"},
)


@cache
def wednesday() -> dict[str, Columns]:
    return QUIET.readings(QUIET.days[0])


@cache
def tuesday() -> dict[str, Columns]:
    return QUIET.readings(QUIET.days[1])


@cache
def spoilt_tuesday() -> dict[str, Columns]:
    return SPOILT.readings(SPOILT.days[1])


def outside(limit: Limit, readings: Columns) -> Truths:
    """Which readings are judged and outside."""
    judged = (readings.reasons & INVALID_MASK == 0).tolist()
    values = readings.value.tolist()
    return np.array([ok and limit.is_outside(value) for ok, value in zip(judged, values, strict=True)], dtype=bool)


def in_force(limit: Limit, states: list[RoomStateSet], times: NDArray[np.int64]) -> Truths:
    """Where the room is in a state that the limit holds in."""
    holds = np.array([state.state in limit.room_states for state in states])
    return holds[np.searchsorted([state.time for state in states], times, side="right") - 1]


def alarms(limit: Limit, states: list[RoomStateSet], readings: Columns) -> bool:
    """Were readings ever outside for as long, and as often in a row, as makes an alarm?"""
    if isinstance(limit.rule, RollingVolume | MOfN | Dose):
        held = readings.take(in_force(limit, states, readings.time))
        _, found = judge_columns(in_force_alone([limit]), ALL_QUIET, held)
        return bool(found)
    bad = outside(limit, readings) & in_force(limit, states, readings.time)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]])))
    least = limit.rule.n if isinstance(limit.rule, Consecutive) else 1
    return any(
        last - first >= least and readings.time[last - 1] - readings.time[first] >= limit.on_delay
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    )


def alarming_points(history: History, readings: dict[str, Columns], severity: Severity) -> set[str]:
    states: defaultdict[str, list[RoomStateSet]] = defaultdict(list)
    for event in history.events():
        if isinstance(event, RoomStateSet):
            states[event.room].append(event)
    return {
        id
        for id, columns in readings.items()
        for limit in SITE.points[id].limits
        if limit.severity is severity and alarms(limit, states[room_around(id)], columns)
    }


def room_around(point: str) -> str:
    """A workstation has the state of its room."""
    room = SITE.points[point].room
    return SITE.rooms[room].inside or room


@pytest.mark.parametrize("readings", [wednesday, tuesday])
@pytest.mark.parametrize("severity", [Severity.ALERT, Severity.ACTION])
def test_a_day_on_which_nothing_goes_wrong_is_quiet(
    readings: Callable[[], dict[str, Columns]], severity: Severity
) -> None:
    assert not alarming_points(QUIET, readings(), severity)


def test_a_door_held_open_alarms_the_step_and_the_room_and_spares_the_workstation() -> None:
    alarming = alarming_points(SPOILT, spoilt_tuesday(), Severity.ACTION)
    assert {"B101.DP2", "B101.PC1.p0_5"} <= alarming
    assert not [point for point in alarming if not point.startswith(("B101.", "BSC1."))]
    during = spoilt_tuesday()["BSC1.PC1.p0_5"].between(*(hours(1, 10, 11)))
    assert during.value.max() < 2000


def test_rooms_are_full_at_work_and_empty_at_night() -> None:
    particles = tuesday()["B101.PC1.p0_5"]
    work, night = particles.between(*hours(1, 7, 13)), particles.between(*hours(1, 1, 5))
    assert 10_000 < np.median(work.value) < 100_000
    assert 50 < np.median(night.value) < 1000


def hours(days_ago: int, first: int, last: int) -> tuple[Instant, Instant]:
    start = QUIET.days[days_ago].start
    return start + first * HOUR, start + last * HOUR


def test_every_point_has_its_cadence_to_the_end_without_a_gap() -> None:
    for id, point in SITE.points.items():
        interval = SITE.instruments[point.instrument].interval
        if interval < DAY:
            times = np.concatenate([tuesday()[id].time, wednesday()[id].time])
            assert set(np.diff(times)) == {interval}, id
            assert END - interval <= times[-1] < END


def test_every_day_is_the_same_whenever_it_is_made() -> None:
    again = history().readings(QUIET.days[1])
    assert set(again) == set(tuesday())
    for id, columns in again.items():
        for field in ("time", "value", "reasons", "received", "count"):
            assert np.array_equal(getattr(columns, field), getattr(tuesday()[id], field)), id


def test_a_network_loss_without_memory_leaves_a_gap() -> None:
    times = spoilt_tuesday()["B101.DP1"].time
    assert int(np.diff(times).max()) == 4 * HOUR + 10 * SECOND
    assert len(times) == 8640 - 1440


def test_after_a_network_loss_what_was_kept_arrives_late() -> None:
    readings = spoilt_tuesday()["B115.FRZ2"]
    late = readings.received - readings.time > MINUTE
    assert len(readings) == 1440
    assert late.sum() >= 59
    assert len(set(readings.received[late])) == 1


def test_what_the_station_would_doubt_is_doubted() -> None:
    """The hygrometer of B101 is overdue since 31 October 2026."""
    assert np.all(tuesday()["B101.RH1"].reasons == Reason.CALIBRATION_OVERDUE)
    readings = spoilt_tuesday()["B107.PC1.p0_5"]
    assert np.sum(readings.reasons == Reason.FLOW_FAULT | Reason.FLOW_OFF) == 30


def test_a_burst_in_a_workstation_shows_in_a_single_sample() -> None:
    readings = spoilt_tuesday()["BSC1.PC1.p0_5"]
    assert np.sum(readings.value > 3520) == 1


def test_plates_are_read_days_after_they_were_taken() -> None:
    past = history(
        {"kind": "growth on a plate", "at": "6 workdays ago, 10:00", "point": "B102.VA1", "colonies": 12}, days=9
    )
    day = next(day for day in past.days if day.end - day.start == DAY and past.days.index(day) == 8)
    readings = past.readings(day)["B102.VA1"]
    assert readings.value.tolist() == [12.0]
    assert day.start < readings.time[0] < day.end
    assert readings.received[0] - readings.time[0] >= 2 * DAY
    assert "B102.VA1" not in tuesday()


def test_every_room_has_a_state_from_the_beginning() -> None:
    first = QUIET.events()[: len(DESIGN.rooms)]
    assert {event.room for event in first} == set(DESIGN.rooms)
    assert {event.time for event in first} == {QUIET.days[-1].start}


def test_no_batch_runs_on_beyond_the_end() -> None:
    events = QUIET.events()
    started = {e.batch for e in events if isinstance(e, BatchStarted)}
    ended = {e.batch for e in events if isinstance(e, BatchEnded)}
    assert started == ended
    assert max(event.time for event in events) == END


class Progress:
    """Hears of progress, and may stop the loading after some days."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.heard: list[tuple[int, int]] = []
        self.stop = threading.Event()
        self._stop_after = stop_after

    def __call__(self, done: int, total: int) -> None:
        self.heard.append((done, total))
        if done == self._stop_after:
            self.stop.set()


def load(store: LocalStore, now: Instant, scenario: Scenario, progress: Progress) -> Instant:
    return load_history(store, SITE, DESIGN, scenario, now, 1, progress, progress.stop)


def test_an_interrupted_history_goes_on_where_it_was_and_is_loaded_once(tmp_path: Path) -> None:
    store = LocalStore.open(tmp_path / "samples.sqlite", lambda: END + MINUTE)
    first, second, third = Progress(stop_after=1), Progress(), Progress()
    follower = store.follow("test", after=0)

    assert load(store, END, scenario_of(), first) == END
    assert first.heard == [(0, 2), (1, 2)]
    assert len(store.columns("B101.DP1", QUIET.days[0].start, END)) > 0
    assert len(store.columns("B101.DP1", QUIET.days[1].start, QUIET.days[1].end)) == 0

    assert load(store, END + HOUR, scenario_of(), second) == END
    assert second.heard[-1] == (2, 2)
    assert len(store.columns("B101.DP1", QUIET.days[1].start, QUIET.days[1].end)) == 8640
    assert len(store.columns("B101.DP1", END, END + DAY)) == 0

    assert load(store, END + 2 * HOUR, scenario_of(), third) == END
    events, *days = list(iter(lambda: follower.next(timeout=0), None))
    assert list(events.events) == QUIET.events()
    assert [bool(day.backfilled) for day in days] == [True, True]
    [balance] = [balance for balance in store.balance() if balance.source == SOURCE]
    assert balance.stored == sum(len(columns) for day in (wednesday(), tuesday()) for columns in day.values())
    assert balance.repeated == balance.conflicting == 0
    store.close()
