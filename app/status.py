"""How things stand: the status of a point and of a room, worst first, as plain decisions.

A room never starts as normal: where nothing is known, the status is no data.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from zoneinfo import ZoneInfo

from app.scale import Bounds, limit_used
from bus.messages import AlarmNotice
from facility.alarm import DOUBTED, STANDING, AlarmState, HoldKind
from facility.instants import Instant, datetime_of, instant_of
from facility.language import N_, _
from facility.limit import Severity
from facility.reading import Validity
from facility.site import Instrument, Point


class Status(IntEnum):
    """How a point or a room stands; a higher number is worse."""

    NORMAL = 0
    ADVISORY = 1
    RETURNED = 2
    """Back inside, but nobody has acknowledged the alarm yet."""
    ALERT = 3
    NO_DATA = 4
    ACTION = 5

    @property
    def mark(self) -> str:
        """The name that style sheets and symbols use: `action`, `nodata`."""
        return self.name.lower().replace("_", "")


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest reading of a point. `reasons` says in words why it is not simply valid."""

    time: Instant
    value: float | None
    validity: Validity
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PointStatus:
    """How a point stands, in which word, since when, and how much of its limit it uses (1 is at the limit)."""

    point: str
    status: Status
    word: str
    since: Instant | None = None
    unacknowledged: bool = False
    used: float | None = None


UNANSWERED = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED})
BY_SEVERITY = {
    Severity.ACTION: Status.ACTION,
    Severity.ALERT: Status.ALERT,
    Severity.ADVISORY: Status.ADVISORY,
}


PUT_ASIDE = {
    HoldKind.SHELVED.value: N_("SHELVED"),
    HoldKind.SUPPRESSED.value: N_("SUPPRESSED"),
    HoldKind.OUT_OF_SERVICE.value: N_("OUT OF SERVICE"),
}
"""What stands in place of the word of an alarm that calls nobody. One that another explains looks as bad as it is."""


def alarm_status(condition: str, severity: Severity, state: str, held: str | None = None) -> Status:
    """How an alarm makes its point look, while it stands. `held` is the kind of what holds it back."""
    if held in PUT_ASIDE or state == AlarmState.LATCHED:
        return Status.ADVISORY
    if state == AlarmState.RETURNED:
        return Status.RETURNED
    if condition in DOUBTED:
        return Status.NO_DATA
    return BY_SEVERITY[severity]


def alarm_word(condition: str, severity: Severity, state: str, held: str | None = None) -> str:
    """The word that stands beside colour and shape."""
    if held in PUT_ASIDE:
        return _(PUT_ASIDE[held])
    if state == AlarmState.LATCHED:
        return _("LATCHED")
    status = alarm_status(condition, severity, state)
    return (_(condition) if status is Status.NO_DATA else _(status.name.lower())).upper()


def overdue_by(instrument: Instrument, now: Instant, timezone: str) -> int | None:
    """By how many whole days of the site's zone calibration is overdue, None while it is not."""
    if instrument.calibration_due is None:
        return None
    days = (datetime_of(now).astimezone(ZoneInfo(timezone)).date() - instrument.calibration_due).days
    return days if days > 0 else None


def point_status(
    point: Point,
    newest: Newest | None,
    alarms: Iterable[AlarmNotice],
    bounds: Bounds,
    overdue: int | None,
    now: Instant,
    station_silent: bool = False,
    put_aside: Collection[str] = (),
) -> PointStatus:
    """How one point stands now. `alarms` are those of this point, `bounds` those in force in its room.

    While its station is silent, nothing that was heard of it may pass for the present. `put_aside` are the kinds of
    what people have put aside of it, so that nobody takes its silence for health.
    """
    used = None if newest is None or newest.value is None else limit_used(newest.value, point.quantity, bounds)
    candidates = [
        PointStatus(
            point.id,
            alarm_status(alarm.condition, Severity[alarm.severity.upper()], alarm.state, _kind(alarm)),
            alarm_word(alarm.condition, Severity[alarm.severity.upper()], alarm.state, _kind(alarm)),
            instant_of(alarm.onset),
            alarm.state in UNANSWERED and alarm.held is None,
            used,
        )
        for alarm in alarms
        if alarm.state in STANDING
    ]
    if HoldKind.OUT_OF_SERVICE in put_aside:
        return PointStatus(point.id, Status.ADVISORY, _(PUT_ASIDE[HoldKind.OUT_OF_SERVICE]), used=used)
    if HoldKind.SHELVED in put_aside:
        candidates.append(PointStatus(point.id, Status.ADVISORY, _(PUT_ASIDE[HoldKind.SHELVED]), used=used))
    if station_silent:
        candidates.append(PointStatus(point.id, Status.NO_DATA, _("STATION SILENT"), newest.time if newest else None))
    elif newest is None:
        status = Status.NORMAL if point.silent_after is None else Status.NO_DATA
        candidates.append(PointStatus(point.id, status, _("NO READING YET")))
    elif point.silent_after is not None and now - newest.time > point.silent_after:
        candidates.append(PointStatus(point.id, Status.NO_DATA, _("NO DATA"), newest.time))
    elif newest.validity is Validity.INVALID:
        candidates.append(PointStatus(point.id, Status.NO_DATA, _("INVALID"), newest.time))
    elif newest.validity is Validity.SUSPECT:
        candidates.append(PointStatus(point.id, Status.ADVISORY, _("SUSPECT"), newest.time, used=used))
    elif overdue is not None:
        candidates.append(PointStatus(point.id, Status.ADVISORY, _("CALIBRATION OVERDUE"), used=used))
    candidates.append(PointStatus(point.id, Status.NORMAL, _("NORMAL"), used=used))
    return max(candidates, key=_rank)


def _kind(alarm: AlarmNotice) -> str | None:
    return None if alarm.held is None else alarm.held.kind


def room_status(points: Sequence[PointStatus]) -> PointStatus | None:
    """The point that speaks for a room: the worst, or the nearest to its limit. None without points."""
    return max(points, key=_rank, default=None)


def worst_first(rooms: dict[str, PointStatus | None]) -> list[str]:
    """Room ids, worst first; rooms without points last."""
    return sorted(rooms, key=lambda room: _order(rooms[room]), reverse=True)


def _order(status: PointStatus | None) -> tuple[int, bool, float, float]:
    return (-1, False, 0.0, 0.0) if status is None else _rank(status)


def _rank(status: PointStatus) -> tuple[int, bool, float, float]:
    """Worse is greater: by status, then what nobody has answered, then what stands longest, then limit used."""
    since = -status.since if status.since is not None else -float("inf")
    return (status.status, status.unacknowledged, since if status.status else 0.0, status.used or 0.0)
