"""Everything that the readings of one point say about it: limits on both sides, and whether its instrument works.

Validity is an axis of its own: an invalid reading is not judged against limits, and clears no alarm that stands.
Silence is judged by arrival, not by readings, and so elsewhere (`alerts.watch`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isnan
from operator import itemgetter

import msgspec

from alerts import rules
from alerts.findings import Finding, Raised, Returned, Worsened
from alerts.rules import QUIET, LimitState, Worst, farther
from alerts.volume import EMPTY, Volume, concentration, sample_of, with_sample
from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import Consecutive, Dose, Limit, MOfN, RollingVolume, Severity, Side
from facility.reading import INVALID_MASK, Reason

OVERFLOW = int(Reason.COUNTER_OVERFLOW)
SPECIAL = INVALID_MASK | OVERFLOW
"""Reasons that change how a reading is judged; the others only make it suspect, and it is judged all the same."""

CONDITIONS = {Side.HIGH: Condition.HIGH, Side.LOW: Condition.LOW}


@dataclass(frozen=True, slots=True)
class LimitsInForce:
    """The limits of a point that hold now, by key; values strictly between `low` and `high` are inside them all.

    `rolling` is how its samples are put together where a limit is on a rolling volume; then no value says by itself
    that it is inside.
    """

    limits: dict[str, Limit]
    low: float
    high: float
    rolling: RollingVolume | None


def in_force(limits: Sequence[Limit]) -> LimitsInForce:
    """What `judge` needs of the limits that hold now."""
    rolling = next((limit.rule for limit in limits if isinstance(limit.rule, RollingVolume)), None)
    return LimitsInForce(
        {_key(limit): limit for limit in limits},
        max((limit.value for limit in limits if limit.side is Side.LOW), default=-inf),
        -inf if rolling else min((limit.value for limit in limits if limit.side is Side.HIGH), default=inf),
        rolling,
    )


class Outside(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A stretch of time in which something is outside a limit of a side, delays included.

    `worst` is the farthest outside, `severity` that of the alarm so far, None before there is one; `back` the newest
    moment at which one of the limits became quiet.
    """

    since: Instant
    worst: Worst
    severity: Severity | None = None
    back: Instant | None = None


