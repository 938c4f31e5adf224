"""What every sample store must answer, whatever it is made of: subclass it and say how a store gets its readings."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from facility.instants import DAY, HOUR, MINUTE, SECOND
from facility.reading import Reading, Reason
from storage.samples.store import ENVELOPE_COLUMNS, RAW_COLUMNS, SampleStore

MIDNIGHT = 20_779 * DAY
"""2026-11-22, UTC."""

Holding: TypeAlias = Callable[[Sequence[Reading]], SampleStore]


def reading(time: int, value: float, point: str = "T1", reasons: int = 0) -> Reading:
    return Reading(point, time, value, reasons, time + 40)


def every(span: int, count: int, value: float = 20.0) -> list[Reading]:
    return [reading(MIDNIGHT + i * span, value) for i in range(count)]


class SampleStoreContract:
    """Gets its store from a fixture `holding`: a function from readings to a store that holds them."""

    def test_raw_is_every_reading_of_the_range_without_its_end(self, holding: Holding) -> None:
        store = holding(every(MINUTE, 5))
        found = store.raw("T1", MIDNIGHT + MINUTE, MIDNIGHT + 3 * MINUTE)
        assert tuple(found.columns) == RAW_COLUMNS
        assert found["time"].tolist() == [MIDNIGHT + MINUTE, MIDNIGHT + 2 * MINUTE]

    def test_raw_gives_back_everything_that_a_reading_says(self, holding: Holding) -> None:
        full = Reading("PC1", MIDNIGHT, 3520.5, Reason.FLOW_OFF, MIDNIGHT + 7, sequence=9, count=100, volume=28.3)
        found = holding([full]).raw("PC1", MIDNIGHT, MIDNIGHT + 1).iloc[0].to_dict()
        assert found == {
            "time": MIDNIGHT,
            "value": 3520.5,
            "reasons": Reason.FLOW_OFF,
            "received": MIDNIGHT + 7,
            "sequence": 9,
            "count": 100,
            "volume": 28.3,
        }

    def test_what_a_reading_does_not_say_is_not_a_number(self, holding: Holding) -> None:
        found = holding([reading(MIDNIGHT, math.nan, reasons=Reason.SENSOR_FAULT)]).raw("T1", MIDNIGHT, MIDNIGHT + 1)
        assert found[["value", "sequence", "count", "volume"]].isna().all(axis=None)

    def test_a_point_never_heard_of_has_no_readings(self, holding: Holding) -> None:
        store = holding(every(MINUTE, 1))
        assert store.raw("nobody", 0, MIDNIGHT * 2).empty
        assert store.envelope(["nobody"], 0, MIDNIGHT * 2, 10).empty
        assert store.latest(["nobody"]).empty
        assert store.extent(["nobody"]) is None
        assert store.count_outside("nobody", 0, MIDNIGHT * 2, 1, 2) == 0

    def test_latest_is_the_newest_reading_of_each_point(self, holding: Holding) -> None:
        store = holding([reading(MIDNIGHT, 1.0), reading(MIDNIGHT + DAY, 2.0), reading(MIDNIGHT, 3.0, "T2")])
        found = store.latest(["T2", "T1", "nobody"])
        assert found["value"].to_dict() == {"T1": 2.0, "T2": 3.0}
        assert found.loc["T1", "time"] == MIDNIGHT + DAY

    def test_extent_is_from_the_first_to_the_last_reading_of_all_points(self, holding: Holding) -> None:
        store = holding([reading(MIDNIGHT + HOUR, 1.0), reading(MIDNIGHT, 1.0, "T2"), reading(MIDNIGHT + DAY, 1.0)])
        assert store.extent(["T1", "T2"]) == (MIDNIGHT, MIDNIGHT + DAY)

    def test_an_envelope_bucket_sums_up_its_readings(self, holding: Holding) -> None:
        values = [reading(MIDNIGHT + i, value) for i, value in enumerate((4.0, 1.0, 7.0))]
        suspect = reading(MIDNIGHT + 3, 20.0, reasons=Reason.CALIBRATION_OVERDUE)
        invalid = reading(MIDNIGHT + 4, 900.0, reasons=Reason.LASER_FAULT)
        found = holding([*values, suspect, invalid]).envelope(["T1"], MIDNIGHT, MIDNIGHT + SECOND, 1)
        assert tuple(found.columns) == ENVELOPE_COLUMNS
        assert found.iloc[0].to_list() == ["T1", MIDNIGHT, 1.0, 8.0, 20.0, 5, 4, 3]

    def test_a_bucket_with_invalid_readings_only_is_there_without_numbers(self, holding: Holding) -> None:
        found = holding([reading(MIDNIGHT, 5.0, reasons=Reason.LASER_FAULT)]).envelope(
            ["T1"], MIDNIGHT, MIDNIGHT + 1, 1
        )
        assert found[["min", "mean", "max"]].isna().all(axis=None)
        assert found[["n", "judged", "valid"]].iloc[0].to_list() == [1, 0, 0]

    def test_empty_buckets_are_left_out(self, holding: Holding) -> None:
        store = holding([reading(MIDNIGHT, 1.0), reading(MIDNIGHT + 9 * SECOND, 2.0)])
        found = store.envelope(["T1"], MIDNIGHT, MIDNIGHT + 10 * SECOND, 10)
        assert found["start"].tolist() == [MIDNIGHT, MIDNIGHT + 9 * SECOND]

    @pytest.mark.parametrize("buckets", [1, 7, 48, 100, 1000])
    def test_one_extreme_reading_is_visible_at_every_zoom(self, holding: Holding, buckets: int) -> None:
        readings = every(10 * MINUTE, 3 * 144)
        readings[200] = reading(readings[200].time, 99.0)
        store = holding(readings)
        for around in (5 * MINUTE, HOUR, 10 * HOUR, 2 * DAY):
            found = store.envelope(["T1"], readings[200].time - around, readings[200].time + around, buckets)
            assert len(found) <= buckets
            assert found["max"].max() == 99.0
            assert found["n"].sum() == len(store.raw("T1", readings[200].time - around, readings[200].time + around))

    def test_an_envelope_answers_for_several_points(self, holding: Holding) -> None:
        store = holding([reading(MIDNIGHT, 1.0), reading(MIDNIGHT, 2.0, "T2")])
        found = store.envelope(["T1", "T2", "nobody"], MIDNIGHT, MIDNIGHT + 1, 5)
        assert found.set_index("point")["max"].to_dict() == {"T1": 1.0, "T2": 2.0}

    def test_an_envelope_of_no_buckets_is_refused(self, holding: Holding) -> None:
        with pytest.raises(ValueError, match="at least one bucket"):
            holding([]).envelope(["T1"], MIDNIGHT, MIDNIGHT + 1, 0)

    def test_count_outside_counts_what_is_beyond_and_not_what_is_at_a_limit(self, holding: Holding) -> None:
        store = holding([reading(MIDNIGHT + i * HOUR, float(i)) for i in range(30)])
        assert store.count_outside("T1", MIDNIGHT, MIDNIGHT + 2 * DAY, 10.0, 20.0) == 10 + 9
        assert store.count_outside("T1", MIDNIGHT, MIDNIGHT + 2 * DAY, None, 20.0) == 9
        assert store.count_outside("T1", MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, 1.5, None) == 1

    def test_count_outside_counts_suspect_but_not_invalid_readings(self, holding: Holding) -> None:
        suspect = reading(MIDNIGHT, 50.0, reasons=Reason.SERVICE_DUE)
        invalid = reading(MIDNIGHT + 1, 50.0, reasons=Reason.OUT_OF_RANGE)
        assert holding([suspect, invalid]).count_outside("T1", MIDNIGHT, MIDNIGHT + DAY, None, 25.0) == 1
