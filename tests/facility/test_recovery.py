"""Recovery of a room after its source of particles has gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility.recovery import mixing_rate, recovery_minutes, recovery_rate


def test_e55_from_352000_to_3520_in_12_minutes() -> None:
    rate = recovery_rate(352_000, 3_520, 12)
    assert round(rate, 4) == 0.3838
    assert recovery_minutes(rate) == pytest.approx(12)


@pytest.mark.parametrize(("air_changes", "minutes"), [(20, 13.82), (30, 9.21), (40, 6.91)])
def test_e56_a_room_that_mixes_ideally_recovers_by_its_air_changes(air_changes: float, minutes: float) -> None:
    assert round(recovery_minutes(mixing_rate(air_changes)), 2) == minutes


@given(st.floats(0.001, 10), st.floats(1e3, 1e8))
def test_after_the_recovery_time_a_hundredth_is_left(rate: float, start: float) -> None:
    assert recovery_rate(start, start / 100, recovery_minutes(rate)) == pytest.approx(rate)


@pytest.mark.parametrize(("start", "end", "minutes"), [(100, 100, 5), (100, 200, 5), (100, 0, 5), (100, 1, 0)])
def test_what_did_not_decay_has_no_recovery_rate(start: float, end: float, minutes: float) -> None:
    with pytest.raises(ValueError, match="is no recovery"):
        recovery_rate(start, end, minutes)


def test_a_rate_of_zero_never_recovers() -> None:
    with pytest.raises(ValueError, match="never recovers"):
        recovery_minutes(0)
