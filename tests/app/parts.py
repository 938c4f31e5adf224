"""A small suite for the app's tests, and what the station would publish about it."""

from collections.abc import Sequence

import msgspec
import pandas as pd

from app.live.hub import Hub
from bus import topics
from bus.messages import AlarmNotice, CleanReading, RoomNotice, StationBeat
from facility.alarm import AlarmState, Condition
from facility.instants import MINUTE, SECOND, Instant, Span, datetime_of
from facility.limit import Limit, Severity, Side
from facility.quantities import MEASURES, Quantity
from facility.site import MAIN, Area, CascadeStep, Door, Grade, Instrument, Point, Rectangle, Room, Site
from storage.samples.store import ENVELOPE_COLUMNS, RAW_COLUMNS

NOON: Instant = 1_795_348_800_000


def limit(severity: Severity, side: Side, value: float) -> Limit:
    return Limit(severity, side, value)


PRESSURE_LIMITS = (
    limit(Severity.ALERT, Side.LOW, 40),
    limit(Severity.ACTION, Side.LOW, 36),
    limit(Severity.ALERT, Side.HIGH, 52),
    limit(Severity.ACTION, Side.HIGH, 56),
)
PARTICLE_LIMITS = (
    limit(Severity.ALERT, Side.HIGH, 150_000),
    limit(Severity.ACTION, Side.HIGH, 352_000),
)


def point(
    id: str,
    quantity: Quantity,
    limits: Sequence[Limit] = (),
    *,
    name: str = "",
    size: float | None = None,
    silent_after: Span | None = 30 * SECOND,
) -> Point:
    room, instrument, *_ = id.split(".")
    return Point(
        id=id,
        name=name or MEASURES[quantity].name,
        room=room,
        instrument=f"{room}.{instrument}",
        quantity=quantity,
        size=size,
        limits=tuple(limits),
        silent_after=silent_after,
        fault_severity=Severity.ALERT,
    )


def site(*more: Point) -> Site:
    """Two rooms above a corridor, with a workstation in the first."""
    points = {
        p.id: p
        for p in (
            point("B101.DP1", Quantity.PRESSURE, PRESSURE_LIMITS, name="Room pressure"),
            point("B101.DP2", Quantity.PRESSURE, [limit(Severity.ACTION, Side.LOW, 7.5)], name="Step to B109"),
            point("B101.PC1.p0_5", Quantity.PARTICLES, PARTICLE_LIMITS, size=0.5, silent_after=3 * MINUTE),
            point("BSC1.PC1.p0_5", Quantity.PARTICLES, PARTICLE_LIMITS, size=0.5, silent_after=3 * MINUTE),
            point("B102.T1", Quantity.TEMPERATURE, name="Temperature"),
            point("B109.DP1", Quantity.PRESSURE, PRESSURE_LIMITS, name="Room pressure"),
            *more,
        )
    }
    rooms = (
        Room("B101", "Aseptic processing 1", "B", Grade.B, Rectangle(0, 0, 600, 300)),
        Room("BSC1", "Workstation BSC 1", "B", Grade.A, Rectangle(440, 20, 140, 80), inside="B101"),
        Room("B102", "Cell <culture> & co", "B", Grade.C, Rectangle(600, 0, 600, 300)),
        Room("B109", "Clean corridor", "B", Grade.C, Rectangle(0, 300, 1200, 90)),
    )
    instruments = {
        p.instrument: Instrument(p.instrument, p.name, p.room, None, None, 10 * SECOND) for p in points.values()
    }
    return Site(
        id="suite",
        name="Suite B",
        timezone="Europe/Zurich",
        areas=(Area("B", "Suite B"),),
        rooms={room.id: room for room in rooms},
        doors=(Door(("B101", "B109")), Door(("B101", "B102"))),
        instruments=instruments,
        points=points,
        cascade=(CascadeStep("B101.DP1", "B101", None), CascadeStep("B101.DP2", "B101", "B109")),
        simulated=True,
    )


class Time:
    """A clock that stands until it is moved."""

    def __init__(self, now: Instant = NOON) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now


def alarm_notice(
    point: str,
    *,
    severity: str = "action",
    state: str = AlarmState.UNACKNOWLEDGED,
    condition: str = Condition.HIGH,
    onset: Instant = NOON - 2 * MINUTE,
) -> AlarmNotice:
    return AlarmNotice(
        alarm=f"{point}/{condition.replace(' ', '-')}/{onset}",
        point=point,
        room=point.split(".")[0],
        condition=condition,
        severity=severity,
        state=state,
        onset=datetime_of(onset),
        raised=datetime_of(onset),
        returned=None,
        value=None,
        limit=None,
        operator=None,
        worst=None,
        unit="",
        acknowledged_by=None,
        acknowledged_at=None,
        comment=None,
    )


def publish_reading(hub: Hub, point: str, value: float | None, time: Instant, validity: str = "valid") -> None:
    """What the station's publisher sends for a reading, handed to the hub as the MQTT client would."""
    reading = CleanReading(point, datetime_of(time), value, "", validity, datetime_of(time))
    hub.take(topics.clean_reading("suite", point), msgspec.json.encode(reading))


def publish_alarm(hub: Hub, notice: AlarmNotice) -> None:
    hub.take(topics.clean_alarm("suite", notice.point, notice.condition), msgspec.json.encode(notice))


def publish_room(hub: Hub, room: str, state: str | None) -> None:
    notice = RoomNotice(room, state, None, ())
    hub.take(topics.clean_room("suite", room), msgspec.json.encode(notice))


def publish_beat(hub: Hub, at: Instant, alive: bool = True) -> None:
    hub.take(topics.station("suite", MAIN), msgspec.json.encode(StationBeat(MAIN, alive, datetime_of(at), 1, 1, 1)))


class NoSamples:
    """A sample store in which nothing is."""

    def latest(self, points: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame(columns=RAW_COLUMNS)

    def raw(self, point: str, start: Instant, end: Instant) -> pd.DataFrame:
        return pd.DataFrame(columns=RAW_COLUMNS)

    def envelope(self, points: Sequence[str], start: Instant, end: Instant, buckets: int) -> pd.DataFrame:
        return pd.DataFrame(columns=ENVELOPE_COLUMNS)

    def count_outside(self, point: str, start: Instant, end: Instant, low: float | None, high: float | None) -> int:
        return 0

    def extent(self, points: Sequence[str]) -> tuple[Instant, Instant] | None:
        return None
