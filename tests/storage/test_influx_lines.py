"""Readings as lines of InfluxDB's protocol."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility.reading import Reading, Reason
from facility.site_file import parse_site
from storage.samples.influx.lines import Lines
from tests.facility.sites import SMALL
from tests.storage.test_local_contract import columns_by_point

SITE = parse_site(SMALL, "north.yaml")
T1 = "temperature,point=N1.T1,room=N1,site=north"


def line_of(reading: Reading) -> str:
    (line,) = Lines(SITE).of_readings([reading])
    return line.decode()


def test_a_valid_reading_is_its_value_with_the_room_and_the_point_as_tags() -> None:
    assert line_of(Reading("N1.T1", 1000, 20.5, 0, 1040)) == f'{T1} value=20.5,validity="valid",received=1040i 1000'


def test_a_particle_reading_says_its_size_count_volume_and_number() -> None:
    reading = Reading("N1.PC1.p0_5", 1000, 3520.0, 0, 1040, sequence=7, count=100, volume=28.3)
    assert line_of(reading) == (
        "particles,point=N1.PC1.p0_5,room=N1,site=north,size=0.5 "
        'value=3520.0,validity="valid",count=100i,volume=28.3,sequence=7i,received=1040i 1000'
    )


def test_a_suspect_reading_keeps_its_value_and_says_why() -> None:
    reading = Reading("N1.T1", 1000, 20.5, Reason.CALIBRATION_OVERDUE, 1040)
    assert line_of(reading) == f'{T1} value=20.5,validity="suspect",reasons=1i,received=1040i 1000'


def test_the_number_of_an_invalid_reading_stays_out_of_the_field_that_charts_are_made_of() -> None:
    reading = Reading("N1.T1", 1000, 999.0, Reason.SENSOR_FAULT, 1040)
    assert line_of(reading) == f'{T1} invalid_value=999.0,validity="invalid",reasons=4096i,received=1040i 1000'


def test_a_reading_without_a_number_has_no_value() -> None:
    reading = Reading("N1.T1", 1000, math.nan, Reason.SENSOR_FAULT, 1040)
    assert line_of(reading) == f'{T1} validity="invalid",reasons=4096i,received=1040i 1000'


def test_a_point_that_the_site_no_longer_has_is_kept_as_retired() -> None:
    assert line_of(Reading("old", 1000, 1.0, 0, 1040)).startswith("retired,point=old,site=north value=1.0,")


numbers = st.floats(allow_nan=True, allow_infinity=False)
readings = st.builds(
    Reading,
    point=st.just("N1.PC1.p0_5"),
    time=st.integers(0, 2**42),
    value=numbers,
    reasons=st.sampled_from([0, 0, Reason.SERVICE_DUE, Reason.LASER_FAULT, Reason.LASER_FAULT | Reason.FLOW_OFF]),
    received=st.integers(0, 2**42),
    sequence=st.none() | st.integers(0, 2**62),
    count=st.none() | st.integers(0, 2**62),
    volume=st.none() | numbers,
)


@given(st.lists(readings, max_size=6))
def test_columns_make_the_same_lines_as_readings(readings: list[Reading]) -> None:
    lines = Lines(SITE)
    made = [lines.of_columns(point, columns) for point, columns in columns_by_point(readings).items()]
    assert [line for several in made for line in several] == lines.of_readings(readings)


@pytest.mark.parametrize("value", [0.1, 1e300, -0.0, 5e-324, float(np.nextafter(20.0, 21.0))])
def test_a_value_is_written_so_that_it_comes_back_the_same(value: float) -> None:
    written = line_of(Reading("N1.T1", 1000, value, 0, 1040)).split("value=")[1].split(",")[0]
    assert float(written) == value
