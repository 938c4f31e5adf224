"""Days are sealed once they have ended; what comes in for them later is on record as that, and as nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanwatch.day_sealing import GATHER
from facility.instants import DAY, HOUR, MINUTE
from storage.records import seals
from storage.samples.digest import hours_of
from tests.cleanwatch.sealed_house import DAY_NUMBER, SEALED, House, every_minute, history, reading
from tests.storage.sample_store_contract import MIDNIGHT


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.append(*every_minute(180))
    yield house
    house.close()


def test_a_day_is_sealed_once_it_has_ended_and_late_readings_have_had_their_time(house: House) -> None:
    house.at(SEALED - 1)
    assert house.seals() == []
    house.at(SEALED)
    house.at(SEALED + HOUR)
    (seal,) = house.seals()
    assert (seal.station, seal.day, seal.part, seal.readings) == ("main", DAY_NUMBER, 0, 180)
    assert seal.content.points == {"T1": hours_of(house.store.columns("T1", MIDNIGHT, MIDNIGHT + DAY))}
    assert [seal.sha256 in told for told in house.told(seals.SEALED)] == [True]


def test_sealing_readings_into_chunks_changes_no_digest(house: House) -> None:
    before = hours_of(house.store.columns("T1", MIDNIGHT, MIDNIGHT + DAY))
    house.at(SEALED)
    assert house.store.seal(SEALED) == 180
    assert house.seals()[0].content.points["T1"] == before


def test_days_of_a_downtime_are_caught_up_oldest_first(house: House) -> None:
    house.append(*(reading(MIDNIGHT + day * DAY) for day in (2, 5)))
    for _ in range(5):
        house.at(MIDNIGHT + 9 * DAY)
    assert [seal.day - DAY_NUMBER for seal in house.seals()] == [0, 2, 5]


def test_a_late_reading_is_on_record_as_that_and_the_sealed_day_stays_as_it_was(house: House) -> None:
    house.at(SEALED)
    house.append(reading(MIDNIGHT + 30), reading(MIDNIGHT + 31), reading(SEALED))
    house.at(SEALED + MINUTE)
    assert len(house.seals()) == 1
    house.at(SEALED + MINUTE + GATHER)
    sealed, late = house.seals()
    assert sealed.readings == 180
    ((hour,),) = late.content.points.values()
    assert (late.part, late.readings, hour.named().tolist()) == (1, 2, [MIDNIGHT + 30, MIDNIGHT + 31])
    (told,) = house.told(seals.ADDED)
    assert '"hours":[["T1","2026-11-22T00:00:00.000Z",2]]' in told
    assert '"reason":"came in late"' in told
    assert '"received":["2026-11-22T00:00:00.070Z","2026-11-22T00:00:00.071Z"]' in told


def test_a_reading_of_a_day_that_had_none_is_late_too(house: House) -> None:
    house.at(SEALED)
    house.append(reading(MIDNIGHT - 7 * DAY))
    house.at(SEALED)
    house.at(SEALED + GATHER)
    assert [(seal.day - DAY_NUMBER, seal.part) for seal in house.seals()] == [(-7, 1), (0, 0)]


def test_history_in_bulk_is_on_record_with_exactly_what_it_brought(house: House) -> None:
    house.at(SEALED)
    house.store.backfill({"T1": history(MIDNIGHT, MIDNIGHT + 30, MIDNIGHT - DAY)}, "old system")
    house.at(SEALED)
    house.at(SEALED + GATHER)
    before, sealed, added = house.seals()
    assert [part.day - DAY_NUMBER for part in (before, sealed, added)] == [-1, 0, 0]
    assert added.content.points["T1"][0].named().tolist() == [MIDNIGHT + 30]
    assert all("history stored in bulk" in told for told in house.told(seals.ADDED))


def test_after_a_crash_nothing_is_on_record_twice(house: House) -> None:
    house.at(SEALED)
    house.append(reading(MIDNIGHT + 30))
    house.at(SEALED)
    house.at(SEALED + GATHER)
    house.break_in("UPDATE follower SET passed = 0")
    house.sealing = house.sealer()
    house.at(SEALED + HOUR)
    house.at(SEALED + HOUR + GATHER)
    assert [seal.part for seal in house.seals()] == [0, 1]


def test_what_somebody_writes_into_the_file_gets_no_digest_as_late(house: House) -> None:
    house.at(SEALED)
    house.break_in("INSERT INTO hot VALUES (?, 1, 19.0, 0, 0, NULL, NULL, NULL, 1)", MIDNIGHT + HOUR + 30)
    house.append(reading(MIDNIGHT + HOUR + 31))
    house.at(SEALED)
    house.at(SEALED + GATHER)
    assert [seal.readings for seal in house.seals()] == [180, 1]


def test_a_point_that_cannot_be_read_does_not_keep_the_others_from_being_sealed(house: House) -> None:
    house.append(reading(MIDNIGHT, point="T2"))
    house.at(MIDNIGHT + DAY)
    house.store.seal(SEALED)
    house.break_in("UPDATE chunk SET value = x'0100' WHERE point_id = 2")
    house.at(SEALED)
    (seal,) = house.seals()
    assert (list(seal.content.points), seal.content.unreadable) == (["T1"], ["T2"])
    assert "sealed without T2" in (house.sealing.damage or "")


def test_what_is_not_sealed_yet_is_to_stay_in_the_store(house: House) -> None:
    assert house.sealing.unsealed() == 0
    house.at(SEALED)
    assert house.sealing.unsealed() == MIDNIGHT + DAY
