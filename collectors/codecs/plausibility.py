"""What speaks against a reading, by what the site file says of its point and instrument."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from facility.conditions import overdue_from
from facility.instants import DAY, SECOND, Instant, instant_of
from facility.quantities import Quantity
from facility.reading import Reason
from facility.site import Instrument, Site

TOLERATED_SKEW = 30 * SECOND
"""Dated later than this after it was received, a reading is suspect."""
TOO_FAR_AHEAD = DAY
"""Dated later than this after it was received, it is not stored: it would mute its point until then."""
EARLIEST = instant_of(datetime(2000, 1, 1, tzinfo=UTC))
"""Dated earlier, the instrument's clock was never set."""
TOLERATED_FLOW = 0.05
"""How far a sample's volume may be off the nominal one, as a fraction of it."""


@dataclass(frozen=True, slots=True)
class KnownInstrument:
    """An instrument, made ready for looking up. `sizes` are its particle points by size in µm."""

    id: str
    serial: str | None
    overdue_from: float
    """The instant when its calibration is overdue: the end of the due day in the site's zone; infinite if none."""
    nominal_volume: float | None
    sizes: dict[float, "KnownPoint"]


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point, made ready for looking up, with the values that can exist at all."""

    id: str
    quantity: Quantity
    lowest: float
    highest: float
    instrument: KnownInstrument


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A site, made ready for looking up."""

    id: str
    rooms: frozenset[str]
    instruments: dict[str, KnownInstrument]
    points: dict[str, KnownPoint]


def known_site(site: Site) -> KnownSite:
    """What decoding needs to know of a site."""
    zone = ZoneInfo(site.timezone)
    instruments = {
        id: KnownInstrument(
            id,
            instrument.serial,
            _overdue_from(instrument, zone),
            instrument.nominal_volume,
            sizes={},
        )
        for id, instrument in site.instruments.items()
    }
    points = {
        id: KnownPoint(id, point.quantity, *point.possible, instruments[point.instrument])
        for id, point in site.points.items()
    }
    for point in site.points.values():
        if point.size is not None:
            instruments[point.instrument].sizes[point.size] = points[point.id]
    return KnownSite(site.id, frozenset(site.rooms), instruments, points)


def undatable(sent: datetime, received: Instant) -> str | None:
    """Why nothing with this time can be stored, or None. It is told as it was sent: in UTC it may be of no year."""
    time = instant_of(sent)
    if time > received + TOO_FAR_AHEAD:
        return f"is dated {sent.isoformat()}, more than a day after it was received; set the instrument's clock"
    if time < EARLIEST:
        return f"is dated {sent.isoformat()}; the instrument's clock was never set"
    return None


def doubts(instrument: KnownInstrument, time: Instant, received: Instant, serial: str | None) -> int:
    """The reasons to suspect whatever this instrument sends with this time and serial number."""
    reasons = 0
    if time > received + TOLERATED_SKEW:
        reasons |= Reason.CLOCK_AHEAD
    if time >= instrument.overdue_from:
        reasons |= Reason.CALIBRATION_OVERDUE
    if serial is not None and instrument.serial is not None and serial != instrument.serial:
        reasons |= Reason.SERIAL_DIFFERS
    return reasons


def flow_doubts(instrument: KnownInstrument, litres: float) -> int:
    """The reasons to suspect a sample of this volume."""
    nominal = instrument.nominal_volume
    if nominal is not None and abs(litres - nominal) > TOLERATED_FLOW * nominal:
        return Reason.FLOW_OFF
    return 0


def _overdue_from(instrument: Instrument, zone: ZoneInfo) -> float:
    due = instrument.calibration_due
    return math.inf if due is None else overdue_from(due, zone)
