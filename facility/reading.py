"""One value of one point, with what it was computed from and whether it may be believed."""

from enum import IntEnum, IntFlag

import msgspec

from facility.instants import Instant


class Validity(IntEnum):
    """May a reading be believed? Valid and suspect readings are judged; invalid ones are kept and shown."""

    VALID = 0
    SUSPECT = 1
    INVALID = 2


class Reason(IntFlag):
    """Why a reading is not simply valid. The lower byte makes it suspect, the upper byte invalid."""

    CALIBRATION_OVERDUE = 1 << 0
    CLOCK_AHEAD = 1 << 1
    """Dated later than it was received, by more than the tolerated skew."""
    FLOW_OFF = 1 << 2
    """Sample volume more than 5 % off the instrument's nominal volume."""
    COUNTER_OVERFLOW = 1 << 3
    """The true count is at least this much."""
    SERVICE_DUE = 1 << 4
    SERIAL_DIFFERS = 1 << 5
    """Sent by another instrument than the site file names."""

    FLOW_FAULT = 1 << 8
    LASER_FAULT = 1 << 9
    OUT_OF_RANGE = 1 << 10
    """Physically impossible for the quantity."""
    COUNTS_CONTRADICT = 1 << 11
    """Cumulative counts that grow with particle size, or a sample without volume."""
    SENSOR_FAULT = 1 << 12
    IN_MAINTENANCE = 1 << 13


SUSPECT_MASK = 0x00FF
INVALID_MASK = 0xFF00


def validity_of(reasons: int) -> Validity:
    """The validity that a set of reasons amounts to."""
    if reasons & INVALID_MASK:
        return Validity.INVALID
    return Validity.SUSPECT if reasons else Validity.VALID


def words_of(reasons: int) -> tuple[str, ...]:
    """A set of reasons in words, as people and clean topics have them: "calibration overdue"."""
    return tuple(reason.name.lower().replace("_", " ") for reason in Reason if reasons & reason and reason.name)


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value of one point; identified by point and time, and immutable.

    `time` is the end of the sample by the instrument's clock. `value` is in the unit of the point's quantity,
    NaN where an invalid reading has no number. `count` (raw, cumulative) and `volume` (litres) stand behind
    a particle concentration or a viable result; `sequence` is the sender's number of the message.
    """

    point: str
    time: Instant
    value: float
    reasons: int
    received: Instant
    sequence: int | None = None
    count: int | None = None
    volume: float | None = None

    @property
    def validity(self) -> Validity:
        return validity_of(self.reasons)
