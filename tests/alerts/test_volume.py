"""Limits on a rolling volume: what a particle counter has counted in the newest cubic metre."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import point_judge
from alerts.findings import Finding, Raised, Returned
from alerts.point_judge import ALL_QUIET, PointState, carry, in_force
from alerts.volume import EMPTY, concentration, sample_of, with_sample
from facility.instants import MINUTE
from facility.limit import Limit, RollingVolume
from facility.particles import per_cubic_metre, rolling_cubic_metre
from facility.reading import Reason
from facility.units import MICROLITRES
from tests.alerts.examples import ACTION, ALERT, high

CUBIC_METRE = 1000 * MICROLITRES
GRADE_A = high(29, rule=RollingVolume(1000))


def follow(
    limits: list[Limit], counts: list[int], litres: float, reasons: int = 0
) -> tuple[PointState, list[Finding]]:
    """The last state and all findings of a sample a minute."""
    state, findings = ALL_QUIET, []
    for number, count in enumerate(counts):
        value = per_cubic_metre(count, litres)
        state, found = point_judge.judge(in_force(limits), state, number * MINUTE, value, 0, count, litres)
        findings += found
    return state, findings


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([10.0, 28.3, 50.0, 400.0])), max_size=60))
def test_the_newest_cubic_metre_has_what_was_counted_in_it(samples: list[tuple[int, float]]) -> None:
    volume = EMPTY
    for count, litres in samples:
        volume = with_sample(volume, count, round(litres * MICROLITRES), CUBIC_METRE)
    expected = rolling_cubic_metre(samples)
    if expected is not None:
        assert concentration(volume.count, volume.total, CUBIC_METRE) == pytest.approx(expected, rel=1e-9)
    else:
        assert len(volume.counts) == len(samples)
        assert concentration(volume.count, volume.total, CUBIC_METRE) == volume.count


@pytest.mark.parametrize(
    ("counted", "severity"), [(20, None), (21, ALERT), (29, ALERT), (30, ACTION)], ids=lambda value: str(value)
)
def test_in_a_cubic_metre_of_grade_a_so_many_large_particles_are(counted: int, severity: object) -> None:
    limits = [high(20, ALERT, rule=RollingVolume(1000)), high(29, ACTION, rule=RollingVolume(1000))]
    _, findings = follow(limits, [counted] + [0] * 19, litres=50)
    raised = [finding.severity for finding in findings if isinstance(finding, Raised)]
    assert raised[-1:] == ([] if severity is None else [severity])


def test_a_single_particle_in_a_cubic_foot_is_no_alarm_though_it_makes_35_a_cubic_metre() -> None:
    state, findings = follow([GRADE_A], [1] + [0] * 10, litres=28.3)
    assert (state.quiet, findings) == (True, [])


def test_too_many_alarm_at_once_however_little_was_sampled() -> None:
    _, findings = follow([GRADE_A], [0, 30], litres=28.3)
    (raised,) = findings
    assert isinstance(raised, Raised)
    assert (raised.onset, raised.at, raised.value, raised.limit) == (MINUTE, MINUTE, 30, 29)


def test_it_returns_once_they_are_no_longer_among_the_newest_cubic_metre() -> None:
    _, findings = follow([GRADE_A], [15, 0, 0, 20] + [0] * 40, litres=28.3)
    raised, returned = findings
    assert isinstance(raised, Raised)
    assert isinstance(returned, Returned)
    assert (raised.onset, raised.worst) == (3 * MINUTE, 35)
    assert returned.at == 36 * MINUTE  # the 36 samples after the first hold 1018.8 litres


def test_a_reading_that_tells_no_volume_counts_for_the_whole() -> None:
    assert sample_of(35.0, None, None, CUBIC_METRE) == (35, CUBIC_METRE)
    assert sample_of(35.0, 1, 28.3, CUBIC_METRE) == (1, 28_300_000)


def test_an_invalid_sample_is_left_out() -> None:
    before, _ = follow([GRADE_A], [5], litres=28.3)
    after, _ = point_judge.judge(in_force([GRADE_A]), before, MINUTE, 0, int(Reason.LASER_FAULT), 0, 28.3)
    assert after.volume == before.volume


def test_samples_are_remembered_while_the_room_state_is_another() -> None:
    state, _ = follow([GRADE_A], [5], litres=28.3)
    assert carry(state, in_force([high(100, rule=GRADE_A.rule)])).volume == state.volume
    assert carry(state, in_force([high(100)])).volume == EMPTY
