"""FDA, Guidance for Industry: Sterile Drug Products Produced by Aseptic Processing, September 2004.

Its classes hold near the exposed product during activity, so all numbers are for rooms in operation.
"""

from typing import NamedTuple


class AirClass(NamedTuple):
    """One row of Table 1. Particles are per m³, 0.5 µm and larger: the only size that the guidance knows."""

    particles: int
    air: int
    """Microbial action level, CFU per m³ of active air sample."""
    settle_plate: int
    """Microbial action level, CFU per 90 mm plate in 4 hours (optional)."""
    growth_is_action: bool
    """Samples should normally yield no contaminants (note e): 1 CFU is action already, not only more than 1."""


PARTICLE_SIZE = 0.5

TABLE_1: dict[float, AirClass] = {
    5.0: AirClass(3_520, 1, 1, growth_is_action=True),
    6.0: AirClass(35_200, 7, 3, growth_is_action=False),
    7.0: AirClass(352_000, 10, 5, growth_is_action=False),
    8.0: AirClass(3_520_000, 100, 50, growth_is_action=False),
}
"""Table 1 by ISO class (class 100, 1,000, 10,000 and 100,000 per ft³)."""

LEAST_PRESSURE = 10.0
"""Pa between rooms of different classification, doors closed, at least (IV.C: 10 to 15 Pa)."""

LEAST_PRESSURE_TO_UNCLASSIFIED = 12.5
"""Pa between a classified room and an unclassified one, at least (IV.C)."""

UNIDIRECTIONAL = 5.0
"""The ISO class of the critical area, which has unidirectional air."""

LOWEST_VELOCITY = 0.36
"""m/s of unidirectional air: 0.45 m/s (90 ft/min) less 20 %."""

HIGHEST_VELOCITY = 0.54
"""m/s of unidirectional air: 0.45 m/s (90 ft/min) and 20 % more."""