class PointState(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a point from one reading to the next; limits that are quiet are not listed."""

    limits: dict[str, LimitState] = {}
    high: Outside | None = None
    low: Outside | None = None
    faulty_since: Instant | None = None
    volume: Volume = EMPTY
    """The samples of a rolling volume, which are remembered while all is quiet, too."""

    @property
    def due(self) -> Instant | None:
        """When the first on-delay runs out if no further reading comes."""
        return min((state.due for state in self.limits.values() if state.due is not None), default=None)

    @property
    def quiet(self) -> bool:
        """Is nothing outside, nothing pending and nothing broken?"""
        return not self.limits and self.high is None and self.low is None and self.faulty_since is None


ALL_QUIET = PointState()
"""Nothing is outside, nothing pending and nothing broken, and nothing is remembered."""


def judge(
    force: LimitsInForce,
    fault: Severity,
    state: PointState,
    time: Instant,
    value: float,
    reasons: int,
    count: int | None = None,
    litres: float | None = None,
) -> tuple[PointState, list[Finding]]:
    """The state and the findings after one more reading, later than those before it.

    `fault` is how severe a broken instrument is at this point; `count` and `litres` are what a particle counter
    counted and drew.
    """
    state, findings = expire(force, state, time)
    if reasons & INVALID_MASK or isnan(value):
        if state.faulty_since is None:
            findings.append(Raised(Condition.INSTRUMENT_FAULT, fault, onset=time, at=time))
            state = msgspec.structs.replace(state, faulty_since=time)
        return state, findings
    if state.faulty_since is not None:
        findings.append(Returned(Condition.INSTRUMENT_FAULT, time))
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
    high, about_high = _follow(force, Side.HIGH, state, limits, time)
    low, about_low = _follow(force, Side.LOW, state, limits, time)
    return PointState(limits, high, low, None, volume), findings + about_high + about_low


def expire(force: LimitsInForce, state: PointState, now: Instant) -> tuple[PointState, list[Finding]]:
    """The state and the findings when time has come to `now` without a further reading."""
    due = state.due
    if due is None or now < due:
        return state, []
    limits = {key: rules.expire(limit, now) for key, limit in state.limits.items()}
    high, about_high = _raise(force, Side.HIGH, state.high, state.limits, limits)
    low, about_low = _raise(force, Side.LOW, state.low, state.limits, limits)
    return msgspec.structs.replace(state, limits=limits, high=high, low=low), [*about_high, *about_low]


def carry(state: PointState, force: LimitsInForce) -> PointState:
    """The state under other limits: what was remembered of limits that hold no longer is forgotten.

    An alarm that stands goes on standing; the next reading is judged by the new limits and says whether it returns.
    The samples of a rolling volume are kept: air that was drawn is air that was drawn.
    """
    limits = {key: limit for key, limit in state.limits.items() if key in force.limits}
    volume = state.volume if force.rolling else EMPTY
    if len(limits) == len(state.limits) and volume is state.volume:
        return state

    def kept(side: Side, outside: Outside | None) -> Outside | None:
        stands = outside is not None and outside.severity is not None
        return outside if stands or _open(force, side, limits) else None

    return msgspec.structs.replace(
        state, limits=limits, high=kept(Side.HIGH, state.high), low=kept(Side.LOW, state.low), volume=volume
    )


def _rolled(
    force: LimitsInForce, state: PointState, value: float, count: int | None, litres: float | None
) -> tuple[Volume, float]:
    """The samples with this one, and the concentration in them."""
    if force.rolling is None:
        return state.volume, value
    whole = force.rolling.microlitres
    volume = with_sample(state.volume, *sample_of(value, count, litres, whole), whole)
    return volume, concentration(volume.count, volume.total, whole)


def _follow(
    force: LimitsInForce, side: Side, before: PointState, limits: dict[str, LimitState], time: Instant
) -> tuple[Outside | None, list[Finding]]:
    """The stretch outside on one side, and what is found about it, after a reading that led to these `limits`."""
    outside = before.high if side is Side.HIGH else before.low
    now = _open(force, side, limits)
    if outside is not None:
        backs = [
            time if limit.clear_since is None else limit.clear_since
            for key, limit in _open(force, side, before.limits).items()
            if key not in now
        ]
        if outside.back is not None:
            backs.append(outside.back)
        outside = msgspec.structs.replace(outside, back=max(backs, default=None))
    if not now:
        if outside is None or outside.severity is None:
            return None, []
        return None, [Returned(CONDITIONS[side], time if outside.back is None else outside.back)]
    worst = _farthest(side, now.values())
    worsened: list[Finding] = []
    if outside is None or outside.severity is None:
        since = min(limit.since for limit in now.values() if limit.since is not None)
        outside = Outside(since, worst, None, None if outside is None else outside.back)
    elif (farthest := farther(side, worst, outside.worst)).value != outside.worst.value:
        outside = msgspec.structs.replace(outside, worst=farthest)
        worsened = [Worsened(CONDITIONS[side], farthest.value, farthest.time)]
    outside, raised = _raise(force, side, outside, before.limits, limits)
    return outside, [*raised, *worsened]


def _raise(
    force: LimitsInForce,
    side: Side,
    outside: Outside | None,
    before: dict[str, LimitState],
    after: dict[str, LimitState],
) -> tuple[Outside | None, list[Raised]]:
    """What limits that have just become active on one side raise: the most severe of those at the same time.

    A delay that ran out before the next reading arrived may have raised it later than that reading does: then this is
    told too, whatever its severity.
    """
    if outside is None:
        return None, []
    active = [
        (limit.active_since, -force.limits[key].severity, force.limits[key], limit.value)
        for key, limit in after.items()
        if limit.active_since is not None and not before.get(key, QUIET).active and force.limits[key].side is side
    ]
    if not active:
        return outside, []
    standing = [
        (limit.active_since, force.limits[key].latched)
        for key, limit in before.items()
        if limit.active_since is not None and force.limits[key].side is side
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
                    condition=CONDITIONS[side],
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


def _open(force: LimitsInForce, side: Side, limits: dict[str, LimitState]) -> dict[str, LimitState]:
    """The limits of a side that something is outside of; the others only remember readings."""
    return {key: limit for key, limit in limits.items() if limit.since is not None and force.limits[key].side is side}


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
