"""Whoever changes readings in InfluxDB is found out too; what it lost after confirming is told with the remedy."""

import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanwatch.places import InfluxPlace, LocalPlace
from cleanwatch.readings_check import Checked, ReadingsCheck, days_between
from facility.instants import DAY, HOUR, MINUTE
from facility.reading import Reading, Reason
from storage.samples.history import BACKLOG
from storage.samples.influx.store import InfluxStore
from tests.cleanwatch.sealed_house import SEALED, House, every_minute, reading
from tests.influx import InfluxServer
from tests.storage.sample_store_contract import MIDNIGHT
from tests.storage.test_influx_contract import WATCHED

SERIES = "temperature,point=T1,room=N1,site=north"


class Beside(House):
    """A station that forwards to InfluxDB."""

    def __init__(self, folder: Path, server: InfluxServer) -> None:
        super().__init__(folder)
        self.influx = InfluxStore.open(server.new_bucket(), lambda: WATCHED, lambda: self.now)
        self.backlog = self.store.backlog(BACKLOG)

    def forward(self, *, sums: bool = False) -> None:
        """What the forwarder does, without its thread."""
        while portion := self.backlog.newest(1000) or self.backlog.owed(1000):
            hours = {(one.point, one.time // HOUR * HOUR) for one in portion.readings}
            self.influx.reopen(hours | {(hour.point, hour.start) for hour in portion.hours})
            lines = self.influx.lines()
            made = lines.of_readings(portion.readings)
            for point, columns in portion.columns:
                made += lines.of_columns(point, columns)
            assert self.influx.write(made) == []
            self.backlog.settle(portion)
        hours_due = self.backlog.whole_hours(self.now, 1000)
        if sums:
            self.influx.roll_up((hour.point, hour.start) for hour in hours_due)
        self.backlog.finish(hours_due)

    def write(self, line: str) -> None:
        assert self.influx.write([line.encode()]) == []

    def checked(self, with_local: bool = True) -> Checked:
        check = ReadingsCheck(self.records, *days_between(None, None))
        local = LocalPlace(self.store, self.records, "main") if with_local else None
        return check.check(InfluxPlace(self.influx, self.store if with_local else None, ["main"]), local)


@pytest.fixture
def house(tmp_path: Path, influx_server: InfluxServer) -> Iterator[Beside]:
    """A day that is sealed, in chunks, and in InfluxDB with its sums."""
    house = Beside(tmp_path, influx_server)
    house.append(*every_minute(180), *every_minute(60, point="T2"))
    house.now = MIDNIGHT + DAY
    house.store.seal(MIDNIGHT + DAY)
    house.forward(sums=True)
    house.at(SEALED)
    yield house
    house.influx.close()
    house.close()


def test_influxdb_gives_the_digests_of_the_local_store_whatever_readings_say(
    tmp_path: Path, influx_server: InfluxServer
) -> None:
    house = Beside(tmp_path, influx_server)
    chance = random.Random(1)
    values = [
        *(chance.uniform(-1, 1) * 10 ** chance.randint(-300, 300) for _ in range(300)),
        *(0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1e21, 1e-7, 123456789.0, math.nan),
    ]
    house.append(
        *(
            Reading(
                "T1",
                MIDNIGHT + i * MINUTE,
                value,
                chance.choice([0, Reason.FLOW_OFF, Reason.LASER_FAULT]) if value == value else Reason.SENSOR_FAULT,
                MIDNIGHT + i * MINUTE + chance.randint(0, 99),
                sequence=chance.choice([None, i]),
                count=chance.choice([None, 2**62 + i]),
                volume=chance.choice([None, 28.3, 1 / 3]),
            )
            for i, value in enumerate(values)
        )
    )
    house.forward(sums=True)
    house.at(SEALED)
    found = house.checked()
    assert (found.readings, found.problems) == (len(values), [])
    house.influx.close()
    house.close()


def test_an_overwritten_value_is_found_and_told_with_what_it_was(house: Beside) -> None:
    house.write(f"{SERIES} value=10.5 {MIDNIGHT + 70 * MINUTE}")
    assert house.checked().problems == [
        f"T1, hour from 2026-11-22T01:00Z: in InfluxDB at {house.influx.url} a reading was altered: there are 60, as "
        "on record, and they do not say the same (2026-11-22T01:10:00.000Z says value 10.5, sealed was 27). The "
        "local store has what was sealed: cleanwatch forward again --since 2026-11-22T01:00"
    ]


def test_forwarding_again_repairs_what_was_overwritten(house: Beside) -> None:
    house.write(f"{SERIES} value=10.5 {MIDNIGHT + 70 * MINUTE}")
    house.backlog.owe_again(MIDNIGHT + HOUR)
    house.forward(sums=True)
    assert house.checked().problems == []


def test_a_reading_that_was_added_is_found(house: Beside) -> None:
    house.write(f"{SERIES} value=10.5,received=1i {MIDNIGHT + 70 * MINUTE + 1}")
    (problem,) = house.checked(with_local=False).problems[:1]
    assert "01:00Z" in problem and "1 reading is more than the 60 on record" in problem


def test_what_was_confirmed_and_is_lost_is_told_with_the_remedy(tmp_path: Path, influx_server: InfluxServer) -> None:
    house = Beside(tmp_path, influx_server)
    house.append(*every_minute(120))
    portion = house.backlog.newest(1000)
    assert portion is not None
    lines = house.influx.lines().of_readings(portion.readings)
    del lines[70]
    house.influx.write(lines)
    house.at(SEALED)
    waits = house.checked()
    assert waits.problems == [] and "readings wait to be forwarded" in waits.notes[0]
    house.backlog.settle(portion)
    (problem,) = house.checked().problems
    assert "1 reading is missing of 60 on record (2026-11-22T01:10:00.000Z is missing). It had confirmed" in problem
    assert problem.endswith("cleanwatch forward again --since 2026-11-22T01:00")
    house.influx.close()
    house.close()


def test_days_that_the_local_store_let_go_are_checked_in_influxdb(house: Beside) -> None:
    house.append(reading(SEALED))
    house.now = SEALED + DAY
    house.store.seal(SEALED)
    assert house.store.prune(MIDNIGHT + DAY) == 180
    assert house.checked().problems == []
    local = ReadingsCheck(house.records, *days_between(None, None)).check(
        LocalPlace(house.store, house.records, "main")
    )
    assert "check them there with --influx" in local.notes[0]


def test_a_late_reading_of_a_day_that_was_let_go_is_no_difference_there(house: Beside) -> None:
    house.append(reading(SEALED))
    house.now = SEALED + DAY
    house.store.seal(SEALED)
    house.store.prune(MIDNIGHT + DAY)
    again = Reading("T1", MIDNIGHT, 20.0, 0, SEALED + DAY)  # has been there, and is stored once more
    house.append(reading(MIDNIGHT + 30), again)
    house.gathered()
    house.write(f'{SERIES} value=20.0,validity="valid",received={MIDNIGHT + 70}i {MIDNIGHT + 30}')
    assert [problem for problem in house.checked().problems if "sums" not in problem] == []
    house.write(f"{SERIES} value=21.0 {MIDNIGHT + 30}")
    assert "00:00Z" in house.checked().problems[0]


def test_a_second_series_that_contradicts_the_first_is_found(house: Beside) -> None:
    house.write(f"temperature,point=T1,room=N2,site=north value=1,received=1i {MIDNIGHT + 70 * MINUTE}")
    problems = house.checked().problems
    assert any("01:00Z" in problem and "a second series" in problem for problem in problems)


def test_the_same_reading_in_two_series_is_no_difference(house: Beside) -> None:
    for series in ("temperature,point=T1,room=N2,site=north", "retired,point=T1,site=north"):
        house.write(f'{series} value=20.0,validity="valid",received={MIDNIGHT + 40}i {MIDNIGHT}')
    assert [problem for problem in house.checked().problems if "sums" not in problem] == []


def test_sums_that_were_changed_are_found(house: Beside) -> None:
    sums = "temperature_1h,point=T1,revision=9,room=N1,site=north n=60i,judged=60i,valid=60i,min=1,max=2,sum=3,mean=4"
    house.write(f"{sums} {MIDNIGHT + HOUR}")
    (problem,) = house.checked().problems
    assert "T1, hour from 2026-11-22T01:00Z" in problem and "hourly sums are not those of the readings" in problem
