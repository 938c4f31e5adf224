"""What air is like: water vapour, and how particles of different sizes share out."""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FloatOrArray = TypeVar("FloatOrArray", float, NDArray[np.float64])


def saturation(temperature: FloatOrArray) -> FloatOrArray:
    """The pressure of saturated water vapour in Pa at °C (Magnus formula over water, WMO No. 8, annex 4.B)."""
    exponent = 17.62 * temperature / (243.12 + temperature)
    return 611.2 * (math.exp(exponent) if isinstance(exponent, float) else np.exp(exponent))


def vapour(humidity: FloatOrArray, temperature: FloatOrArray) -> FloatOrArray:
    """The pressure of water vapour in Pa of air with this relative humidity in % at °C."""
    return humidity / 100 * saturation(temperature)


def humidity(vapour: FloatOrArray, temperature: FloatOrArray) -> FloatOrArray:
    """The relative humidity in %, not above 100, of air at °C with this pressure of water vapour in Pa."""
    relative = 100 * vapour / saturation(temperature)
    return min(relative, 100.0) if isinstance(relative, float) else np.minimum(relative, 100.0)
