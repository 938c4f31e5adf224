"""A digest of an hour of readings changes with whatever a reading says, and with nothing else."""

import hashlib
import math
import struct

import numpy as np
import pytest

from facility.instants import HOUR, SECOND
from storage.samples.columns import Columns
from storage.samples.digest import DayDigest, HourDigest, by_hour, hours_of, sha256_of
from tests.storage.sample_store_contract import MIDNIGHT

ROWS = [
    (MIDNIGHT + i * 10 * SECOND, 20 + i / 7, i % 3, MIDNIGHT + i * 10 * SECOND + 41, i, None, 28.3)
    for i in range(500)
]


def test_it_is_what_the_standard_library_makes_of_the_documented_bytes() -> None:
    rows = [*ROWS[:3], (MIDNIGHT + HOUR - 1, math.nan, 4096, MIDNIGHT + HOUR, None, None, None)]
    packed = b"".join(
        struct.pack(
            "<qdHqqqd",
            time,
            value,
            reasons,
            received,
            -1 if sequence is None else sequence,
            -1 if count is None else count,
            math.nan if volume is None else volume,
        )
        for time, value, reasons, received, sequence, count, volume in rows
    )
    (hour,) = hours_of(Columns.of_rows(rows))
    assert hour == HourDigest(MIDNIGHT // HOUR, 4, hashlib.sha256(packed).hexdigest())


@pytest.mark.parametrize("column", range(7))
def test_it_changes_with_every_column(column: int) -> None:
    changed = [list(row) for row in ROWS]
    changed[7][column] = (changed[7][column] or 0) + 1
    assert sha256_of(Columns.of_rows(changed)) != sha256_of(Columns.of_rows(ROWS))


def test_each_hour_has_its_own() -> None:
    whole = Columns.of_rows(ROWS)
    assert [(hour.hour - MIDNIGHT // HOUR, hour.readings) for hour in hours_of(whole)] == [(0, 360), (1, 140)]
    assert [sha256_of(readings) for readings in by_hour(whole).values()] == [hour.sha256 for hour in hours_of(whole)]
    assert hours_of(Columns.of_rows([])) == []


def test_minus_zero_and_any_bits_of_no_number_are_one_thing_since_influxdb_does_not_keep_them_apart() -> None:
    odd_nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]
    rows = [(MIDNIGHT, -0.0, 0, MIDNIGHT, None, None, None), (MIDNIGHT + 1, odd_nan, 4096, 0, None, None, None)]
    same = [(MIDNIGHT, 0.0, 0, MIDNIGHT, None, None, None), (MIDNIGHT + 1, math.nan, 4096, 0, None, None, None)]
    assert sha256_of(Columns.of_rows(rows)) == sha256_of(Columns.of_rows(same))


def test_readings_that_are_not_all_of_their_hour_are_named_by_their_times() -> None:
    late = Columns.of_rows(ROWS[300:400])
    hours = hours_of(late, name_times=True)
    assert np.concatenate([hour.named() for hour in hours]).tolist() == late.time.tolist()


def test_a_day_is_the_same_after_it_was_kept() -> None:
    day = DayDigest({"T1": hours_of(Columns.of_rows(ROWS)), "PC1": hours_of(Columns.of_rows(ROWS), True)}, ["T2"])
    again = DayDigest.decoded(day.encoded())
    assert again.encoded() == day.encoded()
    assert again.readings == 1000
