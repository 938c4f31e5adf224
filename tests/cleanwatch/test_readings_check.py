"""Whoever changes the local store's file past the station is found out, by point and hour."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cleanwatch.places import LocalPlace
from cleanwatch.readings_check import Checked, ReadingsCheck, days_between
from facility.instants import DAY, HOUR, MINUTE
from storage.records import seals
from storage.samples.digest import DayDigest
from storage.samples.local.arrays import framed, pack, unpack
from storage.samples.local.rollup import DEFLATED, hours_of_day
from tests.cleanwatch.sealed_house import SEALED, House, blob, every_minute, history, reading
from tests.storage.sample_store_contract import MIDNIGHT


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A day of two points that is sealed, in chunks, and a few rows of the next."""
    house = House(tmp_path)
    house.append(*every_minute(180), *every_minute(180, point="T2"))
    house.at(SEALED)
    house.store.seal(SEALED - HOUR)
    house.append(*every_minute(10, start=SEALED))
    house.at(SEALED + MINUTE)
    yield house
    house.close()


def checked(house: House) -> Checked:
    check = ReadingsCheck(house.records, *days_between(None, None))
    return check.check(LocalPlace(house.store, house.records, "main"))


def test_what_nobody_changed_is_found_as_it_was_sealed(house: House) -> None:
    found = checked(house)
    assert (found.readings, found.problems, found.notes) == (360, [], [])


