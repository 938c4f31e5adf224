"""One limit over the readings of one point: outside, waiting for its rule and delay, active, back inside.

Doubt raises and never clears: an on-delay runs out although no further reading comes, a dose goes on growing, an
off-delay ends only with a reading that proves it.
"""

from math import ceil

import msgspec

from facility.instants import SECOND, Instant
from facility.limit import Consecutive, Dose, Each, Limit, MOfN, RollingVolume, Side


class Worst(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The value farthest outside, and the first reading that had it."""

    value: float
    time: Instant


class LimitState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How one limit stands.

    `since` is the first reading outside of the stretch that leads (or has led) to the alarm, None while nothing is
    outside. `due` is when the alarm begins unless a reading inside comes before, `active_since` when it began,
    `clear_since` the first reading inside by the deadband while the off-delay runs. `value` is the newest that was
    judged, `worst` the farthest since `since`.

    What a rule has to remember: `run`, the number of readings outside in a row, or for m of n one bit for each of
    the last n readings, the newest lowest; `outside`, those of them that are outside; `dose`, in the point's unit
    times milliseconds, as of `dosed`, and the `depth` since then.
    """

    since: Instant | None = None
    run: int = 0
    due: Instant | None = None
    active_since: Instant | None = None
    clear_since: Instant | None = None
    value: float = 0.0
    worst: Worst | None = None
    outside: tuple[Worst, ...] = ()
    dose: float = 0.0
    dosed: Instant = 0
    depth: float = 0.0

    @property
    def active(self) -> bool:
        return self.active_since is not None


QUIET = LimitState()
"""Inside, and nothing remembered."""


def judge(limit: Limit, state: LimitState, time: Instant, value: float, at_least: bool = False) -> LimitState:
    """The state after one more reading; `state` has been expired up to `time`.

    `value` is that of the reading, or for a rolling volume the concentration in it. `at_least` says that the true
    value may be higher (a counter that overflowed): then a value inside a high limit and a value outside a low one
    say nothing.
    """
    outside = limit.is_outside(value)
    if at_least and outside is (limit.side is Side.LOW):
        return state
    match limit.rule:
        case MOfN(m, n):
            return _judge_m_of_n(limit, m, n, state, time, value, outside)
        case _ if state.active_since is not None:
            return _towards_return(limit, state, time, value)
        case Dose(amount):
            return _judge_dose(limit, amount, state, time, value, outside)
        case _ if not outside:
            return QUIET
        case Consecutive(n):
            needed = n
        case Each() | RollingVolume():
            needed = 1
    since = time if state.since is None else state.since
    run = state.run + 1
    due = state.due
    if due is None and run >= needed:
        due = max(since + limit.on_delay, time)
    if limit.is_deep(value):
        due = time
    return expire(LimitState(since, run, due, value=value, worst=_worst(limit, state, time, value)), time)


def expire(state: LimitState, now: Instant) -> LimitState:
    """The state when time has come to `now` without a further reading: an on-delay that is due has run out."""
    if state.due is None or now < state.due:
        return state
    return msgspec.structs.replace(state, due=None, active_since=state.due)


def farther(side: Side, one: Worst, other: Worst | None) -> Worst:
    """The value farther outside, of equal ones the earlier."""
    if other is None:
        return one
    return min(one, other, key=lambda worst: (-worst.value if side is Side.HIGH else worst.value, worst.time))


def _judge_m_of_n(
    limit: Limit, m: int, n: int, state: LimitState, time: Instant, value: float, outside: bool
) -> LimitState:
    """Readings inside are remembered only for the place they take among the last n."""
    flags = (state.run << 1 | outside) & ((1 << n) - 1)
    readings = (*state.outside, Worst(value, time)) if outside else state.outside
    readings = readings[len(readings) - flags.bit_count() :]
    enough = flags.bit_count() >= m
    if state.active_since is not None:
        inside = not enough and not limit.is_deep(value) and limit.is_clear(value)
        after = _towards_return(limit, state, time, value) if inside else _not_clear(limit, state, time, value)
        if after is not QUIET:
            return msgspec.structs.replace(after, run=flags, outside=readings)
        return LimitState(run=flags, value=value, outside=readings) if flags else QUIET
    due = state.due if enough else None
    if due is None and enough:
        due = max(readings[0].time + limit.on_delay, time)
    if limit.is_deep(value):
        due = time
    if due is None and not outside:
        return LimitState(run=flags, value=value, outside=readings) if flags else QUIET
    worst = readings[0]
    for reading in readings[1:]:
        worst = farther(limit.side, worst, reading)
    return expire(LimitState(readings[0].time, flags, due, value=value, worst=worst, outside=readings), time)


def _judge_dose(
    limit: Limit, amount: float, state: LimitState, time: Instant, value: float, outside: bool
) -> LimitState:
    if not outside and (state.since is None or limit.is_clear(value)):
        return QUIET
    dose = state.dose + state.depth * (time - state.dosed)
    depth = limit.depth(value)
    due = time + ceil((amount * SECOND - dose) / depth) if depth else None
    if limit.is_deep(value):
        due = time
    worst = _worst(limit, state, time, value)
    since = time if state.since is None else state.since
    after = LimitState(since, 0, due, value=value, worst=worst, dose=dose, dosed=time, depth=depth)
    return expire(after, time)


def _towards_return(limit: Limit, state: LimitState, time: Instant, value: float) -> LimitState:
    if not limit.is_clear(value):
        return _not_clear(limit, state, time, value)
    clear_since = time if state.clear_since is None else state.clear_since
    if time - clear_since >= limit.off_delay:
        return QUIET
    return LimitState(
        state.since, active_since=state.active_since, clear_since=clear_since, value=value, worst=state.worst
    )


def _not_clear(limit: Limit, state: LimitState, time: Instant, value: float) -> LimitState:
    worst = _worst(limit, state, time, value)
    return LimitState(state.since, active_since=state.active_since, value=value, worst=worst)


def _worst(limit: Limit, state: LimitState, time: Instant, value: float) -> Worst:
    worst = state.worst
    if worst is not None and not (value > worst.value if limit.side is Side.HIGH else value < worst.value):
        return worst
    return Worst(value, time)
