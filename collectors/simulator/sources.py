"""The gateways through which the simulated instruments speak: one for each kind of instrument."""

from facility.quantities import Quantity
from facility.site import Site

SYSTEMS = "site-systems"
"""Room schedule and batch system: it sends events, no readings."""
LABORATORY = "laboratory"

_OF_QUANTITY = {
    Quantity.PARTICLES: "particle-counters",
    Quantity.PRESSURE: "pressure",
    Quantity.AIR_VELOCITY: "workstations",
    Quantity.VIABLE_AIR: LABORATORY,
}


def source_of(site: Site, instrument: str) -> str:
    """The gateway of an instrument. Climate, incubators and freezers have one in each room."""
    quantity = site.points_by_instrument[instrument][0].quantity
    return _OF_QUANTITY.get(quantity) or f"climate-{site.instruments[instrument].room}"


def sources(site: Site) -> list[str]:
    """All gateways of a site."""
    return sorted({SYSTEMS} | {source_of(site, id) for id, points in site.points_by_instrument.items() if points})
