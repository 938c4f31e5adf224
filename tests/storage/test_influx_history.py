"""Whatever is written, late or twice, summed up whenever: InfluxDB says what a plain dictionary says."""

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facility.instants import HOUR
from facility.reading import Reading
from facility.site import Site
from storage.samples.influx.envelope import MOST_RANGES, covered
from storage.samples.influx.influxql import Reader
from storage.samples.influx.rollups import newest
from storage.samples.influx.store import InfluxStore
from storage.samples.summaries import empty
from tests.influx import InfluxServer
from tests.storage.test_influx_contract import MOVED, WATCHED, hours_of
from tests.storage.test_local_history import END, POINTS, Model, check_envelope, instants, readings, readings_of, says


@dataclass(frozen=True)
class Write:
    """Readings arrive, written once or more."""

    readings: list[Reading]
    site: Site


@dataclass(frozen=True)
class RollUp:
    """The hours of the readings so far are summed up, or some of them."""

    every: int


@dataclass(frozen=True)
class DieAfterReopening:
    """The forwarder is killed before it has written what it opened hours for; it will come again."""

    readings: list[Reading]


batches = st.lists(readings, max_size=12)
steps = st.lists(
    st.builds(Write, batches, st.sampled_from([WATCHED, WATCHED, MOVED]))
    | st.builds(RollUp, st.sampled_from([1, 1, 2, 3]))
    | st.builds(DieAfterReopening, batches),
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, instants, instants, st.integers(1, 90), st.sampled_from([-4.0, 0.0, 0.4, 3.0]))
def test_influxdb_says_what_a_dictionary_says(
    influx_server: InfluxServer,
    steps: list[Write | RollUp | DieAfterReopening],
    start: int,
    end: int,
    buckets: int,
    limit: float,
) -> None:
    model = Model()
    in_force = [WATCHED]
    store = InfluxStore.open(influx_server.new_bucket(), lambda: in_force[0], lambda: END)
    for step in steps:
        carry_out(step, store, model, in_force)
        check_envelope(store, model, start, end, buckets)
    for point in POINTS:
        assert readings_of(store.raw(point, start, end)) == [says(r) for r in model.of(point, start, end)]
        judged = model.judged(point, start, end)
        assert store.count_outside(point, start, end, None, limit) == sum(v > limit for v in judged)
        assert store.count_outside(point, start, end, limit, None) == sum(v < limit for v in judged)
    store.close()


def carry_out(
    step: Write | RollUp | DieAfterReopening, store: InfluxStore, model: Model, in_force: list[Site]
) -> None:
    if isinstance(step, RollUp):
        hours = sorted({(point, time // HOUR * HOUR) for point, time in model.stored})[:: step.every]
        counts = store.roll_up(hours)
        assert counts == {(p, hour): len(model.of(p, hour, hour + HOUR)) for p, hour in hours}
        return
    store.reopen(hours_of(step.readings))
    if isinstance(step, Write):
        in_force[0] = step.site
        for reading in step.readings:
            model.take(reading)
        kept = [model.stored[r.point, r.time] for r in step.readings]
        assert store.write(store.lines().of_readings(kept)) == []


@given(st.sets(st.integers(0, 400)), st.integers(-HOUR, 500 * HOUR), st.integers(1, 500 * HOUR))
def test_hours_and_ranges_together_are_exactly_what_was_asked(hours: set[int], start: int, length: int) -> None:
    sums = empty(401)[sorted(hours)]
    used, ranges = covered(sums, start, start + length)
    assert len(ranges) <= MOST_RANGES
    pieces = sorted([*ranges, *((key * HOUR, (key + 1) * HOUR) for key in used["key"].tolist())])
    assert pieces[0][0] == start
    assert pieces[-1][1] == start + length
    assert all(piece[1] == following[0] for piece, following in pairwise(pieces))


wild = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["'", "\\", "\\'", "' OR 1=1 --", '" ; DROP DATABASE x', "a\nb", "T1' OR 'a'='a", "'; SELECT 1"]
)


@pytest.fixture(scope="module")
def store(influx_server: InfluxServer) -> InfluxStore:
    store = InfluxStore.open(influx_server.new_bucket(), lambda: WATCHED, lambda: END)
    assert store.write(store.lines().of_readings([Reading("T1", 1, 2.0, 0, 3)])) == []
    return store


@settings(max_examples=60)
@given(point=wild)
def test_a_point_is_never_taken_for_a_part_of_the_question(store: InfluxStore, point: str) -> None:
    assert store.columns(point, 0, 10).time.tolist() == ([1] if point == "T1" else [])
    assert store.count_outside(point, 0, 10, None, math.pi) == 0
    assert store.extent([point, "T1"]) == (1, 1)


def test_a_silence_is_filled_with_sums_of_nothing_so_that_nobody_asks_for_it_again(
    influx_server: InfluxServer,
) -> None:
    influx = influx_server.new_bucket()
    store = InfluxStore.open(influx, lambda: WATCHED, lambda: END)
    readings = [Reading("T1", hour * HOUR + 5, 1.0, 0, 9) for hour in (100, 160)]
    store.write(store.lines().of_readings(readings))
    for reading in readings:
        store.roll_up([("T1", reading.time // HOUR * HOUR)])
    kept = newest(Reader(influx), WATCHED, ["T1"], 0, 1000 * HOUR)["T1"]
    assert kept["key"].tolist() == list(range(100, 161))
    assert kept["n"].sum() == 2


def test_summing_up_again_writes_nothing_and_a_late_reading_makes_a_new_revision(influx_server: InfluxServer) -> None:
    influx = influx_server.new_bucket()
    store = InfluxStore.open(influx, lambda: WATCHED, lambda: END)

    def hour() -> tuple[int, bool, int]:
        (row,) = newest(Reader(influx), WATCHED, ["T1"], 0, HOUR)["T1"]
        return int(row["revision"]), bool(row["open"]), int(row["n"])

    store.write(store.lines().of_readings([Reading("T1", 5, 1.0, 0, 9)]))
    for _ in range(2):
        assert store.roll_up([("T1", 0)]) == {("T1", 0): 1}
        assert hour() == (1, False, 1)
    for _ in range(2):
        store.reopen([("T1", 0)])
        assert hour() == (2, True, 0)
    store.write(store.lines().of_readings([Reading("T1", 6, 1.0, 0, 9)]))
    store.roll_up([("T1", 0)])
    assert hour() == (3, False, 2)
