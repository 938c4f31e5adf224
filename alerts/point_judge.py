"""Everything that the readings of one point say about it: limits on both sides, and whether its instrument works.

Validity is an axis of its own: an invalid reading is not judged against limits, and clears no alarm that stands.
Silence is judged by arrival, not by readings, and so elsewhere (`alerts.watch`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan
from operator import itemgetter
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from alerts import rules
from alerts.findings import Finding, Raised, Returned, Worsened
from alerts.rules import QUIET, LimitState
from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import Consecutive, Limit, Severity, Side
from facility.reading import INVALID_MASK, Reason

Times: TypeAlias = npt.NDArray[np.int64]
Values: TypeAlias = npt.NDArray[np.float64]
Reasons: TypeAlias = npt.NDArray[np.integer]

OVERFLOW = int(Reason.COUNTER_OVERFLOW)
SPECIAL = INVALID_MASK | OVERFLOW
"""Reasons that change how a reading is judged; the others only make it suspect, and it is judged all the same."""

CONDITIONS = {Side.HIGH: Condition.HIGH, Side.LOW: Condition.LOW}


@dataclass(frozen=True, slots=True)
class LimitsInForce:
    """The limits of a point that hold now, by key; values strictly between `low` and `high` are inside them all."""

    limits: dict[str, Limit]
    low: float
    high: float


def in_force(limits: Sequence[Limit]) -> LimitsInForce:
    """What `judge` needs of the limits that hold now."""
    return LimitsInForce(
        {_key(limit): limit for limit in limits},
        max((limit.value for limit in limits if limit.side is Side.LOW), default=-inf),
        min((limit.value for limit in limits if limit.side is Side.HIGH), default=inf),
    )


class Outside(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A stretch of time in which at least one limit of a side is not quiet, delays included.

    `value` is the newest, `worst` the farthest outside; `severity` of the alarm so far, None before there is one;
    `back` the newest moment at which one of the limits became quiet.
    """

    since: Instant
    value: float
    worst: float
    worst_at: Instant
    severity: Severity | None = None
    back: Instant | None = None


class PointState(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a point from one reading to the next; limits that are quiet are not listed."""

    limits: dict[str, LimitState] = {}
    high: Outside | None = None
    low: Outside | None = None
    faulty_since: Instant | None = None

    @property
    def due(self) -> Instant | None:
        """When the first on-delay runs out if no further reading comes."""
        return min((state.due for state in self.limits.values() if state.due is not None), default=None)


ALL_QUIET = PointState()
"""Nothing is outside, nothing pending and nothing broken."""


def judge(
    force: LimitsInForce, fault: Severity, state: PointState, time: Instant, value: float, reasons: int
) -> tuple[PointState, list[Finding]]:
    """The state and the findings after one more reading, later than those before it.

    `fault` is how severe a broken instrument is at this point.
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
    limits = {
        key: after
        for key, limit in force.limits.items()
        if (after := rules.judge(limit, state.limits.get(key, QUIET), time, value, at_least)) != QUIET
    }
    high, about_high = _follow(force, Side.HIGH, state, limits, time, value)
    low, about_low = _follow(force, Side.LOW, state, limits, time, value)
    return PointState(limits, high, low), findings + about_high + about_low


def expire(force: LimitsInForce, state: PointState, now: Instant) -> tuple[PointState, list[Finding]]:
    """The state and the findings when time has come to `now` without a further reading."""
    due = state.due
    if due is None or now < due:
        return state, []
    limits = {key: rules.expire(limit, now) for key, limit in state.limits.items()}
    high, about_high = _raise(force, Side.HIGH, state.high, state.limits, limits)
    low, about_low = _raise(force, Side.LOW, state.low, state.limits, limits)
    return PointState(limits, high, low, state.faulty_since), [*about_high, *about_low]


def judge_columns(
    force: LimitsInForce, fault: Severity, state: PointState, times: Times, values: Values, reasons: Reasons
) -> tuple[PointState, list[Finding]]:
    """What `judge` says of many readings in order of time, one after the other; quiet stretches are skipped."""
    worth_a_look = np.flatnonzero(~((values > force.low) & (values < force.high) & (reasons & SPECIAL == 0)))
    findings: list[Finding] = []
    position = 0
    while position < len(times):
        if state == ALL_QUIET:
            following = np.searchsorted(worth_a_look, position)
            if following == len(worth_a_look):
                break
            position = int(worth_a_look[following])
        state, found = judge(
            force, fault, state, int(times[position]), float(values[position]), int(reasons[position])
        )
        findings += found
        position += 1
    return state, findings


def carry(state: PointState, force: LimitsInForce) -> PointState:
    """The state under other limits: what was remembered of limits that hold no longer is forgotten.

    An alarm that stands goes on standing; the next reading is judged by the new limits and says whether it returns.
    """
    limits = {key: limit for key, limit in state.limits.items() if key in force.limits}
    if len(limits) == len(state.limits):
        return state

    def kept(side: Side, outside: Outside | None) -> Outside | None:
        stands = outside is not None and outside.severity is not None
        return outside if stands or _any(force, side, limits) else None

    return PointState(limits, kept(Side.HIGH, state.high), kept(Side.LOW, state.low), state.faulty_since)


def _follow(
    force: LimitsInForce, side: Side, before: PointState, limits: dict[str, LimitState], time: Instant, value: float
) -> tuple[Outside | None, list[Finding]]:
    """The stretch outside on one side, and what is found about it, after a reading that led to these `limits`."""
    outside = before.high if side is Side.HIGH else before.low
    if outside is not None:
        backs = [
            time if limit.clear_since is None else limit.clear_since
            for key, limit in before.limits.items()
            if key not in limits and force.limits[key].side is side
        ]
        if outside.back is not None:
            backs.append(outside.back)
        outside = msgspec.structs.replace(outside, value=value, back=max(backs, default=None))
    if not _any(force, side, limits):
        if outside is None or outside.severity is None:
            return None, []
        return None, [Returned(CONDITIONS[side], time if outside.back is None else outside.back)]
    if outside is None:
        outside = Outside(since=time, value=value, worst=value, worst_at=time)
    worsened: list[Finding] = []
    if value > outside.worst if side is Side.HIGH else value < outside.worst:
        outside = msgspec.structs.replace(outside, worst=value, worst_at=time)
        if outside.severity is not None:
            worsened = [Worsened(CONDITIONS[side], value, time)]
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
        (limit.active_since, -force.limits[key].severity, force.limits[key])
        for key, limit in after.items()
        if limit.active_since is not None and not before.get(key, QUIET).active and force.limits[key].side is side
    ]
    earliest = min(
        (
            limit.active_since
            for key, limit in before.items()
            if limit.active_since is not None and force.limits[key].side is side
        ),
        default=-inf,
    )
    raised = []
    for at, _, limit in sorted(active, key=itemgetter(0, 1)):
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
                    value=outside.value,
                    limit=limit.value,
                    operator=limit.operator,
                    worst=outside.worst,
                    worst_at=outside.worst_at,
                )
            )
    return outside, raised


def _any(force: LimitsInForce, side: Side, limits: dict[str, LimitState]) -> bool:
    return any(force.limits[key].side is side for key in limits)


def _key(limit: Limit) -> str:
    """What makes a limit the same limit, also after a restart and where its delays have changed."""
    readings = f" {limit.rule.n} in a row" if isinstance(limit.rule, Consecutive) else ""
    return f"{limit.severity.name.lower()} {limit.operator} {limit.value}{readings}"
