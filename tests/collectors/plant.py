"""A site of two rooms, small enough to know by heart."""

from datetime import date

from facility.instants import MINUTE, Instant
from facility.limit import Severity
from facility.quantities import Quantity
from facility.site import Area, Grade, Instrument, Point, Rectangle, Room, Site

NOW: Instant = 1_795_336_500_000
"""2026-11-22T08:35:00Z, when everything in these tests is received."""

PLAN = Rectangle(0, 0, 10, 10)

SITE = Site(
    id="demo",
    name="Demo suite",
    timezone="Europe/Berlin",
    areas=(Area("suite", "Suite"),),
    rooms={
        "B101": Room("B101", "Filling", "suite", Grade.B, PLAN),
        "C102": Room("C102", "Preparation", "suite", Grade.C, PLAN),
    },
    doors=(),
    instruments={
        "PC1": Instrument("PC1", "Particle counter", "B101", "22817", date(2027, 6, 30), MINUTE, 28.3),
        "DP1": Instrument("DP1", "Pressure", "B101", "77-1", date(2026, 11, 22), MINUTE),
        "AS1": Instrument("AS1", "Air sampler", "B101", None, None, MINUTE, 1000.0),
    },
    points={
        point.id: point
        for point in (
            Point("B101.PC1.p0_5", "≥ 0.5 µm", "B101", "PC1", Quantity.PARTICLES, 0.5, (), MINUTE, Severity.ACTION),
            Point("B101.PC1.p5_0", "≥ 5 µm", "B101", "PC1", Quantity.PARTICLES, 5.0, (), MINUTE, Severity.ACTION),
            Point("B101.DP1", "Pressure", "B101", "DP1", Quantity.PRESSURE, None, (), MINUTE, Severity.ALERT),
            Point("B101.AS1", "Viable air", "B101", "AS1", Quantity.VIABLE_AIR, None, (), MINUTE, Severity.ALERT),
        )
    },
    cascade=(),
)
