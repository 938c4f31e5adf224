"""How an alarm lives (ISA-18.2): every transition is a function from one alarm to the next.

unacknowledged ──acknowledged──> acknowledged ──returned──> normal
      │    ^                          │
  returned │ came back                └──rose──> unacknowledged
      v    │
returned, not acknowledged ──acknowledged──> normal

A latched alarm goes to `latched` in place of normal. From there it goes to normal when a person resets it, or back to
unacknowledged when it comes back.

That an alarm is held (shelved, suppressed by design, out of service, explained by another) stands beside its state:
it is judged and recorded as ever, but calls nobody. One that returns meanwhile waits for no acknowledgement. When the
hold ends the live condition decides: unacknowledged while it is outside, whoever had acknowledged it, otherwise
normal.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from alerts.findings import Finding, Raised, Returned, Worsened
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition, Held
from facility.instants import Instant
from facility.language import N_
from facility.limit import Severity


class Transition(StrEnum):
    """What happened to an alarm: the action in the audit trail."""

    RAISED = "alarm raised"
    ROSE = "alarm rose"
    CAME_BACK = "alarm came back"
    DATED_BACK = "alarm dated back"
    RETURNED = "alarm returned"
    ACKNOWLEDGED = "alarm acknowledged"
    HELD = "alarm held"
    HOLD_ENDED = "alarm hold ended"
    RESET = "alarm reset"
    CLOSED = "alarm closed"
    """What it was of is there no longer."""


class Place(Protocol):
    """What an alarm is of: a point, or a source with the room where its loss is worst."""

    @property
    def id(self) -> str: ...

    @property
    def room(self) -> str: ...


class RefusedError(Exception):
    """An alarm cannot be answered like this; the message tells the person why."""


def follow(alarm: Alarm | None, place: Place, finding: Finding) -> tuple[Alarm | None, Transition | None]:
    """The alarm after one finding about its condition, and the transition that this was, if any.

    `alarm` is the standing alarm of that place and condition, None where there is none.
    """
    match finding, alarm:
        case Raised(), None:
            return raised(place, finding), Transition.RAISED
        case Raised(), Alarm(state=AlarmState.RETURNED | AlarmState.LATCHED):
            return came_back(alarm, finding), Transition.CAME_BACK
        case Raised(), Alarm() if finding.severity > alarm.severity:
            return rose(alarm, finding), Transition.ROSE
        case Raised(), Alarm() if finding.at < alarm.raised:
            return dated_back(alarm, finding), Transition.DATED_BACK
        case ((Raised() | Worsened()), Alarm()):
            return worsened(alarm, finding.worst, finding.worst_at), None
        case Returned(), Alarm(returned=None):
            return returned(alarm, finding.at), Transition.RETURNED
        case _:
            return alarm, None


def raised(place: Place, finding: Raised) -> Alarm:
    """A new alarm."""
    return Alarm(
        point=place.id,
        room=place.room,
        condition=finding.condition,
        severity=finding.severity,
        state=AlarmState.UNACKNOWLEDGED,
        onset=finding.onset,
        raised=finding.at,
        value=finding.value,
        limit=finding.limit,
        operator=finding.operator,
        worst=finding.worst,
        worst_at=finding.worst_at,
        latched=finding.latched,
    )


def rose(alarm: Alarm, finding: Raised) -> Alarm:
    """More severe than before: it needs a new acknowledgement.

    A delay that ran out before its last reading arrived may have raised it later than that reading does.
    """
    alarm = worsened(alarm, finding.worst, finding.worst_at)
    return replace(
        alarm,
        state=AlarmState.UNACKNOWLEDGED,
        severity=finding.severity,
        raised=min(alarm.raised, finding.at),
        value=finding.value,
        limit=finding.limit,
        operator=finding.operator,
        latched=alarm.latched or finding.latched,
    )


def dated_back(alarm: Alarm, finding: Raised) -> Alarm:
    """A reading has arrived that raised it already, before the delay ran out that was taken for its beginning."""
    return replace(worsened(alarm, finding.worst, finding.worst_at), raised=finding.at)


def came_back(alarm: Alarm, finding: Raised) -> Alarm:
    """It had returned, nobody had acknowledged or reset it, and it holds again: still the same alarm."""
    alarm = replace(alarm, returned=None, latched=alarm.latched or finding.latched)
    if finding.severity > alarm.severity:
        return rose(alarm, finding)
    return replace(worsened(alarm, finding.worst, finding.worst_at), state=AlarmState.UNACKNOWLEDGED)


def worsened(alarm: Alarm, worst: float | None, worst_at: Instant | None) -> Alarm:
    """The same alarm with the value farthest outside brought up to date."""
    if worst is None or not _is_worse(alarm, worst):
        return alarm
    return replace(alarm, worst=worst, worst_at=worst_at)


def returned(alarm: Alarm, at: Instant) -> Alarm:
    """Back to normal; over, if it was acknowledged or calls nobody, and is not latched.

    A delay that ran out for want of readings may have raised it after the moment to which it returned: then it
    returned when it was raised.
    """
    answered = alarm.state is AlarmState.ACKNOWLEDGED or alarm.held is not None
    state = _after_return(alarm) if answered else AlarmState.RETURNED
    return replace(alarm, state=state, returned=max(at, alarm.raised))


def acknowledged(alarm: Alarm | None, by: str, at: Instant, comment: str, seen: Severity) -> Alarm:
    """A person has answered the alarm; over, if it has returned. `seen` is how severe the alarm was for that person.

    Raises RefusedError, in words, where it cannot be.
    """
    if alarm is None or alarm.state is AlarmState.NORMAL:
        raise RefusedError(N_("There is no such alarm any more; the list of standing alarms shows what is left."))
    if alarm.state is AlarmState.LATCHED and not alarm.acknowledgements:
        raise RefusedError(
            N_("This alarm has returned while it was held back; it waits for no answer but for its reset.")
        )
    if alarm.state in (AlarmState.ACKNOWLEDGED, AlarmState.LATCHED):
        last = alarm.acknowledgements[-1]
        raise RefusedError(
            N_("{by} has acknowledged this alarm already: {comment}").format(by=last.by, comment=last.comment)
        )
    if not comment.strip():
        raise RefusedError(N_("Write what you found or what you will do; an acknowledgement needs a comment."))
    if not by.strip():
        raise RefusedError(N_("An acknowledgement must name a person."))
    if alarm.severity > seen:
        raise RefusedError(
            N_("Since you looked the alarm has risen to the action limit; look at it again, then acknowledge it.")
            if alarm.severity is Severity.ACTION
            else N_("Since you looked the alarm has risen to the alert level; look at it again, then acknowledge it.")
        )
    state = _after_return(alarm) if alarm.state is AlarmState.RETURNED else AlarmState.ACKNOWLEDGED
    acknowledgement = Acknowledgement(by.strip(), at, comment.strip(), alarm.severity)
    return replace(alarm, state=state, acknowledgements=(*alarm.acknowledgements, acknowledgement))


def reset(alarm: Alarm | None, comment: str) -> Alarm:
    """A person lets go of a latched alarm, which is over then. Raises RefusedError, in words, where it cannot be."""
    if alarm is None or not alarm.latched:
        raise RefusedError(N_("There is no such alarm that waits for a reset."))
    if alarm.returned is None:
        raise RefusedError(N_("It has not returned; a latched alarm is reset when it is back inside."))
    if alarm.state is not AlarmState.LATCHED:
        raise RefusedError(N_("Nobody has acknowledged this alarm; acknowledge it first, then reset it."))
    if not comment.strip():
        raise RefusedError(N_("Write what you found; a reset needs a comment."))
    return replace(alarm, state=AlarmState.NORMAL)


def held(alarm: Alarm, by: Held | None) -> tuple[Alarm, Transition | None]:
    """The alarm while this holds it back, or while nothing does any longer, and the step that this was, if any."""
    if by is None and alarm.held is not None:
        return replace(alarm, held=None, state=_by_live_condition(alarm)), Transition.HOLD_ENDED
    if by is None or (alarm.held is not None and _same(alarm.held, by)):
        return alarm, None
    return replace(alarm, held=by), Transition.HELD


def _same(one: Held, other: Held) -> bool:
    """Is it the same hold, whenever it was looked at?"""
    return replace(one, since=other.since) == other


def _by_live_condition(alarm: Alarm) -> AlarmState:
    return AlarmState.UNACKNOWLEDGED if alarm.returned is None else _after_return(alarm)


def _after_return(alarm: Alarm) -> AlarmState:
    return AlarmState.LATCHED if alarm.latched else AlarmState.NORMAL


def _is_worse(alarm: Alarm, value: float) -> bool:
    if alarm.worst is None:
        return True
    upwards = alarm.condition is Condition.HIGH or alarm.operator in (">", "≥")
    return value > alarm.worst if upwards else value < alarm.worst
