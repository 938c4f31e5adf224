"""History in front of InfluxDB: from there, from the local store beside it when need be, or a sentence why not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.reading import Reading
from storage.samples.commit import Intake
from storage.samples.history import ASK_AGAIN, BACKLOG, History, Substitute
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore
from storage.samples.store import HistoryAwayError
from tests.collectors.plant import NOW, SITE
from tests.influx import InfluxServer
from tests.parts import free_port

POINT = next(iter(SITE.points))
RANGE = (NOW - DAY, NOW + DAY)


class Time:
    """A clock that is set."""

    now: Instant = NOW

    def __call__(self) -> Instant:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def influx(influx_server: InfluxServer, time: Time) -> Iterator[InfluxStore]:
    """InfluxDB, which holds one reading."""
    store = InfluxStore.open(influx_server.new_bucket(), lambda: SITE, time)
    store.write(store.lines().of_readings([reading(NOW - HOUR)]))
    yield store
    store.close()


@pytest.fixture
def away(influx_server: InfluxServer, time: Time) -> Iterator[InfluxStore]:
    """An InfluxDB that is not there."""
    nowhere = replace(influx_server.new_bucket(), url=f"http://127.0.0.1:{free_port()}")
    store = InfluxStore.open(nowhere, lambda: SITE, time)
    yield store
    store.close()


@pytest.fixture
def local(tmp_path: Path, time: Time) -> Iterator[LocalStore]:
    """A local store, which holds two readings and has forwarded them."""
    store = LocalStore.open(tmp_path / "store.db", time)
    backlog = store.backlog(BACKLOG)
    store.append([Intake("s", [reading(NOW - HOUR), reading(NOW - MINUTE)])])
    portion = backlog.newest(10)
    assert portion is not None
    backlog.settle(portion)
    yield store
    store.close()


def reading(time: Instant) -> Reading:
    return Reading(POINT, time, 20.0, 0, time + 40)


def test_history_is_what_influxdb_has(influx: InfluxStore, local: LocalStore, time: Time) -> None:
    history = History(influx, lambda: local, time)
    assert history.raw(POINT, *RANGE)["time"].tolist() == [NOW - HOUR]
    assert history.envelope([POINT], *RANGE, 10)["n"].sum() == 1
    assert history.extent([POINT]) == (NOW - HOUR, NOW - HOUR)
    assert history.count_outside(POINT, *RANGE, None, 10.0) == 1
    assert history.substitute() is None


def test_the_newest_readings_are_the_local_stores(influx: InfluxStore, local: LocalStore, time: Time) -> None:
    assert History(influx, lambda: local, time).latest([POINT])["time"].tolist() == [NOW - MINUTE]
    assert History(influx, lambda: None, time).latest([POINT])["time"].tolist() == [NOW - HOUR]


def test_the_local_store_stands_in_for_an_influxdb_that_is_away(
    away: InfluxStore, local: LocalStore, time: Time
) -> None:
    history = History(away, lambda: local, time)
    assert len(history.raw(POINT, *RANGE)) == 2
    found = history.substitute()
    assert found is not None
    assert "does not answer" in found.problem
    assert (found.since, found.kept_from) == (NOW, 0)


def test_the_local_store_stands_in_while_influxdb_is_being_filled_up(
    influx: InfluxStore, local: LocalStore, time: Time
) -> None:
    history = History(influx, lambda: local, time)
    local.append([Intake("s", [reading(NOW)])])
    assert len(history.raw(POINT, *RANGE)) == 1  # it is on its way
    time.now = NOW + HOUR
    assert len(history.raw(POINT, *RANGE)) == 3
    assert history.substitute() == Substitute("InfluxDB is being filled up; 1 readings are not there yet", None, 0)


def test_without_a_local_store_it_is_said_since_when_and_why_there_is_no_history(
    away: InfluxStore, time: Time
) -> None:
    history = History(away, lambda: None, time)
    for later in (0, 1, 2 * ASK_AGAIN):
        time.now = NOW + later
        with pytest.raises(HistoryAwayError, match="does not answer") as told:
            history.extent([POINT])
        assert told.value.since == NOW
    assert history.substitute() is None


def test_an_influxdb_that_is_away_is_left_alone_for_a_while_and_then_asked_again(
    influx: InfluxStore, away: InfluxStore, time: Time
) -> None:
    history = History(away, lambda: None, time)
    with pytest.raises(HistoryAwayError):
        history.raw(POINT, *RANGE)
    history._influx = influx
    with pytest.raises(HistoryAwayError):
        history.raw(POINT, *RANGE)
    time.now += ASK_AGAIN
    assert len(history.raw(POINT, *RANGE)) == 1


def test_the_local_store_says_from_when_on_it_has_everything(
    away: InfluxStore, local: LocalStore, time: Time
) -> None:
    local.append([Intake("s", [reading(NOW + 2 * DAY)])])
    local.seal(NOW + 3 * DAY)
    backlog = local.backlog(BACKLOG)
    while portion := backlog.newest(10) or backlog.owed(10):
        backlog.settle(portion)
    backlog.finish(backlog.whole_hours(NOW + 3 * DAY, 10))
    assert local.prune(NOW + 2 * DAY) == 2
    history = History(away, lambda: local, time)
    assert len(history.raw(POINT, NOW - DAY, NOW + 3 * DAY)) == 1
    found = history.substitute()
    assert found is not None
    assert found.kept_from == NOW // DAY * DAY + DAY
