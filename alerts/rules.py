"""One limit over the readings of one point: outside, waiting for its delay, active, back inside.

Doubt raises and never clears: an on-delay runs out although no further reading comes, an off-delay only with a
reading that proves it.
"""

import msgspec

from facility.instants import Instant
from facility.limit import Consecutive, Each, Limit, Rule, Side


class LimitState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How one limit stands.

    `since` is the first reading outside of the stretch that leads (or has led) to the alarm, `run` the number of
    readings outside in a row, `due` when the alarm begins unless a reading inside comes before, `active_since` when
    it began, `clear_since` the first reading inside by the deadband while the off-delay runs.
    """

    since: Instant | None = None
    run: int = 0
    due: Instant | None = None
    active_since: Instant | None = None
    clear_since: Instant | None = None

    @property
    def active(self) -> bool:
        return self.active_since is not None


QUIET = LimitState()
"""Inside, and nothing remembered."""


def judge(limit: Limit, state: LimitState, time: Instant, value: float, at_least: bool = False) -> LimitState:
    """The state after one more reading; `state` has been expired up to `time`.

    `at_least` says that the true value may be higher (a counter that overflowed): then a value inside a high limit
    and a value outside a low one say nothing.
    """
    outside = limit.is_outside(value)
    if at_least and outside is (limit.side is Side.LOW):
        return state
    if state.active_since is not None:
        return _towards_return(limit, state, time, value)
    if not outside:
        return QUIET
    since = time if state.since is None else state.since
    run = state.run + 1
    due = state.due
    if due is None and run >= _readings_needed(limit.rule):
        due = max(since + limit.on_delay, time)
    return expire(LimitState(since, run, due), time)


def expire(state: LimitState, now: Instant) -> LimitState:
    """The state when time has come to `now` without a further reading: an on-delay that is due has run out."""
    if state.due is None or now < state.due:
        return state
    return LimitState(state.since, state.run, None, active_since=state.due)


def _towards_return(limit: Limit, state: LimitState, time: Instant, value: float) -> LimitState:
    if not limit.is_clear(value):
        return state if state.clear_since is None else LimitState(state.since, active_since=state.active_since)
    clear_since = time if state.clear_since is None else state.clear_since
    if time - clear_since >= limit.off_delay:
        return QUIET
    return LimitState(state.since, active_since=state.active_since, clear_since=clear_since)


def _readings_needed(rule: Rule) -> int:
    match rule:
        case Each():
            return 1
        case Consecutive(n):
            return n
