"""What else was abnormal in the hour before: other alarms, readings outside that were no alarm, silence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.dossier.measures import Measured, Outside
from facility.alarm import Alarm
from facility.excursion import Excursion
from facility.instants import HOUR, Instant, Span
from facility.language import N_
from facility.site import Point

BEFORE: Span = HOUR


class Where(StrEnum):
    """How near to the excursion."""

    IN = N_("in the room")
    BESIDE = N_("beside it")
    SAME_AIR = N_("on the same air handler")


@dataclass(frozen=True, slots=True)
class OtherAlarm:
    """An alarm of another event that stood in that hour."""

    where: Where
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class NotAlarmed:
    """Readings outside a limit in that hour of which no alarm tells: a delay or a rule had not run out."""

    where: Where
    point: Point
    outside: Outside


@dataclass(frozen=True, slots=True)
class Silence:
    """No reading of a point for a while in that hour."""

    where: Where
    point: Point
    start: Instant
    end: Instant


Abnormal = OtherAlarm | NotAlarmed | Silence


def other_alarms(excursion: Excursion, found: Iterable[tuple[Where, Alarm]], start: Instant) -> list[OtherAlarm]:
    """Of the alarms of the place those that stood between `start` and the onset, and are of another event."""
    return [
        OtherAlarm(where, alarm)
        for where, alarm in found
        if alarm.id not in excursion.alarms
        and alarm.onset < excursion.onset
        and (alarm.returned is None or alarm.returned >= start)
    ]


def not_alarmed(measured: Sequence[tuple[Where, Measured]], alarmed: Iterable[Alarm]) -> list[Abnormal]:
    """What single readings tell that no alarm of the same point does."""
    told = {alarm.point for alarm in alarmed}
    found: list[Abnormal] = []
    for where, one in measured:
        if one.point.id in told:
            continue
        gravest = one.gravest
        if gravest is not None:
            found.append(NotAlarmed(where, one.point, gravest))
        found += [Silence(where, one.point, start, end) for start, end in one.missing]
    return found
