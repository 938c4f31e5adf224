"""Everything that the readings of one point say about it: limits, and what is judged beside them.

Validity is an axis of its own: an invalid reading is not judged against limits, and clears no alarm that stands.
Silence is judged by arrival, not by readings, and so elsewhere (`alerts.watch`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan
from operator import itemgetter

import msgspec

from alerts import rules
from alerts.beside import (
    NO_TROUBLE,
    NOTHING_RECENT,
    Recent,
    Still,
    Trouble,
    judge_change,
    judge_clock,
    judge_invalid,
    judge_still,
    judge_valid,
)
from alerts.findings import Finding, Raised, Returned, Worsened
from alerts.rules import QUIET, LimitState, Worst, farther
from alerts.volume import EMPTY, Volume, concentration, sample_of, with_sample
from facility.alarm import Condition
from facility.conditions import NONE, Conditions
from facility.instants import Instant
from facility.limit import Consecutive, Dose, Limit, MOfN, RollingVolume, RoomState, Severity, Side
from facility.limits import limits_in_force
from facility.reading import INVALID_MASK, Reason
from facility.site import Point

OVERFLOW = int(Reason.COUNTER_OVERFLOW)
SPECIAL = INVALID_MASK | OVERFLOW
"""Reasons that change how a reading is judged; the others only make it suspect, and it is judged all the same."""

CONDITIONS = {Side.HIGH: Condition.HIGH, Side.LOW: Condition.LOW}
ORDER = (Condition.HIGH, Condition.LOW, Condition.REVERSAL)
"""The conditions that limits are behind, in the order in which what is found about them is told."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What is judged of a point now: limits by key, and the condition that each is behind; conditions beside them.

    Values strictly between `low` and `high` are inside all limits. `rolling` is how samples are put together where a
    limit is on a rolling volume; then no value says by itself that it is inside. `fault` is how severe it is when the
    instrument cannot be believed.
    """

    limits: dict[str, Limit]
    behind: dict[str, Condition]
    low: float
    high: float
    rolling: RollingVolume | None
    conditions: Conditions
    fault: Severity


def in_force(limits: Sequence[Limit], fault: Severity = Severity.ALERT, conditions: Conditions = NONE) -> InForce:
    """What `judge` needs of the limits and conditions that hold now."""
    keyed = {_key(limit): (limit, CONDITIONS[limit.side]) for limit in limits}
    if conditions.reversal is not None:
        keyed[f"reversal {_key(conditions.reversal)}"] = (conditions.reversal, Condition.REVERSAL)
    every = [limit for limit, _ in keyed.values()]
    rolling = next((limit.rule for limit in limits if isinstance(limit.rule, RollingVolume)), None)
    return InForce(
        {key: limit for key, (limit, _) in keyed.items()},
        {key: condition for key, (_, condition) in keyed.items()},
        max((limit.value for limit in every if limit.side is Side.LOW), default=-inf),
        -inf if rolling else min((limit.value for limit in every if limit.side is Side.HIGH), default=inf),
        rolling,
        conditions,
        fault,
    )


def of_point(point: Point, state: RoomState | None) -> InForce:
    """What is judged of a point in a room state, None while that is unknown."""
    conditions, reversal = point.conditions, point.conditions.reversal
    if reversal is not None and state is not None and state not in reversal.room_states:
        conditions = replace(conditions, reversal=None)
    return in_force(limits_in_force(point, state), point.fault_severity, conditions)


class Outside(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A stretch of time in which something is outside a limit behind one condition, delays included.

    `worst` is the farthest outside, `severity` that of the alarm so far, None before there is one; `back` the newest
    moment at which one of the limits became quiet.
    """

    since: Instant
    worst: Worst
    severity: Severity | None = None
    back: Instant | None = None


