"""The physics: decay by air changes, rooms coupled by doors, cabinets that dip and recover."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.simulator import air
from collectors.simulator.changes import (
    Burst,
    CabinetMoves,
    DoorMoves,
    GasChanges,
    LeakChanges,
    PeopleMove,
    SetBack,
    SupplyChanges,
)
from collectors.simulator.plant import Plant
from collectors.simulator.suite import Suite, Trait
from facility.instants import MINUTE, SECOND, Instant, Span
from facility.recovery import recovery_minutes
from tests.collectors.suite import DESIGN, SITE

START: Instant = 1_795_336_500_000


def plant() -> Plant:
    return Plant(Suite(DESIGN, SITE), START)


def read(plant: Plant, place: str, trait: Trait) -> float:
    return float(plant.state[plant.suite.columns[place, trait]])


def wait(plant: Plant, span: Span) -> None:
    """Let time pass in steps of 10 s, as the history does."""
    end = plant.now + span
    while plant.now < end:
        plant.advance(min(plant.now + 10 * SECOND, end))


def test_at_rest_nothing_moves() -> None:
    suite = plant()
    before = suite.state.copy()
    wait(suite, 10 * MINUTE)
    assert np.allclose(suite.state, before, rtol=1e-6)


def test_particles_decay_with_the_air_changes_of_the_room() -> None:
    """100:1 takes 6.91 min at 40 air changes an hour (the 100:1 recovery time of ideal mixing)."""
    suite = plant()
    resting = read(suite, "B101", Trait.FINE)
    suite.apply(Burst(START, "B101", 60 * 1e6))
    begun = read(suite, "B101", Trait.FINE) - resting
    minutes = recovery_minutes(DESIGN.rooms["B101"].air_changes / 60)
    assert minutes == pytest.approx(6.91, abs=0.005)
    wait(suite, round(minutes * MINUTE))
    assert (read(suite, "B101", Trait.FINE) - resting) / begun == pytest.approx(0.01, rel=1e-3)


def test_large_particles_settle_as_well() -> None:
    suite = plant()
    suite.apply(Burst(START, "B112", 1e9))
    before = read(suite, "B112", Trait.COARSE) / read(suite, "B112", Trait.FINE)
    wait(suite, 10 * MINUTE)
    assert read(suite, "B112", Trait.COARSE) / read(suite, "B112", Trait.FINE) < before


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(1, 599), max_size=8))
def test_a_step_of_any_length_comes_to_the_same(cuts: list[int]) -> None:
    whole, parts = plant(), plant()
    for suite in (whole, parts):
        suite.apply(Burst(START, "B109", 1e8))
        suite.apply(GasChanges(START, "B105.INC1", flows=False))
        suite.apply(SupplyChanges(START, "B103", 0.2))
    for cut in sorted(cuts):
        parts.advance(START + cut * SECOND)
    whole.advance(START + 10 * MINUTE)
    parts.advance(START + 10 * MINUTE)
    # A workstation takes in its room, which is held for each step; nothing else may depend on the steps.
    free = [column for (place, _), column in whole.suite.columns.items() if place not in DESIGN.workstations]
    assert np.allclose(whole.state[free], parts.state[free], rtol=1e-9)
    assert np.allclose(whole.exposure[free], parts.exposure[free], rtol=1e-9)


def test_an_open_door_levels_two_rooms_and_closed_they_recover() -> None:
    suite = plant()
    step = read(suite, "B101", Trait.PRESSURE) - read(suite, "B106", Trait.PRESSURE)
    suite.apply(DoorMoves(START, ("B101", "B106"), opens=True))
    wait(suite, 30 * SECOND)
    assert read(suite, "B101", Trait.PRESSURE) == pytest.approx(read(suite, "B106", Trait.PRESSURE), abs=0.01)
    assert 44 < read(suite, "B101", Trait.PRESSURE) < 54
    assert read(suite, "B102", Trait.PRESSURE) == pytest.approx(54)
    suite.apply(DoorMoves(suite.now, ("B106", "B101"), opens=False))
    wait(suite, MINUTE)
    recovered = read(suite, "B101", Trait.PRESSURE) - read(suite, "B106", Trait.PRESSURE)
    assert recovered == pytest.approx(step, abs=0.1)


def test_rooms_level_through_several_open_doors() -> None:
    suite = plant()
    suite.apply(DoorMoves(START, ("B101", "B106"), opens=True))
    suite.apply(DoorMoves(START, ("B106", "B109"), opens=True))
    wait(suite, 30 * SECOND)
    pressures = [read(suite, room, Trait.PRESSURE) for room in ("B101", "B106", "B109")]
    assert max(pressures) - min(pressures) < 0.01


def test_a_door_opened_by_two_is_closed_by_the_second() -> None:
    suite = plant()
    for opens in (True, True, False):
        suite.apply(DoorMoves(START, ("B101", "B106"), opens=opens))
    wait(suite, MINUTE)
    assert read(suite, "B101", Trait.PRESSURE) == pytest.approx(read(suite, "B106", Trait.PRESSURE), abs=0.01)


def test_particles_come_in_through_an_open_door() -> None:
    suite, closed = plant(), plant()
    for each in (suite, closed):
        each.apply(Burst(START, "B109", 1e9))
    suite.apply(DoorMoves(START, ("B106", "B109"), opens=True))
    wait(suite, 20 * SECOND)
    wait(closed, 20 * SECOND)
    assert read(suite, "B106", Trait.FINE) > 100 * read(closed, "B106", Trait.FINE)


def test_people_shed_particles_and_bring_warmth_and_damp() -> None:
    suite, empty = plant(), plant()
    suite.apply(PeopleMove(START, "B103", 3))
    for each in (suite, empty):
        wait(each, 60 * MINUTE)
    for trait in (Trait.FINE, Trait.COARSE, Trait.TEMPERATURE, Trait.VAPOUR, Trait.CO2):
        assert read(suite, "B103", trait) > read(empty, "B103", trait)
    shed, volume, flow = 3 * DESIGN.rooms["B103"].shedding, 37, 25 / 3600
    assert read(suite, "B103", Trait.FINE) == pytest.approx(4000 + shed / volume / flow, rel=1e-3)


def test_a_workstation_stays_clean_inside_a_dirty_room() -> None:
    suite = plant()
    suite.apply(Burst(START, "B101", 60 * 600_000))
    wait(suite, 10 * SECOND)
    assert read(suite, "B101", Trait.FINE) > 500_000
    assert 500 < read(suite, "BSC1", Trait.FINE) < 1100


def test_without_its_air_handler_a_room_loses_pressure_and_fills_with_particles() -> None:
    suite = plant()
    suite.apply(SupplyChanges(START, "B102", 0.03))
    wait(suite, 15 * MINUTE)
    assert read(suite, "B102", Trait.PRESSURE) < 3
    assert read(suite, "B102", Trait.FINE) > 50_000
    suite.apply(SupplyChanges(suite.now, "B102", 1))
    wait(suite, 20 * MINUTE)
    assert read(suite, "B102", Trait.PRESSURE) == pytest.approx(54, abs=0.1)
    assert read(suite, "B102", Trait.FINE) < 3520


def test_a_leaking_filter_dirties_a_room_in_steady_state() -> None:
    suite = plant()
    resting = read(suite, "B102", Trait.FINE)
    suite.apply(LeakChanges(START, "B102", 9000))
    wait(suite, 30 * MINUTE)
    assert read(suite, "B102", Trait.FINE) == pytest.approx(resting + 9000, rel=1e-3)


def test_at_night_pressure_is_set_back() -> None:
    suite = plant()
    suite.apply(SetBack(START, "B101", lowered=True))
    wait(suite, 2 * MINUTE)
    assert read(suite, "B101", Trait.PRESSURE) == pytest.approx(DESIGN.rooms["B101"].pressure_at_rest, abs=0.01)


def test_an_opened_incubator_dips_and_recovers() -> None:
    suite = plant()
    suite.apply(CabinetMoves(START, "B105.INC1", opens=True))
    wait(suite, 40 * SECOND)
    assert read(suite, "B105.INC1", Trait.TEMPERATURE) < 36.5
    assert read(suite, "B105.INC1", Trait.CO2) < 4
    assert read(suite, "B105", Trait.CO2) > 0.045
    suite.apply(CabinetMoves(suite.now, "B105.INC1", opens=False))
    wait(suite, 14 * MINUTE)
    assert read(suite, "B105.INC1", Trait.TEMPERATURE) > 36.7
    assert read(suite, "B105.INC1", Trait.CO2) > 4.9


def test_an_incubator_without_gas_leaks_until_the_bottle_is_changed() -> None:
    suite = plant()
    suite.apply(GasChanges(START, "B105.INC2", flows=False))
    wait(suite, 20 * MINUTE)
    assert read(suite, "B105.INC2", Trait.CO2) < 4
    assert read(suite, "B105.INC1", Trait.CO2) == pytest.approx(5)
    suite.apply(GasChanges(suite.now, "B105.INC2", flows=True))
    wait(suite, 15 * MINUTE)
    assert read(suite, "B105.INC2", Trait.CO2) == pytest.approx(5, abs=0.01)


def test_exposure_is_the_sum_of_the_state_over_time() -> None:
    suite = plant()
    column = suite.suite.columns["BSC1", Trait.FINE]
    suite.apply(Burst(START, "BSC1", 240_000))
    peak = suite.state[column] - 2
    suite.advance(START + MINUTE)
    removed_in = 0.7 / 0.45
    assert suite.exposure[column] == pytest.approx(peak * removed_in, rel=0.01)


@given(humidity=st.floats(1, 100), temperature=st.floats(-10, 40))
def test_humidity_and_vapour_pressure_are_inverse(humidity: float, temperature: float) -> None:
    assert air.humidity(air.vapour(humidity, temperature), temperature) == pytest.approx(humidity)


def test_saturated_air_at_20_degrees_has_2338_pascal_of_vapour() -> None:
    assert air.saturation(20.0) == pytest.approx(2338, rel=0.003)
