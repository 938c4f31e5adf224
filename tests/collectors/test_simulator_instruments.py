"""What instruments make of the plant: cadence, Poisson counts, noise, and faults of their own."""

from functools import cache

import numpy as np
import pytest

from collectors.simulator import effects
from collectors.simulator.effects import Occurrence
from collectors.simulator.instruments import Instruments
from collectors.simulator.plant import Plant
from collectors.simulator.suite import Suite, Trait
from collectors.simulator.trace import Coming, Trace, record
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.quantities import Quantity
from facility.reading import Reason
from storage.samples.columns import Columns
from tests.collectors.suite import DESIGN, SITE, scenario_of

START: Instant = 1_795_336_500_000
SPAN = 6 * HOUR
SUITE = Suite(DESIGN, SITE)


@cache
def resting_suite() -> tuple[Plant, Trace]:
    plant = Plant(SUITE, START - 2 * MINUTE)
    return plant, record(plant, Coming([]), START + SPAN, 10 * SECOND)


def sample(id: str, *occurrences: Occurrence, seed: int = 1) -> dict[str, Columns]:
    instruments = Instruments(SITE, DESIGN, SUITE, seed)
    times = instruments.due(id, START, START + SPAN)
    return instruments.sample(id, times, resting_suite()[1], np.random.default_rng(seed), occurrences)


def occurrence(**event: object) -> Occurrence:
    [found] = effects.live(scenario_of(event), START, START, START + SPAN)
    return found


def test_every_instrument_of_the_site_but_the_plates_reads_every_point_of_its_own() -> None:
    read: set[str] = set()
    for id in Instruments(SITE, DESIGN, SUITE, 1).ids:
        read |= set(sample(id))
    assert read == {point.id for point in SITE.points.values() if point.quantity is not Quantity.VIABLE_AIR}


def test_an_instrument_samples_at_its_interval_whatever_stretch_is_asked_for() -> None:
    instruments = Instruments(SITE, DESIGN, SUITE, 1)
    whole = instruments.due("B101.PC1", START, START + DAY)
    assert set(np.diff(whole)) == {MINUTE}
    assert len(whole) == 1440
    parts = [instruments.due("B101.PC1", START + n * 7001, START + (n + 1) * 7001) for n in range(20)]
    assert np.array_equal(np.concatenate(parts), whole[whole < START + 20 * 7001])


def test_instruments_sample_at_seconds_of_their_own() -> None:
    instruments = Instruments(SITE, DESIGN, SUITE, 1)
    seconds = {int(instruments.due(id, 0, MINUTE)[0]) for id in instruments.ids if ".DP" in id}
    assert seconds == {n * SECOND for n in range(10)}


def test_the_same_seed_gives_the_same_readings_and_another_seed_others() -> None:
    first, again, other = (sample("B101.PC1", seed=seed)["B101.PC1.p0_5"] for seed in (1, 1, 2))
    assert np.array_equal(first.count, again.count)
    assert not np.array_equal(first.count, other.count)


def test_counts_are_cumulative_and_give_the_concentration() -> None:
    readings = sample("B113.PC1")
    fine, coarse = readings["B113.PC1.p0_5"], readings["B113.PC1.p5_0"]
    assert np.all(fine.count >= coarse.count)
    assert np.allclose(fine.value, fine.count * 1000 / fine.volume)
    assert np.allclose(fine.volume, 28.3, rtol=0.02)
    true = resting_suite()[0].state[SUITE.columns["B113", Trait.FINE]]
    assert fine.value.mean() == pytest.approx(true, rel=0.1)


def test_a_few_particles_are_counted_as_chance_has_it() -> None:
    """Poisson at the least: where air were mixed evenly, the variance would be the mean."""
    count = sample("BSC1.PC1")["BSC1.PC1.p0_5"].count
    assert 0 < count.mean() < 1
    assert count.var() == pytest.approx(count.mean(), rel=0.5)


def test_a_flow_fault_shortens_the_volume_and_is_flagged() -> None:
    fault = occurrence(kind="flow fault", at="1 h", lasts="30 min", instrument="B101.PC1", flow=0.6)
    readings = sample("B101.PC1", fault)["B101.PC1.p5_0"]
    faulty = readings.reasons == Reason.FLOW_FAULT
    assert faulty.sum() == 30
    assert np.allclose(readings.volume[faulty], 0.6 * 28.3, rtol=0.02)
    assert readings.time[faulty][0] >= fault.begins
    assert readings.time[faulty][-1] < fault.ends
    assert not readings.reasons[~faulty].any()


def test_the_fault_of_one_instrument_is_no_other_instruments() -> None:
    fault = occurrence(kind="flow fault", at="1 h", lasts="30 min", instrument="B101.PC1", flow=0.6)
    assert not sample("B102.PC1", fault)["B102.PC1.p0_5"].reasons.any()


def test_a_frozen_sensor_repeats_its_last_value_and_then_goes_on() -> None:
    frost = occurrence(kind="frozen sensor", at="1 h", lasts="2 h", instrument="B101.T1")
    frozen, healthy = sample("B101.T1", frost)["B101.T1"], sample("B101.T1")["B101.T1"]
    during = (frozen.time >= frost.begins) & (frozen.time < frost.ends)
    assert during.sum() == 120
    assert set(frozen.value[during]) == {healthy.value[np.argmax(during) - 1]}
    assert np.array_equal(frozen.value[~during], healthy.value[~during])


def test_a_sensor_sampled_one_by_one_stays_frozen_at_the_same_value() -> None:
    frost = occurrence(kind="frozen sensor", at="1 h", lasts="2 h", instrument="B101.T1")
    instruments, chance = Instruments(SITE, DESIGN, SUITE, 1), np.random.default_rng(1)
    times = instruments.due("B101.T1", frost.begins, frost.ends)
    values = {
        instruments.sample("B101.T1", times[n : n + 1], resting_suite()[1], chance, [frost])["B101.T1"].value[0]
        for n in range(9)
    }
    assert len(values) == 1


def test_pressure_points_read_the_step_between_their_rooms() -> None:
    assert sample("B101.DP2")["B101.DP2"].value.mean() == pytest.approx(54 - 44, abs=0.2)
    assert sample("B101.DP1")["B101.DP1"].value.mean() == pytest.approx(54, abs=0.2)


def test_no_reading_is_outside_what_is_possible() -> None:
    for id in Instruments(SITE, DESIGN, SUITE, 1).ids:
        for point, readings in sample(id).items():
            measure = SITE.points[point].measure
            assert readings.value.min() >= measure.lowest
            assert readings.value.max() <= measure.highest
