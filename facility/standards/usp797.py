"""USP <797> Pharmaceutical Compounding: Sterile Preparations, official since 1 November 2023.

An action level is passed when the count is *above* it: 1 CFU in ISO class 5 air is no action here, while EU GMP
Annex 1 and FDA 2004 accept none. ISO class 6 is not used. The chapter also asks for 20 °C or cooler and 60 % relative
humidity or below in the suite; these are no default limits, as a temperature point may be an incubator's.
"""

from typing import NamedTuple


class Viable(NamedTuple):
    """Action levels; more than this is action."""

    air: int
    """CFU per m³ (1,000 L)."""
    surface: int
    """CFU per device."""


VIABLE: dict[float, Viable] = {
    5.0: Viable(air=1, surface=3),
    7.0: Viable(air=10, surface=5),
    8.0: Viable(air=100, surface=50),
}
"""By ISO class, in operation."""

LEAST_PRESSURE_IN_H2O = 0.020
"""Inches of water between classified areas, and from them to unclassified ones, at least."""
