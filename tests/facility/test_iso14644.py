"""ISO 14644-1:2015: tables, formula, sampling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility.standards import iso14644

# Written out again rather than read from the module, so that a slip in either shows.
TABLE_1 = """
1  10       n/a     n/a     n/a       n/a      n/a
2  100      24      10      n/a       n/a      n/a
3  1000     237     102     35        n/a      n/a
4  10000    2370    1020    352       83       n/a
5  100000   23700   10200   3520      832      n/a
6  1000000  237000  102000  35200     8320     293
7  n/a      n/a     n/a     352000    83200    2930
8  n/a      n/a     n/a     3520000   832000   29300
9  n/a      n/a     n/a     35200000  8320000  293000
"""
TABLE_E1 = """
1.5  32       n/a     n/a     n/a       n/a      n/a
2.5  316      75      32      n/a       n/a      n/a
3.5  3160     748     322     111       n/a      n/a
4.5  31600    7480    3220    1110      263      n/a
5.5  316000   74800   32200   11100     2630     n/a
6.5  3160000  748000  322000  111000    26300    925
7.5  n/a      n/a     n/a     1110000   263000   9250
8.5  n/a      n/a     n/a     11100000  2630000  92500
"""


def cells(table: str) -> list[tuple[float, float, int | None]]:
    rows = [line.split() for line in table.split("\n") if line]
    return [
        (float(iso_class), size, None if cell == "n/a" else int(cell))
        for iso_class, *row in rows
        for size, cell in zip((0.1, 0.2, 0.3, 0.5, 1.0, 5.0), row, strict=True)
    ]


ALL_CELLS = cells(TABLE_1) + cells(TABLE_E1)


@pytest.mark.parametrize(("iso_class", "size", "expected"), ALL_CELLS)
def test_every_cell_of_table_1_and_table_e1_is_as_printed(
    iso_class: float, size: float, expected: int | None
) -> None:
    assert iso14644.limit(iso_class, size) == expected


def test_table_1_has_33_filled_cells_and_none_of_any_table_is_zero() -> None:
    assert len([cell for *_, cell in cells(TABLE_1) if cell is not None]) == 33
    assert not [cell for row in iso14644.CLASSES.values() for cell in row if cell == 0]


@pytest.mark.parametrize(("iso_class", "size", "expected"), [cell for cell in ALL_CELLS if cell[2] is not None])
def test_the_formula_with_its_rounding_gives_every_filled_cell(iso_class: float, size: float, expected: int) -> None:
    assert iso14644.whole_number(iso14644.concentration(iso_class, size)) == expected


def test_e1_the_formula_gives_3516_757_for_iso_5_at_half_a_micrometre_and_rounds_to_3520() -> None:
    assert round(iso14644.concentration(5, 0.5), 3) == 3516.757
    assert iso14644.limit(5, 0.5) == 3520


def test_e2_iso_7_and_8_at_half_a_and_five_micrometres() -> None:
    limits = [iso14644.limit(*cell) for cell in ((7, 0.5), (8, 0.5), (7, 5), (8, 5))]
    assert limits == [352_000, 3_520_000, 2_930, 29_300]


@pytest.mark.parametrize(("raw", "expected"), [(23.65, 24), (35.17, 35), (83.18, 83), (29.25, 29), (1245.0, 1250)])
def test_rounding_takes_three_significant_figures_half_up_and_then_a_whole_number(raw: float, expected: int) -> None:
    assert iso14644.whole_number(raw) == expected


def test_e4_iso_5_5() -> None:
    assert [iso14644.limit(5.5, size) for size in (0.1, 0.2, 0.3, 0.5, 1)] == [316_000, 74_800, 32_200, 11_100, 2_630]


def test_iso_5_5_at_five_micrometres_is_not_applicable_although_the_formula_has_a_number() -> None:
    assert round(iso14644.concentration(5.5, 5), 1) == 92.5
    assert iso14644.limit(5.5, 5) is None


def test_e5_iso_6_5() -> None:
    assert [iso14644.limit(6.5, size) for size in (0.5, 1, 5)] == [111_000, 26_300, 925]


def test_a_size_between_two_defined_columns_follows_the_formula() -> None:
    assert iso14644.limit(7, 3) == 8_460
    assert iso14644.source(7, 3) == "ISO 14644-1:2015, formula (E.1)"


@pytest.mark.parametrize(("iso_class", "size"), [(5, 3), (7, 0.4), (6, 10), (6, 0.05)])
def test_the_formula_never_reaches_into_cells_that_are_not_applicable_or_beyond_the_columns(
    iso_class: float, size: float
) -> None:
    assert iso14644.limit(iso_class, size) is None


@given(st.sampled_from(sorted(iso14644.CLASSES)), st.floats(0.01, 20))
def test_a_limit_of_any_size_is_none_or_at_least_one_and_never_above_that_of_a_smaller_size(
    iso_class: float, size: float
) -> None:
    here = iso14644.limit(iso_class, size)
    larger = iso14644.limit(iso_class, size * 1.5)
    assert here is None or here >= 1
    assert here is None or larger is None or larger <= here


@pytest.mark.parametrize("iso_class", [0, 0.5, 5.3, 9.5, 10, float("nan")])
def test_a_class_that_does_not_exist_is_refused_with_the_classes_that_do(iso_class: float) -> None:
    with pytest.raises(ValueError, match=r"classes are 1 to 9 in steps of 0\.5"):
        iso14644.limit(iso_class, 0.5)


@pytest.mark.parametrize("size", [0.0, -0.5, float("nan")])
def test_a_size_that_cannot_exist_is_refused(size: float) -> None:
    with pytest.raises(ValueError, match="particle size"):
        iso14644.limit(5, size)


@pytest.mark.parametrize(
    ("iso_class", "size", "expected"),
    [(5, 0.5, "ISO 14644-1:2015, Table 1"), (5.5, 0.5, "ISO 14644-1:2015, Table E.1")],
)
def test_a_limit_names_the_table_it_comes_from(iso_class: float, size: float, expected: str) -> None:
    assert iso14644.source(iso_class, size) == expected


def test_e7_the_class_number_of_20_at_five_and_5000_at_half_a_micrometre() -> None:
    assert round(iso14644.class_number(20, 5), 3) == 4.835
    assert round(iso14644.class_number(5000, 0.5), 3) == 5.153


@given(st.floats(1, 9), st.floats(0.1, 5))
def test_the_class_number_of_a_class_limit_is_the_class(number: float, size: float) -> None:
    assert iso14644.class_number(iso14644.concentration(number, size), size) == pytest.approx(number)


def test_a_class_number_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        iso14644.class_number(0, 0.5)


@pytest.mark.parametrize(
    ("limit", "litres"), [(3520, 5.682), (352_000, 2.0), (293, 68.259), (29, 689.655), (832, 24.038)]
)
def test_e8_the_sample_volume_holds_20_particles_at_the_limit_and_at_least_2_litres(
    limit: int, litres: float
) -> None:
    assert round(iso14644.sample_volume(limit), 3) == litres


@pytest.mark.parametrize(("limit", "minutes"), [(3520, 1.0), (293, 2.412), (29, 24.369)])
def test_e9_sampling_takes_the_time_for_the_volume_and_at_least_a_minute(limit: int, minutes: float) -> None:
    assert round(iso14644.sample_minutes(limit, 28.3), 3) == minutes


@pytest.mark.parametrize(("flow", "minutes"), [(28.3, 35.336), (28.316846592, 35.315), (50, 20.0), (100, 10.0)])
def test_e16_a_limit_of_20_needs_the_minutes_of_a_whole_cubic_metre(flow: float, minutes: float) -> None:
    assert iso14644.sample_volume(20) == 1000
    assert round(iso14644.sample_minutes(20, flow), 3) == minutes


def test_a_limit_or_a_flow_of_zero_has_no_sample() -> None:
    with pytest.raises(ValueError, match="above 0"):
        iso14644.sample_volume(0)
    with pytest.raises(ValueError, match="above 0"):
        iso14644.sample_minutes(29, 0)


LOCATIONS = [
    (2, 1), (4, 2), (6, 3), (8, 4), (10, 5), (24, 6), (28, 7), (32, 8), (36, 9), (52, 10), (56, 11), (64, 12),
    (68, 13), (72, 14), (76, 15), (104, 16), (108, 17), (116, 18), (148, 19), (156, 20), (192, 21), (232, 22),
    (276, 23), (352, 24), (436, 25), (636, 26), (1000, 27),
]  # fmt: skip


@pytest.mark.parametrize(("area", "locations"), LOCATIONS)
def test_every_row_of_table_a1_holds_up_to_its_area_and_no_further(area: int, locations: int) -> None:
    assert iso14644.sampling_locations(area) == locations
    assert iso14644.sampling_locations(area + 0.001) == locations + 1


@pytest.mark.parametrize(("area", "locations"), [(0.5, 1), (11, 6), (500, 26), (1001, 28), (1500, 41), (2000, 54)])
def test_between_two_rows_the_larger_number_holds_and_above_1000_square_metres_27_for_each(
    area: float, locations: int
) -> None:
    assert iso14644.sampling_locations(area) == locations


@pytest.mark.parametrize("area", [0.0, -4.0, float("nan"), float("inf")])
def test_an_area_that_cannot_exist_is_refused(area: float) -> None:
    with pytest.raises(ValueError, match="area"):
        iso14644.sampling_locations(area)


@given(st.floats(0.1, 5000), st.floats(0, 5000))
def test_a_larger_area_never_needs_fewer_locations(area: float, more: float) -> None:
    assert iso14644.sampling_locations(area + more) >= iso14644.sampling_locations(area)
