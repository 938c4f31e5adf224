"""Whatever happens to InfluxDB, it has every reading once in the end, and what it has not is known at any moment."""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias, cast

import pytest

from collectors import draining, forwarder
from collectors.forwarder import Forwarder, sums_at_once
from facility.instants import DAY, HOUR, SECOND
from facility.reading import Reading
from storage.samples.commit import Intake
from storage.samples.history import BACKLOG
from storage.samples.influx import writing
from storage.samples.influx.address import Influx
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore, Progress
from tests.collectors.faults import bad_way
from tests.collectors.plant import NOW, SITE
from tests.influx import InfluxUnderTest, running_influx
from tests.waiting import wait_until

POINTS = tuple(SITE.points)

Begin: TypeAlias = Callable[[Influx], Forwarder]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxUnderTest]:
    """An InfluxDB of our own, to be killed."""
    with running_influx(tmp_path_factory.mktemp("influx")) as running:
        yield running


@pytest.fixture
def influx(server: InfluxUnderTest) -> Influx:
    return server.new_bucket()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(tmp_path / "store.db", lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def begin(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Starts forwarders that are in a hurry."""
    monkeypatch.setattr(forwarder, "GATHER_SECONDS", 0.02)
    monkeypatch.setattr(forwarder, "FIRST_DELAY", 0.02)
    monkeypatch.setattr(forwarder, "LONGEST_DELAY", 0.1)
    begun = []

    def start(influx: Influx) -> Forwarder:
        to = InfluxStore.open(influx, lambda: SITE, lambda: NOW, patience=2.0)
        begun.append((Forwarder(to, store, lambda: NOW), to))
        begun[-1][0].start()
        return begun[-1][0]

    yield start
    for one, to in begun:
        one.stop()
        to.close()


def append(store: LocalStore, first: int, count: int, every: int = SECOND) -> None:
    """Readings of all points, numbered."""
    for i in range(first, first + count, 10):
        store.append(
            [
                Intake("s", [Reading(point, NOW + k * every, float(k), 0, NOW + k * every + 40) for point in POINTS])
                for k in range(i, min(i + 10, first + count))
            ]
        )


def progress_of(store: LocalStore) -> Progress:
    progress = store.progress(BACKLOG)
    assert progress is not None
    assert progress.stored == progress.taken + progress.refused + progress.waiting
    return progress


def waits(store: LocalStore) -> int:
    return progress_of(store).waiting


def held(server: InfluxUnderTest, influx: Influx) -> int:
    """How many readings InfluxDB has."""
    counted = server.query("SELECT count(received) FROM /.*/", influx.bucket)
    return sum(cast(list[list[int]], series["values"])[0][1] for series in counted)


def test_what_is_stored_arrives(store: LocalStore, server: InfluxUnderTest, influx: Influx, begin: Begin) -> None:
    append(store, 0, 20)
    running = begin(influx)
    append(store, 20, 20)
    wait_until(lambda: waits(store) == 0)
    assert held(server, influx) == 40 * len(POINTS)
    health = running.health()
    assert (health.connected, health.problem, health.seconds_left) == (True, None, 0.0)


def test_an_outage_loses_nothing_and_is_told_in_one_line_at_each_end(
    store: LocalStore, server: InfluxUnderTest, influx: Influx, begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    running = begin(influx)
    append(store, 0, 10)
    wait_until(lambda: waits(store) == 0)
    server.kill()
    append(store, 10, 100, HOUR)
    store.seal(NOW + 50 * HOUR)  # what was not forwarded goes on in the background
    append(store, 200, 10, HOUR)
    wait_until(lambda: running.health().problem)
    health = running.health()
    assert health.problem is not None
    assert "502" in health.problem
    assert (health.connected, health.progress.waiting) == (False, 110 * len(POINTS))
    assert health.progress.oldest == (NOW + 10 * HOUR) // HOUR * HOUR
    server.start()
    wait_until(lambda: waits(store) == 0)
    wait_until(lambda: "has everything again" in caplog.text)
    assert held(server, influx) == 120 * len(POINTS)
    said = [record.getMessage() for record in caplog.records if record.name == draining.__name__]
    assert len(said) == 3
    assert said[0] == f"{health.problem}. Readings are kept in the local store until then"
    assert said[1] == "InfluxDB takes readings again: 440 readings wait, the oldest of 2026-11-22T18:00:00.000Z"
    assert said[2].startswith("InfluxDB has everything again: 440 readings in ")


def test_an_influxdb_that_does_not_answer_delays_and_loses_nothing(
    store: LocalStore,
    server: InfluxUnderTest,
    influx: Influx,
    begin: Begin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "ANSWER_SECONDS", 0.3)
    running = begin(influx)
    server.hang()
    append(store, 0, 10)
    wait_until(lambda: running.health().problem)
    assert "does not answer" in (running.health().problem or "")
    assert waits(store) == 10 * len(POINTS)
    server.go_on()
    wait_until(lambda: waits(store) == 0)
    assert held(server, influx) == 10 * len(POINTS)


def test_a_line_that_is_refused_costs_itself_only(
    store: LocalStore, server: InfluxUnderTest, influx: Influx, begin: Begin
) -> None:
    to = InfluxStore.open(influx, lambda: SITE, lambda: NOW)
    point = SITE.points["B101.DP1"]
    assert to.write([f'{point.quantity.value} value="text" {NOW}'.encode()]) == []
    to.close()
    append(store, 0, 10)
    running = begin(influx)
    wait_until(lambda: waits(store) == 0)
    progress = progress_of(store)
    assert (progress.taken, progress.refused) == (30, 10)
    assert {(one.point, one.time) for one in store.refused(BACKLOG)} == {
        ("B101.DP1", NOW + k * SECOND) for k in range(10)
    }
    assert "field type conflict" in store.refused(BACKLOG)[0].reason
    refusals = running.health().refusals
    assert refusals is not None
    assert refusals.startswith("InfluxDB has refused 10 readings for good, one of them of B101.DP1: ")


def test_the_newest_arrive_while_the_past_is_filled_up(
    store: LocalStore, server: InfluxUnderTest, influx: Influx, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarder, "PORTION", 10)
    store.backlog(BACKLOG)
    append(store, 0, 500, HOUR)
    store.seal(NOW + 1000 * HOUR)
    append(store, 600, 1, HOUR)
    newest = NOW + 600 * HOUR
    begin(influx)

    def arrived() -> bool:
        return bool(server.query(f"SELECT value FROM /.*/ WHERE time = {newest}ms", influx.bucket))

    wait_until(arrived)
    assert waits(store) > 0
    wait_until(lambda: waits(store) == 0)
    assert held(server, influx) == 501 * len(POINTS)


def test_a_new_forwarder_goes_on_where_the_last_one_ended(
    store: LocalStore, server: InfluxUnderTest, influx: Influx, begin: Begin
) -> None:
    append(store, 0, 100)
    first = begin(influx)
    wait_until(lambda: waits(store) < 400)
    first.stop()
    append(store, 100, 100)
    begin(influx)
    wait_until(lambda: waits(store) == 0)
    assert held(server, influx) == 200 * len(POINTS)


@pytest.mark.parametrize("seed", [1, 2])
def test_under_random_faults_the_balance_holds_at_every_moment(
    store: LocalStore,
    server: InfluxUnderTest,
    influx: Influx,
    begin: Begin,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(forwarder, "PORTION", 100)
    chance = random.Random(seed)
    with bad_way(influx.url, seed) as way:
        way.faulty.set()
        running = begin(replace(influx, url=way.url))
        for step in range(60):
            append(store, step * 10, 10, 5 * 60 * SECOND)
            assert progress_of(store).stored == (step + 1) * 10 * len(POINTS)
            if chance.random() < 0.2:
                store.seal(NOW + chance.randrange(60) * HOUR)
            if chance.random() < 0.05:
                server.kill()
                server.start()
            if chance.random() < 0.05:
                running.stop()
                running = begin(replace(influx, url=way.url))
        wait_until(lambda: way.faults > 3 or waits(store) == 0)
        way.faulty.clear()
        wait_until(lambda: waits(store) == 0)
    assert held(server, influx) == 600 * len(POINTS) == progress_of(store).taken
    assert store.prune(NOW + 10 * DAY) == 0  # no hour has been summed up yet


def finish(store: LocalStore) -> None:
    """Wait until everything is forwarded and summed up."""
    wait_until(lambda: waits(store) == 0 and progress_of(store).sums_due == 0)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours are summed up as soon as they are sealed."""
    monkeypatch.setattr(forwarder, "SUMS_SECONDS", 0.02)
    monkeypatch.setattr(forwarder, "SUMS_AFTER", -30 * DAY)


@pytest.mark.usefixtures("soon")
def test_hours_are_summed_up_when_they_are_complete_and_again_when_a_late_reading_comes(
    store: LocalStore, influx: Influx, begin: Begin
) -> None:
    begin(influx)
    append(store, 0, 50, 30 * 60 * SECOND)
    assert progress_of(store).sums_due == 0
    store.seal(NOW + 10 * DAY)
    finish(store)
    with closing(InfluxStore.open(influx, lambda: SITE, lambda: NOW)) as to:
        day = (NOW // DAY * DAY, NOW // DAY * DAY + 2 * DAY, 2)
        assert to.envelope(POINTS[:1], *day)["n"].sum() == 50
        store.append([Intake("s", [Reading(POINTS[0], NOW + 1, 99.0, 0, NOW + 50)])])
        wait_until(lambda: waits(store) == 0)
        assert to.envelope(POINTS[:1], *day)["max"].max() == 99.0  # opened, and asked of the readings
        store.seal(NOW + 10 * DAY)
        finish(store)
        assert to.envelope(POINTS[:1], *day)["n"].sum() == 51


@pytest.mark.parametrize(
    ("hours", "seconds", "next"),
    [(100, 0.1, 200), (8_000, 0.1, 10_000), (800, 5.0, 800), (800, 60.0, 400), (100, 60.0, 100)],
)
def test_as_many_hours_are_summed_up_at_once_as_influxdb_can_answer_for(
    hours: int, seconds: float, next: int
) -> None:
    assert sums_at_once(hours, seconds) == next


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("sealed", [False, True])
def test_what_contradicts_a_pruned_reading_does_not_overwrite_it(
    store: LocalStore, influx: Influx, begin: Begin, sealed: bool
) -> None:
    before = begin(influx)
    append(store, 0, 3, DAY)
    store.seal(NOW + 10 * DAY)
    finish(store)
    assert store.prune(NOW + 10 * DAY) == 2 * len(POINTS)
    before.stop()
    point = POINTS[0]
    late = [(NOW, 0.0), (NOW + 1, 7.0), (NOW + DAY, 8.0)]  # a repeat, a new one, a contradiction
    store.append([Intake("s", [Reading(point, time, value, 0, time + 40) for time, value in late])])
    if sealed:
        store.seal(NOW + 10 * DAY)
    begin(influx)
    wait_until(lambda: waits(store) == 0)
    store.seal(NOW + 10 * DAY)
    finish(store)
    (refused,) = store.refused(BACKLOG)
    assert (refused.point, refused.time) == (point, NOW + DAY)
    assert refused.reason == "InfluxDB already holds 1 for this point and time; a reading never changes"
    with closing(InfluxStore.open(influx, lambda: SITE, lambda: NOW)) as to:
        assert to.raw(point, NOW, NOW + 10 * DAY)["value"].tolist() == [0.0, 7.0, 1.0, 2.0]
        assert to.envelope([point], NOW, NOW + 10 * DAY, 100)["n"].sum() == 4
