"""The gateways through which the simulated instruments speak: one for each kind of instrument."""

from collectors.simulator.design import PlantDesign
from facility.quantities import Quantity
from facility.site import Site

SYSTEMS = "site-systems"
"""Room schedule and batch system: it sends events, no readings."""
LABORATORY = "laboratory"
CLIMATE = "climate"

_OF_QUANTITY = {
    Quantity.PARTICLES: "particle-counters",
    Quantity.PRESSURE: "pressure",
    Quantity.AIR_VELOCITY: "workstations",
    Quantity.VIABLE_AIR: LABORATORY,
}


def source_of(site: Site, design: PlantDesign, instrument: str) -> str:
    """The gateway of an instrument. Incubators, refrigerators and freezers have one in each room."""
    if instrument in design.cabinets:
        return f"cabinets-{site.instruments[instrument].room}"
    return _OF_QUANTITY.get(site.points_by_instrument[instrument][0].quantity, CLIMATE)


def sources(site: Site, design: PlantDesign) -> list[str]:
    """All gateways of a site."""
    measuring = (id for id, points in site.points_by_instrument.items() if points)
    return sorted({SYSTEMS} | {source_of(site, design, id) for id in measuring})
