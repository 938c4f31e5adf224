"""How an escalation goes: whom an event calls next, and when it stops. Every step is a function of what is on record.

calling ──every alarm answered──────────> answered
   │ ^ └──all back, and the policy stops──> returned to normal
   │ │ └──nobody is to be called any more─> held
   │ │ └──an alarm rises──────────────────> began anew, as one of a higher level
   │ └── one more alarm
   └──every step called in every round──> nobody has answered ──answered──> answered
                                                  └──one more alarm──> began anew

Nothing here counts time: each call is due at a moment on record, and how late it is made changes nothing else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from facility.alarm import Alarm, AlarmState
from facility.escalation import Policy
from facility.instants import MINUTE, Instant, Span
from facility.limit import Severity
from storage.records.escalations import Escalation, Rung, Snapshot, Standing, State
from storage.records.notifications import Recipient

STUCK: Span = 2 * MINUTE
"""A call that is so long overdue is one that nobody makes."""

OPEN = frozenset({Standing.OUTSIDE, Standing.BACK})
"""An alarm that waits for an answer."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Whom one step calls now. `instead` of the step itself, which reaches nobody, the last one is called."""

    round: int
    step: int
    recipients: tuple[Recipient, ...]
    instead: bool = False


def standing_of(alarm: Alarm) -> Standing:
    """How an alarm stands for those who would be called."""
    if alarm.state not in (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED):
        return Standing.ANSWERED
    if not alarm.announced:
        return Standing.HELD
    return Standing.BACK if alarm.state is AlarmState.RETURNED else Standing.OUTSIDE


def calls(alarm: Alarm, goes_on: bool = True) -> bool:
    """Does an alarm call people? One that is back only where the policy goes on."""
    standing = standing_of(alarm)
    return alarm.severity >= Severity.ALERT and (
        standing is Standing.OUTSIDE or (goes_on and standing is Standing.BACK)
    )


def follow(
    running: Iterable[Escalation],
    station: str,
    event: str,
    alarm: Alarm,
    policy: Policy,
    snapshot: Callable[[], Snapshot],
    now: Instant,
) -> tuple[Escalation, ...]:
    """The escalations that are other than before once an alarm of an event is like this; a new one has number 0.

    An alarm joins the escalation of its event where that is at least as severe and would call the same people;
    otherwise one begins by its own policy, in place of those of the event that are less severe or that nobody has
    answered. `snapshot` is made of the policy then.
    """
    own = [one for one in running if alarm.id in one.alarms]
    if not calls(alarm, policy.goes_on):
        return tuple(after for one in own if (after := alarm_is(one, alarm, now)) is not one)
    near = own or [one for one in running if one.event == event]
    unchanged = [one for one in own if one.alarms[alarm.id] is standing_of(alarm)]
    home = next((one for one in near if _takes(one, alarm, policy, known=one in unchanged)), None)
    if home is not None:
        after = alarm_is(home, alarm, now)
        return () if after is home else (after,)
    over = [one for one in near if one in own or one.severity < alarm.severity or one.state is State.EXHAUSTED]
    open = [(id, standing) for one in over for id, standing in one.alarms.items() if standing in OPEN]
    severity = max(alarm.severity, *(one.severity for one in over), Severity.ALERT)
    begun = begin(station, event, severity, snapshot(), [*open, (alarm.id, standing_of(alarm))], now)
    return (*(_end(one, State.RENEWED, now) for one in over), begun)


def _takes(escalation: Escalation, alarm: Alarm, policy: Policy, known: bool) -> bool:
    """Does the alarm belong to this escalation? One that nobody has answered takes nothing new."""
    if escalation.state is State.EXHAUSTED and not known:
        return False
    if alarm.id in escalation.alarms or escalation.severity != alarm.severity:
        return escalation.severity >= alarm.severity
    return escalation.snapshot.policy == policy.id


def begin(
    station: str,
    event: str,
    severity: Severity,
    snapshot: Snapshot,
    alarms: Iterable[tuple[str, Standing]],
    now: Instant,
) -> Escalation:
    """A new escalation, whose first call is due at once, or when the quiet hours end."""
    first = _not_quiet(snapshot, now)
    return Escalation(0, station, event, severity, snapshot, dict(alarms), now, next_due=first)


def alarm_is(escalation: Escalation, alarm: Alarm, now: Instant) -> Escalation:
    """The escalation once one of its alarms, or one more, is like this."""
    standing = standing_of(alarm)
    if escalation.alarms.get(alarm.id) is standing:
        return escalation
    by = alarm.acknowledgements[-1].by if standing is Standing.ANSWERED and alarm.acknowledgements else ""
    return _ended_if(replace(escalation, alarms={**escalation.alarms, alarm.id: standing}), now, by)


def advance(escalation: Escalation, now: Instant) -> tuple[Escalation, tuple[Ring, ...]]:
    """The escalation when time has come to `now`, and whom it calls. Waits count from the call that was made."""
    rings: list[Ring] = []
    while escalation.next_due is not None and escalation.next_due <= now:
        snapshot, round, step = escalation.snapshot, escalation.round, escalation.step
        if round >= snapshot.rounds:
            return replace(escalation, state=State.EXHAUSTED, next_due=None), tuple(rings)
        if (later := _not_quiet(snapshot, now)) > now:
            return replace(escalation, next_due=later), tuple(rings)
        own, last = snapshot.rungs[step].recipients, snapshot.rungs[-1].recipients
        rings.append(Ring(round, step, own or last, instead=not own))
        following = (round, step + 1) if step + 1 < len(snapshot.rungs) else (round + 1, 0)
        due = now + snapshot.rungs[step].wait
        escalation = replace(escalation, round=following[0], step=following[1], next_due=due)
    return escalation, tuple(rings)


def is_stuck(escalation: Escalation, now: Instant) -> bool:
    """Should it have called somebody long ago?"""
    return escalation.next_due is not None and escalation.next_due < now - STUCK


def next_rung(escalation: Escalation) -> Rung | None:
    """Whom it calls next; None where no call is to come."""
    if escalation.next_due is None or escalation.round >= escalation.snapshot.rounds:
        return None
    return escalation.snapshot.rungs[escalation.step]


def _ended_if(escalation: Escalation, now: Instant, by: str) -> Escalation:
    """Over, where no alarm of it waits for anybody."""
    standings = set(escalation.alarms.values())
    if Standing.OUTSIDE in standings or (Standing.BACK in standings and escalation.snapshot.goes_on):
        return escalation
    if Standing.BACK in standings:
        return _end(escalation, State.RETURNED, now)
    answered = Standing.ANSWERED in standings
    return _end(escalation, State.ANSWERED if answered else State.HELD, now, by)


def _end(escalation: Escalation, state: State, now: Instant, by: str = "") -> Escalation:
    return replace(escalation, state=state, next_due=None, ended=now, ended_by=by)


def _not_quiet(snapshot: Snapshot, now: Instant) -> Instant:
    """Now, or when the quiet hours end."""
    return now if snapshot.quiet is None else snapshot.quiet.until(now, snapshot.timezone) or now
