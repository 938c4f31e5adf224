"""EU GMP Annex 1:2022 (the same text as PIC/S PE 009-17 Annex 1): the numbers for cleanroom grades.

Every number is a maximum that may be reached and not exceeded, or a minimum likewise (9.9: maximum action limits).
Clean air devices and rooms: 4.27 classification, 4.31 microbial qualification, 9.15 and 9.30 monitoring.
"""

from typing import NamedTuple

from facility.site import Grade


class Maximum(NamedTuple):
    """Particles per m³ of a size and larger, by state of the room. None: the standard gives no number."""

    at_rest: int | None
    in_operation: int | None


CLASSIFICATION: dict[Grade, dict[float, Maximum]] = {
    Grade.A: {0.5: Maximum(3_520, 3_520), 5.0: Maximum(None, None)},
    Grade.B: {0.5: Maximum(3_520, 352_000), 5.0: Maximum(None, 2_930)},
    Grade.C: {0.5: Maximum(352_000, 3_520_000), 5.0: Maximum(2_930, 29_300)},
    Grade.D: {0.5: Maximum(3_520_000, None), 5.0: Maximum(29_300, None)},
}
"""Table 1 (4.27). At 5 µm *not specified* for A, and for B at rest; grade D in operation *not predetermined*."""

MONITORING: dict[Grade, dict[float, Maximum]] = {
    Grade.A: {0.5: Maximum(3_520, 3_520), 5.0: Maximum(29, 29)},
    Grade.B: {0.5: Maximum(3_520, 352_000), 5.0: Maximum(29, 2_930)},
    Grade.C: {0.5: Maximum(352_000, 3_520_000), 5.0: Maximum(2_930, 29_300)},
    Grade.D: {0.5: Maximum(3_520_000, None), 5.0: Maximum(29_300, None)},
}
"""Table 5 (9.15). Grade D in operation is *not predetermined*: the site sets it from risk and routine data."""


class Viable(NamedTuple):
    """Colony-forming units (CFU). None: the standard gives no number."""

    air: int
    """Per m³ of air."""
    settle_plate: int
    """Per 90 mm plate in 4 hours."""
    contact_plate: int
    """Per 55 mm plate."""
    glove_print: int | None
    """Per glove, five fingers."""


VIABLE: dict[Grade, Viable] = {
    Grade.A: Viable(0, 0, 0, 0),
    Grade.B: Viable(10, 5, 5, 5),
    Grade.C: Viable(100, 50, 25, None),
    Grade.D: Viable(200, 100, 50, None),
}
"""Table 6 (9.30); Table 2 (4.31, qualification) has the same numbers without glove prints.

Grade A is *no growth*: 0, and any colony exceeds it and calls for an investigation (note c).
"""

LEAST_PRESSURE = 10.0
"""Pa between adjacent rooms of different grades, at least (4.14, a guidance value)."""

LOWEST_VELOCITY = 0.36
"""m/s of unidirectional air at the working position (4.30, a guidance value)."""

HIGHEST_VELOCITY = 0.54
"""m/s of unidirectional air at the working position (4.30, a guidance value)."""