class PointState(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a point from one reading to the next; limits that are quiet are not listed.

    What is remembered while all is quiet, too: the samples of a rolling volume (`volume`), since when the value has
    not moved (`still`), and from what it may change too quickly (`recent`).
    """

    limits: dict[str, LimitState] = {}
    outside: dict[Condition, Outside] = {}
    trouble: Trouble = NO_TROUBLE
    volume: Volume = EMPTY
    still: Still | None = None
    recent: Recent = NOTHING_RECENT

    @property
    def due(self) -> Instant | None:
        """When the first on-delay runs out if no further reading comes."""
        return min((state.due for state in self.limits.values() if state.due is not None), default=None)

    @property
    def quiet(self) -> bool:
        """Is nothing outside, nothing pending and nothing broken?"""
        return not self.limits and not self.outside and self.trouble == NO_TROUBLE


ALL_QUIET = PointState()
"""Nothing is outside, nothing pending and nothing broken, and nothing is remembered."""


def judge(
    force: InForce,
    state: PointState,
    time: Instant,
    value: float,
    reasons: int,
    count: int | None = None,
    litres: float | None = None,
) -> tuple[PointState, list[Finding]]:
    """The state and the findings after one more reading, later than those before it.

    `count` and `litres` are what a particle counter counted and drew.
    """
    state, findings = expire(force, state, time)
    conditions, fault = force.conditions, force.fault
    trouble, found = judge_clock(conditions, state.trouble, time, reasons)
    findings += found
    if reasons & INVALID_MASK or isnan(value):
        trouble, found = judge_invalid(conditions, fault, trouble, time, value, reasons)
        return msgspec.structs.replace(state, trouble=trouble), findings + found
    trouble, found = judge_valid(conditions, fault, trouble, time)
    findings += found
    still, recent = state.still, state.recent
    if conditions.frozen is not None or still is not None or trouble.frozen:
        trouble, still, found = judge_still(conditions.frozen, fault, trouble, still, time, value)
        findings += found
    if conditions.rate is not None or recent != NOTHING_RECENT or trouble.change is not None:
        trouble, recent, found = judge_change(conditions.rate, trouble, recent, time, value)
        findings += found
    at_least = bool(reasons & OVERFLOW)
    volume, rolled = _rolled(force, state, value, count, litres)
    limits = {
        key: after
        for key, limit in force.limits.items()
        if (
            after := rules.judge(
                limit,
                state.limits.get(key, QUIET),
                time,
                rolled if isinstance(limit.rule, RollingVolume) else value,
                at_least,
            )
        )
        != QUIET
    }
    outside: dict[Condition, Outside] = {}
    if limits or state.outside:
        concerned = {force.behind[key] for key in limits} | state.outside.keys()
        for condition in [condition for condition in ORDER if condition in concerned]:
            stretch, found = _follow(force, condition, state, limits, time)
            findings += found
            if stretch is not None:
                outside[condition] = stretch
    return PointState(limits, outside, trouble, volume, still, recent), findings


def expire(force: InForce, state: PointState, now: Instant) -> tuple[PointState, list[Finding]]:
    """The state and the findings when time has come to `now` without a further reading."""
    due = state.due
    if due is None or now < due:
        return state, []
    limits = {key: rules.expire(limit, now) for key, limit in state.limits.items()}
    outside: dict[Condition, Outside] = {}
    findings: list[Finding] = []
    for condition, stretch in state.outside.items():
        outside[condition], found = _raise(force, condition, stretch, state.limits, limits)
        findings += found
    return msgspec.structs.replace(state, limits=limits, outside=outside), findings


def carry(state: PointState, force: InForce) -> PointState:
    """The state under other limits: what was remembered of limits that hold no longer is forgotten.

    An alarm that stands goes on standing; the next reading is judged by the new limits and says whether it returns.
    The samples of a rolling volume are kept: air that was drawn is air that was drawn.
    """
    limits = {key: limit for key, limit in state.limits.items() if key in force.limits}
    volume = state.volume if force.rolling else EMPTY
    if len(limits) == len(state.limits) and volume is state.volume:
        return state
    outside = {
        condition: stretch
        for condition, stretch in state.outside.items()
        if stretch.severity is not None or _open(force, condition, limits)
    }
    return msgspec.structs.replace(state, limits=limits, outside=outside, volume=volume)


def _rolled(
    force: InForce, state: PointState, value: float, count: int | None, litres: float | None
) -> tuple[Volume, float]:
    """The samples with this one, and the concentration in them."""
    if force.rolling is None:
        return state.volume, value
    whole = force.rolling.microlitres
    volume = with_sample(state.volume, *sample_of(value, count, litres, whole), whole)
    return volume, concentration(volume.count, volume.total, whole)


def _follow(
    force: InForce, condition: Condition, before: PointState, limits: dict[str, LimitState], time: Instant
) -> tuple[Outside | None, list[Finding]]:
    """The stretch outside, and what is found about it, after a reading that led to these `limits`."""
    outside = before.outside.get(condition)
    now = _open(force, condition, limits)
    if outside is not None:
        backs = [
            time if limit.clear_since is None else limit.clear_since
            for key, limit in _open(force, condition, before.limits).items()
            if key not in now
        ]
        if outside.back is not None:
            backs.append(outside.back)
        outside = msgspec.structs.replace(outside, back=max(backs, default=None))
    if not now:
        if outside is None or outside.severity is None:
            return None, []
        return None, [Returned(condition, time if outside.back is None else outside.back)]
    side = next(force.limits[key].side for key in now)
    worst = _farthest(side, now.values())
    worsened: list[Finding] = []
    if outside is None or outside.severity is None:
        since = min(limit.since for limit in now.values() if limit.since is not None)
        outside = Outside(since, worst, None, None if outside is None else outside.back)
    elif (farthest := farther(side, worst, outside.worst)).value != outside.worst.value:
        outside = msgspec.structs.replace(outside, worst=farthest)
        worsened = [Worsened(condition, farthest.value, farthest.time)]
    outside, raised = _raise(force, condition, outside, before.limits, limits)
    return outside, [*raised, *worsened]


def _raise(
    force: InForce,
    condition: Condition,
    outside: Outside,
    before: dict[str, LimitState],
    after: dict[str, LimitState],
) -> tuple[Outside, list[Raised]]:
    """What limits that have just become active raise: the most severe of those at the same time.

    A delay that ran out before the next reading arrived may have raised it later than that reading does: then this is
    told too, whatever its severity.
    """
    active = [
        (limit.active_since, -force.limits[key].severity, force.limits[key], limit.value)
        for key, limit in after.items()
        if limit.active_since is not None and not before.get(key, QUIET).active and force.behind[key] is condition
    ]
    if not active:
        return outside, []
    standing = [
        (limit.active_since, force.limits[key].latched)
        for key, limit in before.items()
        if limit.active_since is not None and force.behind[key] is condition
    ]
    earliest = min((since for since, _ in standing), default=-inf)
    latched = any(latched for _, latched in standing) or any(limit.latched for _, _, limit, _ in active)
    raised = []
    for at, _, limit, value in sorted(active, key=itemgetter(0, 1)):
        if outside.severity is None or limit.severity > outside.severity or at < earliest:
            outside = msgspec.structs.replace(
                outside, severity=max(limit.severity, outside.severity or limit.severity)
            )
            raised.append(
                Raised(
                    condition=condition,
                    severity=limit.severity,
                    onset=outside.since,
                    at=at,
                    value=value,
                    limit=limit.value,
                    operator=limit.operator,
                    worst=outside.worst.value,
                    worst_at=outside.worst.time,
                    latched=latched,
                )
            )
    return outside, raised


def _open(force: InForce, condition: Condition, limits: Mapping[str, LimitState]) -> dict[str, LimitState]:
    """The limits behind a condition that something is outside of; the others only remember readings."""
    return {key: limit for key, limit in limits.items() if limit.since is not None and force.behind[key] is condition}


def _farthest(side: Side, limits: Iterable[LimitState]) -> Worst:
    worst: Worst | None = None
    for limit in limits:
        if limit.worst is not None:
            worst = farther(side, limit.worst, worst)
    assert worst is not None  # whatever is outside has a value that is
    return worst


def _key(limit: Limit) -> str:
    """What makes a limit the same limit, also after a restart and where its delays have changed."""
    return f"{limit.severity.name.lower()} {limit.operator} {limit.value}{_rule(limit)}"


def _rule(limit: Limit) -> str:
    match limit.rule:
        case Consecutive(n):
            return f" {n} in a row"
        case MOfN(m, n):
            return f" {m} of {n}"
        case RollingVolume(litres):
            return f" in {litres} L"
        case Dose(amount):
            return f" for {amount}"
        case _:
            return ""
