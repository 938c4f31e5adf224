"""The tables of EU GMP Annex 1:2022, FDA 2004 and USP <797>, written out a second time from the texts."""

import pytest

from facility.site import Grade
from facility.standards import annex1, fda2004, iso14644, usp797

A, B, C, D = Grade


@pytest.mark.parametrize(
    ("grade", "small_at_rest", "small_in_operation", "large_at_rest", "large_in_operation"),
    [
        (A, 3520, 3520, None, None),
        (B, 3520, 352000, None, 2930),
        (C, 352000, 3520000, 2930, 29300),
        (D, 3520000, None, 29300, None),
    ],
)
def test_annex_1_table_1_classification(
    grade: Grade,
    small_at_rest: int,
    small_in_operation: int | None,
    large_at_rest: int | None,
    large_in_operation: int | None,
) -> None:
    assert annex1.CLASSIFICATION[grade] == {
        0.5: (small_at_rest, small_in_operation),
        5.0: (large_at_rest, large_in_operation),
    }


@pytest.mark.parametrize(
    ("grade", "small_at_rest", "small_in_operation", "large_at_rest", "large_in_operation"),
    [
        (A, 3520, 3520, 29, 29),
        (B, 3520, 352000, 29, 2930),
        (C, 352000, 3520000, 2930, 29300),
        (D, 3520000, None, 29300, None),
    ],
)
def test_annex_1_table_5_monitoring(
    grade: Grade,
    small_at_rest: int,
    small_in_operation: int | None,
    large_at_rest: int,
    large_in_operation: int | None,
) -> None:
    assert annex1.MONITORING[grade] == {
        0.5: (small_at_rest, small_in_operation),
        5.0: (large_at_rest, large_in_operation),
    }


@pytest.mark.parametrize(
    ("grade", "air", "settle", "contact", "glove"),
    [(A, 0, 0, 0, 0), (B, 10, 5, 5, 5), (C, 100, 50, 25, None), (D, 200, 100, 50, None)],
)
def test_annex_1_table_6_viable(grade: Grade, air: int, settle: int, contact: int, glove: int | None) -> None:
    assert annex1.VIABLE[grade] == (air, settle, contact, glove)


@pytest.mark.parametrize(("grade", "at_rest", "in_operation"), [(A, 5, 5), (B, 5, 7), (C, 7, 8), (D, 8, None)])
def test_grades_at_half_a_micrometre_are_iso_classes(grade: Grade, at_rest: int, in_operation: int | None) -> None:
    assert annex1.MONITORING[grade][0.5] == tuple(
        iso_class and iso14644.limit(iso_class, 0.5) for iso_class in (at_rest, in_operation)
    )


def test_annex_1_guidance_values_for_pressure_and_velocity() -> None:
    assert annex1.LEAST_PRESSURE == 10
    assert (annex1.LOWEST_VELOCITY, annex1.HIGHEST_VELOCITY) == (0.36, 0.54)


def test_e53_the_velocities_are_0_45_metres_a_second_and_20_percent_either_way() -> None:
    assert pytest.approx(0.45 * 0.8) == fda2004.LOWEST_VELOCITY
    assert pytest.approx(0.45 * 1.2) == fda2004.HIGHEST_VELOCITY


@pytest.mark.parametrize(
    ("iso_class", "particles", "air", "settle"),
    [(5, 3520, 1, 1), (6, 35200, 7, 3), (7, 352000, 10, 5), (8, 3520000, 100, 50)],
)
def test_fda_2004_table_1(iso_class: int, particles: int, air: int, settle: int) -> None:
    assert fda2004.TABLE_1[iso_class][:3] == (particles, air, settle)
    assert particles == iso14644.limit(iso_class, fda2004.PARTICLE_SIZE)


def test_fda_2004_has_four_classes_and_expects_no_growth_in_iso_5_alone() -> None:
    assert {number: row.growth_is_action for number, row in fda2004.TABLE_1.items()} == {
        5: True,
        6: False,
        7: False,
        8: False,
    }


def test_fda_2004_pressures() -> None:
    assert (fda2004.LEAST_PRESSURE, fda2004.LEAST_PRESSURE_TO_UNCLASSIFIED) == (10, 12.5)


def test_usp_797_action_levels_leave_iso_6_open() -> None:
    assert usp797.VIABLE == {5: (1, 3), 7: (10, 5), 8: (100, 50)}
