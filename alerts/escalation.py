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

from collections.abc import Callable, Mapping, Sequence
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
    running: Sequence[Escalation],
    station: str,
    event: str,
    alarms: Sequence[Alarm],
    policy: Policy,
    snapshot: Callable[[], Snapshot],
    now: Instant,
) -> tuple[Escalation, ...]:
    """The escalations that are other than before once these alarms of an event are like this; a new one has number 0.

    The alarms are of one severity, and either all of one escalation that runs or of none. They join the one of their
    event that is more severe or has their policy; otherwise one begins by their policy, in place of those of the
    event that are less severe or that nobody has answered. `snapshot` is made of the policy then.
    """
    ids, severity = {alarm.id for alarm in alarms}, max(alarm.severity for alarm in alarms)
    own = [one for one in running if not ids.isdisjoint(one.alarms)]
    waiting = [alarm for alarm in alarms if calls(alarm, policy.goes_on)]
    news = [alarm for alarm in waiting if all(one.alarms.get(alarm.id) is not standing_of(alarm) for one in own)]
    near = own or [one for one in running if one.event == event]
    home = next((one for one in near if not waiting or _takes(one, severity, policy, own=bool(own), news=news)), None)
    if home is None and waiting:
        over = [one for one in near if _gives_way(one, severity, policy, own=bool(own))]
        open = {id: standing for one in over for id, standing in one.alarms.items() if standing in OPEN}
        open |= {alarm.id: standing_of(alarm) for alarm in waiting}
        begun = begin(station, event, severity, snapshot(), open, now)
        return (*(_end(one, State.RENEWED, now) for one in over), begun)
    if home is None or (not own and not waiting):
        return ()
    after = alarms_are(home, alarms, now)
    return () if after is home else (after,)


def _takes(escalation: Escalation, severity: Severity, policy: Policy, *, own: bool, news: Sequence[Alarm]) -> bool:
    """Do alarms belong to this escalation? One that nobody has answered takes nothing new that is as severe."""
    if escalation.state is State.EXHAUSTED:
        return own and (not news or severity < escalation.severity)
    if own or escalation.severity != severity:
        return escalation.severity >= severity
    return escalation.snapshot.policy == policy.id


def _gives_way(escalation: Escalation, severity: Severity, policy: Policy, *, own: bool) -> bool:
    """Does another one, of this severity and policy, go on in its place?"""
    same = escalation.state is State.EXHAUSTED and escalation.snapshot.policy == policy.id
    return escalation.severity < severity or (escalation.severity == severity and (own or same))


def begin(
    station: str,
    event: str,
    severity: Severity,
    snapshot: Snapshot,
    alarms: Mapping[str, Standing],
    now: Instant,
) -> Escalation:
    """A new escalation, whose first call is due at once, or when the quiet hours end."""
    first = _not_quiet(snapshot, now)
    return Escalation(0, station, event, severity, snapshot, alarms, now, next_due=first)


def alarms_are(escalation: Escalation, alarms: Sequence[Alarm], now: Instant) -> Escalation:
    """The escalation once these of its alarms, or more of them, are like this."""
    changed = {alarm.id: standing_of(alarm) for alarm in alarms}
    changed = {id: standing for id, standing in changed.items() if escalation.alarms.get(id) is not standing}
    if not changed:
        return escalation
    answers = [alarm.acknowledgements[-1].by for alarm in alarms if alarm.id in changed and alarm.acknowledgements]
    by = answers[-1] if Standing.ANSWERED in changed.values() and answers else ""
    return _ended_if(replace(escalation, alarms={**escalation.alarms, **changed}), now, by)


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
