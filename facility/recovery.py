"""How fast a cleanroom clears itself of particles once their source has gone (ISO 14644-3, recovery test).

For rooms with mixed, not unidirectional, flow.
"""

import math


def recovery_rate(start_per_m3: float, end_per_m3: float, minutes: float) -> float:
    """The rate of decay per minute between two concentrations; ValueError if there was no decay to measure."""
    if not 0 < end_per_m3 < start_per_m3 or not minutes > 0:
        raise ValueError(f"from {start_per_m3} to {end_per_m3} per m³ in {minutes} min is no recovery")
    return math.log(start_per_m3 / end_per_m3) / minutes


def recovery_minutes(rate_per_minute: float) -> float:
    """Minutes until a hundredth is left (the 100:1 recovery time)."""
    if not rate_per_minute > 0:
        raise ValueError(f"a rate of {rate_per_minute} per minute never recovers; it must be above 0")
    return math.log(100) / rate_per_minute


def mixing_rate(air_changes_per_hour: float) -> float:
    """The rate of decay per minute of a room whose air mixes ideally."""
    return air_changes_per_hour / 60
