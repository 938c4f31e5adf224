"""InfluxDB answers the same as the local store: from readings, from roll-ups, and from both."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from facility.instants import HOUR
from facility.reading import Reading
from facility.site import Site
from facility.site_file import parse_site
from storage.samples.influx.address import Influx
from storage.samples.influx.store import InfluxStore
from tests.facility.sites import SMALL
from tests.influx import InfluxServer
from tests.storage.sample_store_contract import MIDNIGHT, Holding, SampleStoreContract

SITE = parse_site(SMALL, "north.yaml")
POINTS = {
    id: replace(SITE.points[like], id=id) for id, like in (("T1", "N1.T1"), ("T2", "N1.T1"), ("PC1", "N1.PC1.p0_5"))
}
WATCHED = replace(SITE, points=POINTS)
MOVED = replace(SITE, points={id: replace(point, room="N2") for id, point in POINTS.items()})
RETIRED = replace(SITE, points={})


def put(store: InfluxStore, readings: Sequence[Reading]) -> None:
    """As the forwarder does."""
    store.reopen(hours_of(readings))
    assert store.write(store.lines().of_readings(readings)) == []


def roll_up(store: InfluxStore, readings: Sequence[Reading]) -> None:
    store.roll_up(hours_of(readings))


def hours_of(readings: Sequence[Reading]) -> set[tuple[str, int]]:
    """Points and hours of readings."""
    return {(reading.point, reading.time // HOUR * HOUR) for reading in readings}


@pytest.fixture
def influx(influx_server: InfluxServer) -> Influx:
    return influx_server.new_bucket()


StoreFor = Callable[[Site], InfluxStore]


@pytest.fixture
def store_for(influx: Influx) -> Iterator[StoreFor]:
    opened = []

    def open(site: Site) -> InfluxStore:
        opened.append(InfluxStore.open(influx, lambda: site, lambda: MIDNIGHT))
        return opened[-1]

    yield open
    for store in opened:
        store.close()


class TestReadings(SampleStoreContract):
    @pytest.fixture
    def holding(self, store_for: StoreFor) -> Holding:
        def hold(readings: Sequence[Reading]) -> InfluxStore:
            store = store_for(WATCHED)
            put(store, readings)
            return store

        return hold


class TestRollups(SampleStoreContract):
    @pytest.fixture
    def holding(self, store_for: StoreFor) -> Holding:
        def hold(readings: Sequence[Reading]) -> InfluxStore:
            store = store_for(WATCHED)
            put(store, readings)
            roll_up(store, readings)
            return store

        return hold


class TestRollupsAndLateReadings(SampleStoreContract):
    @pytest.fixture
    def holding(self, store_for: StoreFor) -> Holding:
        def hold(readings: Sequence[Reading]) -> InfluxStore:
            store = store_for(WATCHED)
            for third in (readings[::3], readings[1::3]):
                put(store, third)
                roll_up(store, third)
            put(store, readings[2::3])
            return store

        return hold


class TestPointsThatMoved(SampleStoreContract):
    """Some readings were written in the first room, some in the second, some in both."""

    @pytest.fixture
    def holding(self, store_for: StoreFor) -> Holding:
        def hold(readings: Sequence[Reading]) -> InfluxStore:
            before, after = store_for(WATCHED), store_for(MOVED)
            put(before, readings[: len(readings) * 2 // 3])
            roll_up(before, readings[: len(readings) // 2])
            put(after, readings[len(readings) // 3 :])
            return after

        return hold


class TestPointsThatTheSiteNoLongerHas(SampleStoreContract):
    @pytest.fixture
    def holding(self, store_for: StoreFor) -> Holding:
        def hold(readings: Sequence[Reading]) -> InfluxStore:
            before, after = store_for(WATCHED), store_for(RETIRED)
            put(before, readings[::2])
            put(after, readings[1::2])
            roll_up(after, readings)
            return after

        return hold
