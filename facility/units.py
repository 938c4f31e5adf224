"""Units that other people use, and ours: pascals, litres, metres a second."""

CUBIC_FOOT = 28.316846592
"""Litres in a cubic foot (exact, 0.3048 m cubed); also the L/min of 1 cfm, the flow of most particle counters."""

CUBIC_METRE = 1000.0
"""Litres in a cubic metre."""

MICROLITRES = 1_000_000
"""Microlitres in a litre."""

INCH_OF_WATER = 0.0254 * 9.80665 * 1000
"""Pascals in a conventional inch of water (4 °C, taken as 1000 kg/m³): 249.089 Pa."""

FOOT_PER_MINUTE = 0.3048 / 60
"""Metres a second in a foot a minute."""


def pascals(inches_of_water: float) -> float:
    """Inches of water to Pa."""
    return inches_of_water * INCH_OF_WATER


def inches_of_water(pascals: float) -> float:
    """Pa to inches of water."""
    return pascals / INCH_OF_WATER


def metres_per_second(feet_per_minute: float) -> float:
    """Feet a minute to m/s."""
    return feet_per_minute * FOOT_PER_MINUTE