def test_before_the_first_day_is_sealed_there_is_nothing_to_check(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.append(*every_minute(3))
    check = ReadingsCheck(house.records, *days_between(None, None))
    place = LocalPlace(house.store, house.records, "main")
    assert check.end(place) <= check.first
    assert check.check(place).readings == 0
    house.close()


def test_a_station_that_is_no_more_keeps_nothing_of_the_others_from_being_checked(house: House) -> None:
    with house.records.transaction() as connection:
        seals.add(connection, MIDNIGHT, "old", MIDNIGHT // DAY - 9, 1, DayDigest({}))
    assert checked(house).readings == 360


def test_a_value_flipped_inside_a_chunk_with_a_right_checksum_is_found(house: House) -> None:
    values = unpack(blob(house, "value", "chunk"), 180, np.float64).copy()
    values[70] = 10.0
    house.break_in("UPDATE chunk SET value = ? WHERE point_id = T1", pack(values))
    assert (
        checked(house)
        .problems[0]
        .startswith(
            "T1, hour from 2026-11-22T01:00Z: in the local store a reading was altered: there are 60, as on record"
        )
    )


def test_a_chunk_that_was_deleted_is_missed_hour_by_hour(house: House) -> None:
    house.break_in("DELETE FROM chunk WHERE point_id = T2")
    problems = checked(house).problems
    assert [problem.split(". ")[0] for problem in problems] == [
        f"T2, hour from 2026-11-22T0{hour}:00Z: in the local store 60 readings are missing of 60 on record"
        for hour in range(3)
    ]


def test_days_that_are_said_to_be_let_go_where_there_is_no_influxdb_are_missed(house: House) -> None:
    house.break_in("DELETE FROM chunk WHERE point_id = T2")
    house.break_in("INSERT INTO pruned VALUES (T2, 999999)")
    assert "--influx" in checked(house).notes[0]
    check = ReadingsCheck(house.records, *days_between(None, None))
    assert len(check.check(LocalPlace(house.store, house.records, "main", lets_go=False)).problems) == 3


@pytest.mark.parametrize("number", [1, 2])
def test_a_row_that_was_put_in_is_found(house: House, number: int) -> None:
    time = MIDNIGHT + 2 * HOUR + 30
    house.break_in("INSERT INTO hot VALUES (?, T1, 19.0, 0, 0, NULL, NULL, NULL, ?)", time, number)
    (problem,) = checked(house).problems
    assert "T1, hour from 2026-11-22T02:00Z: in the local store 1 reading is more than the 60 on record" in problem


def test_a_row_of_a_commit_that_is_yet_to_come_is_found(house: House) -> None:
    house.break_in("INSERT INTO hot VALUES (?, T1, 19.0, 0, 0, NULL, NULL, NULL, 99)", MIDNIGHT + 30)
    assert checked(house).problems == [
        "the local store has 1 rows of commits that never were: somebody wrote into the file"
    ]


def test_readings_before_the_first_day_on_record_are_found(house: House) -> None:
    house.break_in("INSERT INTO hot VALUES (?, T1, 19.0, 0, 0, NULL, NULL, NULL, 1)", MIDNIGHT - DAY)
    assert "the first of them is 2026-11-21" in checked(house).problems[0]


def test_a_rollup_that_was_changed_is_found_and_so_is_one_that_is_gone(house: House) -> None:
    hours = hours_of_day(blob(house, "hours", "rollup")).copy()
    hours["max"][1] = 1.0
    body = framed(DEFLATED, zlib.compress(hours.tobytes()))
    house.break_in("UPDATE rollup SET hours = ? WHERE point_id = T1", body)
    house.break_in("DELETE FROM rollup WHERE point_id = T2")
    problems = checked(house).problems
    assert "T1, hour from 2026-11-22T01:00Z: in the local store hourly sums are not those" in problems[0]
    assert len(problems) == 4


def test_a_damaged_chunk_is_told_and_does_not_end_the_check(house: House) -> None:
    house.break_in("UPDATE chunk SET reasons = x'0100000000' WHERE point_id = T1")
    house.break_in("DELETE FROM chunk WHERE point_id = T2")
    problems = checked(house).problems
    assert problems[0].startswith("T1: readings in the local store cannot be read")
    assert len(problems) == 4


def test_late_readings_that_are_on_record_are_no_difference(house: House) -> None:
    house.append(reading(MIDNIGHT + 30), reading(MIDNIGHT + 5 * HOUR))
    house.gathered()
    house.store.backfill({"T1": history(MIDNIGHT + 31, MIDNIGHT - DAY)}, "old system")
    house.gathered()
    house.store.seal(SEALED + HOUR)
    found = checked(house)
    assert (found.readings, found.problems) == (364, [])


def test_late_readings_that_are_not_on_record_yet_are_no_difference_either(house: House) -> None:
    house.append(reading(MIDNIGHT + 30))
    house.store.backfill({"T1": history(MIDNIGHT + 31)}, "old system")
    assert checked(house).problems == []


def test_late_readings_keep_nothing_else_from_being_found(house: House) -> None:
    house.append(reading(MIDNIGHT + 30), reading(MIDNIGHT + HOUR + 30))
    house.gathered()
    house.break_in("DELETE FROM hot WHERE time = ?", MIDNIGHT + 30)
    house.break_in("UPDATE chunk SET value = ? WHERE point_id = T1", pack(np.full(180, 20.0)))
    problems = checked(house).problems
    assert "00:00Z: in the local store 1 reading is missing of 61 on record" in problems[0]
    assert "01:00Z: in the local store a reading was altered: there are 61" in problems[1]


def test_a_digest_that_was_changed_put_in_or_taken_away_is_told_by_the_audit_trail(house: House) -> None:
    house.at(SEALED + DAY)
    with house.records.transaction() as connection:
        for trigger in ("day_digests_no_update", "day_digests_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql(
            "UPDATE day_digests SET sha256 = 'x' WHERE day = (SELECT min(day) FROM day_digests)"
        )
        connection.exec_driver_sql("UPDATE day_digests SET day = day + 9 WHERE sha256 <> 'x'")
    with house.records.reading() as connection:
        altered, put_in, missing = seals.problems(connection)
    assert "readings main/2026-11-22, part 0, was altered: audit row" in altered
    assert "readings main/2026-12-02, part 0, was put in" in put_in
    assert "readings main/2026-11-23, part 0, is missing: audit row" in missing
