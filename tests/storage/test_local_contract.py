"""The local store answers the same, whether readings are rows, sealed, both, or came in bulk."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from facility.reading import Reading
from storage.samples.columns import Columns
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.storage.sample_store_contract import MIDNIGHT, Holding, SampleStoreContract

LATER = MIDNIGHT * 2


def columns_by_point(readings: Sequence[Reading]) -> dict[str, Columns]:
    return {
        point: Columns.of_rows(
            [
                (r.time, r.value, r.reasons, r.received, r.sequence, r.count, r.volume)
                for r in readings
                if r.point == point
            ]
        )
        for point in {r.point for r in readings}
    }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(tmp_path / "store.db", lambda: MIDNIGHT)
    yield store
    store.close()


class TestRows(SampleStoreContract):
    @pytest.fixture
    def holding(self, store: LocalStore) -> Holding:
        def hold(readings: Sequence[Reading]) -> LocalStore:
            store.append([Intake("s", readings)])
            return store

        return hold


class TestSealed(SampleStoreContract):
    @pytest.fixture
    def holding(self, store: LocalStore) -> Holding:
        def hold(readings: Sequence[Reading]) -> LocalStore:
            store.append([Intake("s", readings)])
            assert store.seal(LATER) == len(readings)
            return store

        return hold


class TestSealedWithLateRows(SampleStoreContract):
    @pytest.fixture
    def holding(self, store: LocalStore) -> Holding:
        def hold(readings: Sequence[Reading]) -> LocalStore:
            for third in (readings[::3], readings[1::3]):
                store.append([Intake("s", third)])
                store.seal(LATER)
            store.append([Intake("s", readings[2::3])])
            return store

        return hold


class TestBackfilled(SampleStoreContract):
    @pytest.fixture
    def holding(self, store: LocalStore) -> Holding:
        def hold(readings: Sequence[Reading]) -> LocalStore:
            store.backfill(columns_by_point(readings), source="history")
            return store

        return hold
