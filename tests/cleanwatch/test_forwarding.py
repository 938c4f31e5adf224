"""Forwarding where InfluxDB is configured, leaving it where it no longer is, and what then goes."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanwatch.forwarding import forwarding, tidy
from cleanwatch.settings import Settings
from facility.instants import DAY, HOUR, Instant
from facility.reading import Reading
from storage.samples.commit import Intake
from storage.samples.history import BACKLOG
from storage.samples.local import LocalStore
from tests.collectors.plant import SITE
from tests.parts import free_port
from tests.waiting import wait_until

NOW = 1_795_348_800_000
"""2026-11-22T12:00:00Z."""
DAYS = 3
ALONE = Settings(influx_url=None)


@pytest.fixture
def beside() -> Settings:
    """An InfluxDB that is configured and does not answer; the local store keeps a day beside it."""
    return Settings(influx_url=f"http://127.0.0.1:{free_port()}", local_days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    """Holds a reading of today and of each day before."""
    store = LocalStore.open(tmp_path / "samples.db", now)
    store.append([Intake("s", [Reading("T1", NOW - day * DAY, 20.0, 0, NOW) for day in range(DAYS)])])
    yield store
    store.close()


def now() -> Instant:
    return NOW


def nothing_unsealed() -> Instant:
    return NOW + DAY


def kept(store: LocalStore) -> int:
    return len(store.raw("T1", 0, NOW + DAY))


def forward_all(store: LocalStore) -> None:
    """Take what waits and have its hours summed up, as a forwarder does."""
    backlog = store.backlog(BACKLOG)
    while portion := backlog.newest(100) or backlog.owed(100):
        backlog.settle(portion)
    backlog.finish(backlog.whole_hours(NOW, 100))


def test_without_influxdb_nothing_is_forwarded_and_nothing_is_said(
    store: LocalStore, caplog: pytest.LogCaptureFixture
) -> None:
    with forwarding(ALONE, store, lambda: SITE, now) as forwarder:
        assert forwarder is None
    assert store.progress(BACKLOG) is None
    assert caplog.messages == []


def test_with_influxdb_what_is_stored_waits_for_it_while_the_block_lasts(store: LocalStore, beside: Settings) -> None:
    with forwarding(beside, store, lambda: SITE, now) as forwarder:
        assert forwarder is not None
        wait_until(lambda: forwarder.health().problem)
        assert f"InfluxDB at {beside.influx_url} does not answer" in (forwarder.health().problem or "")
        assert forwarder.health().progress.waiting == DAYS
    assert "forwarder" not in {thread.name for thread in threading.enumerate()}


def test_leaving_influxdb_is_said_once_with_how_many_readings_it_lacks(
    store: LocalStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.backlog(BACKLOG)
    for _ in range(2):
        with forwarding(ALONE, store, lambda: SITE, now):
            assert store.progress(BACKLOG) is None
    (said,) = caplog.messages
    assert said.startswith(f"InfluxDB is no longer configured; {DAYS} readings had not been forwarded.")
    assert "forwarded again should CLEANWATCH_INFLUX_URL be set again" in said
    assert kept(store) == DAYS


def test_an_influxdb_that_is_configured_again_gets_everything(store: LocalStore, beside: Settings) -> None:
    forward_all(store)
    with forwarding(ALONE, store, lambda: SITE, now):
        pass
    with forwarding(beside, store, lambda: SITE, now) as forwarder:
        assert forwarder is not None
        assert forwarder.health().progress.waiting == DAYS


def test_without_influxdb_every_day_is_kept(store: LocalStore) -> None:
    forward_all(store)
    tidy(ALONE, store, now, nothing_unsealed)
    assert kept(store) == DAYS


def test_days_that_influxdb_does_not_have_are_kept(store: LocalStore, beside: Settings) -> None:
    store.backlog(BACKLOG)
    tidy(beside, store, now, nothing_unsealed)
    assert kept(store) == DAYS


def test_days_that_influxdb_has_go_and_that_is_said(
    store: LocalStore, beside: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store.backlog(BACKLOG)
    store.seal(NOW - HOUR)
    forward_all(store)
    tidy(beside, store, now, nothing_unsealed)
    assert caplog.messages == ["1 readings older than 1 days are in InfluxDB only now"]
    assert kept(store) == DAYS - 1


def test_days_without_a_digest_on_record_stay(store: LocalStore, beside: Settings) -> None:
    store.seal(NOW)
    forward_all(store)
    tidy(beside, store, now, lambda: NOW - 2 * DAY)
    assert kept(store) == DAYS
