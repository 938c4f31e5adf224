"""ISO 14644-1:2015: classes of air cleanliness by particle concentration, and how to sample for them.

All concentrations are particles per m³ of that size and larger; sizes are in µm.
"""

import math
from decimal import ROUND_HALF_UP, Decimal

SIZES = (0.1, 0.2, 0.3, 0.5, 1.0, 5.0)
"""The columns of Table 1 and Table E.1."""

TABLE_1: dict[float, tuple[int | None, ...]] = {
    1.0: (10, None, None, None, None, None),
    2.0: (100, 24, 10, None, None, None),
    3.0: (1_000, 237, 102, 35, None, None),
    4.0: (10_000, 2_370, 1_020, 352, 83, None),
    5.0: (100_000, 23_700, 10_200, 3_520, 832, None),
    6.0: (1_000_000, 237_000, 102_000, 35_200, 8_320, 293),
    7.0: (None, None, None, 352_000, 83_200, 2_930),
    8.0: (None, None, None, 3_520_000, 832_000, 29_300),
    9.0: (None, None, None, 35_200_000, 8_320_000, 293_000),
}
"""Table 1. None is a cell that the standard calls not applicable."""

TABLE_E1: dict[float, tuple[int | None, ...]] = {
    1.5: (32, None, None, None, None, None),
    2.5: (316, 75, 32, None, None, None),
    3.5: (3_160, 748, 322, 111, None, None),
    4.5: (31_600, 7_480, 3_220, 1_110, 263, None),
    5.5: (316_000, 74_800, 32_200, 11_100, 2_630, None),
    6.5: (3_160_000, 748_000, 322_000, 111_000, 26_300, 925),
    7.5: (None, None, None, 1_110_000, 263_000, 9_250),
    8.5: (None, None, None, 11_100_000, 2_630_000, 92_500),
}
"""Table E.1, the intermediate classes. Steps finer than 0.5 are not appropriate since 2015."""

CLASSES = TABLE_1 | TABLE_E1

IN_OPERATION_ONLY = frozenset({8.5, 9.0})
"""Classes that exist in operation only (note g of both tables)."""

TABLE_A1 = {
    2: 1, 4: 2, 6: 3, 8: 4, 10: 5, 24: 6, 28: 7, 32: 8, 36: 9, 52: 10, 56: 11, 64: 12, 68: 13, 72: 14,
    76: 15, 104: 16, 108: 17, 116: 18, 148: 19, 156: 20, 192: 21, 232: 22, 276: 23, 352: 24, 436: 25,
    636: 26, 1000: 27,
}  # fmt: skip
"""Table A.1: area in m², up to and including, and the number of sampling locations."""

LEAST_VOLUME = 2.0
"""Litres at each location, at least (A.4.4)."""

LEAST_MINUTES = 1.0
"""Minutes at each location, at least (A.4.4)."""


def limit(iso_class: float, size_um: float) -> int | None:
    """The maximum concentration per m³ of a class at a size, or None where the standard defines none.

    Sizes between two columns follow formula (E.1) if both columns have a limit for this class: the formula never
    reaches into cells that are not applicable, nor beyond 0.1 to 5 µm. ValueError for a class or size that
    cannot exist.
    """
    row = dict(zip(SIZES, _row(iso_class), strict=True))
    if not size_um > 0:
        raise ValueError(f"a particle size of {size_um} µm cannot exist")
    if size_um in row:
        return row[size_um]
    smaller = [row[size] for size in SIZES if size < size_um]
    larger = [row[size] for size in SIZES if size > size_um]
    if not smaller or not larger or smaller[-1] is None or larger[0] is None:
        return None
    return whole_number(concentration(iso_class, size_um))


def source(iso_class: float, size_um: float) -> str:
    """Which part of the standard the limit of this class and size comes from."""
    if size_um not in SIZES:
        return "ISO 14644-1:2015, formula (E.1)"
    return f"ISO 14644-1:2015, Table {'1' if iso_class in TABLE_1 else 'E.1'}"


def concentration(iso_class: float, size_um: float) -> float:
    """Formula (E.1), not rounded: 10^N x (0.1 / D)^2.08 particles per m³."""
    return float(10**iso_class * (0.1 / size_um) ** 2.08)


def whole_number(raw: float) -> int:
    """Rounded as the tables are: to three significant figures, half up, and then to a whole number."""
    exact = Decimal(raw)
    three_figures = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 2), ROUND_HALF_UP)
    return int(three_figures.quantize(Decimal(1), ROUND_HALF_UP))


def class_number(per_m3: float, size_um: float) -> float:
    """Formula (E.1) turned round: the class number at which this concentration is the limit.

    For comparing only. A report names a class of the tables, and only if every considered size passes.
    """
    if not per_m3 > 0 or not size_um > 0:
        raise ValueError(f"no class number for {per_m3} particles per m³ of {size_um} µm; both must be above 0")
    return math.log10(per_m3) + 2.08 * math.log10(size_um / 0.1)


def sample_volume(limit_per_m3: float) -> float:
    """Litres to sample at each location: 20 particles at the limit of the largest size, at least 2 L (A.4.4)."""
    if not limit_per_m3 > 0:
        raise ValueError(f"no sample volume for a limit of {limit_per_m3} per m³; it must be above 0")
    return max(20 / limit_per_m3 * 1000, LEAST_VOLUME)


def sample_minutes(limit_per_m3: float, litres_per_minute: float) -> float:
    """Minutes to sample at each location with a counter of this flow, at least 1 min (A.4.4)."""
    if not litres_per_minute > 0:
        raise ValueError(f"a flow of {litres_per_minute} L/min takes no sample; it must be above 0")
    return max(sample_volume(limit_per_m3) / litres_per_minute, LEAST_MINUTES)


def sampling_locations(area_m2: float) -> int:
    """The least number of sampling locations for an area: Table A.1, above 1,000 m² 27 for each 1,000 m²."""
    if not 0 < area_m2 < math.inf:
        raise ValueError(f"an area of {area_m2} m² has no sampling locations; it must be above 0")
    for up_to, locations in TABLE_A1.items():
        if area_m2 <= up_to:
            return locations
    return math.ceil(27 * area_m2 / 1000)


def _row(iso_class: float) -> tuple[int | None, ...]:
    try:
        return CLASSES[iso_class]
    except KeyError:
        raise ValueError(f"there is no ISO class {iso_class:g}; classes are 1 to 9 in steps of 0.5") from None
