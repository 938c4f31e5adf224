"""The quantities that are watched, with unit, digits and the range that is physically possible."""

from dataclasses import dataclass
from enum import StrEnum

from facility.language import N_


class Quantity(StrEnum):
    """What a point measures. The value is the word in the site file and in topics."""

    PARTICLES = "particles"
    PRESSURE = "differential_pressure"
    TEMPERATURE = "temperature"
    HUMIDITY = "relative_humidity"
    VIABLE_AIR = "viable_air"
    AIR_VELOCITY = "air_velocity"
    CO2 = "co2"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a quantity is written, and what values can exist at all (both ends included)."""

    name: str
    unit: str
    decimals: int
    lowest: float
    highest: float


MEASURES: dict[Quantity, Measure] = {
    Quantity.PARTICLES: Measure(N_("Particles"), "/m³", 0, 0, 1e10),
    Quantity.PRESSURE: Measure(N_("Pressure"), "Pa", 1, -500, 500),
    Quantity.TEMPERATURE: Measure(N_("Temperature"), "°C", 1, -200, 150),
    Quantity.HUMIDITY: Measure(N_("Relative humidity"), "%", 1, 0, 100),
    Quantity.VIABLE_AIR: Measure(N_("Viable air"), "CFU/m³", 0, 0, 1e6),
    Quantity.AIR_VELOCITY: Measure(N_("Air velocity"), "m/s", 2, 0, 30),
    Quantity.CO2: Measure(N_("CO₂"), "%", 1, 0, 100),
}
