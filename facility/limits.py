"""Which limits of a point hold now."""

from facility.instants import HOUR, Span
from facility.limit import MOST_SAMPLES, Consecutive, Dose, Each, Limit, MOfN, RollingVolume, RoomState, Side
from facility.site import Point


def limits_in_force(point: Point, state: RoomState | None) -> tuple[Limit, ...]:
    """The limits of a point that hold in a room state, in the order of the site.

    While the state is unknown (None) the stricter ones of all states hold: for each severity and side the one that
    is passed first. A looser one beside it holds as well where it calls sooner, having a shorter delay or needing
    fewer readings; else a gross excursion would wait for the strictest limit's delay.

    A few microseconds; whoever judges every reading works it out once for each point and state.
    """
    if state is not None:
        return tuple(limit for limit in point.limits if state in limit.room_states)
    needed: list[Limit] = []
    for limit in point.limits:
        if not any(_makes_needless(other, limit) for other in needed):
            needed = [other for other in needed if not _makes_needless(limit, other)] + [limit]
    return tuple(needed)


def looks_back(point: Point) -> Span:
    """How long before a reading others can matter to what it is judged to be: delays, and what is remembered."""
    pause, beside = point.silent_after or HOUR, point.conditions
    spans = [max(limit.on_delay, limit.off_delay, _readings_remembered(limit) * pause) for limit in point.limits]
    if beside.frozen is not None:
        spans.append(beside.frozen.after)
    spans += [condition.within for condition in (beside.rate, beside.invalid) if condition is not None]
    return max(spans, default=0)


def _makes_needless(limit: Limit, other: Limit) -> bool:
    """Does this limit call whenever the other does, and no later?"""
    return (
        limit.severity is other.severity
        and limit.side is other.side
        and not other.is_stricter_than(limit)
        and limit.on_delay <= other.on_delay
        and (limit.latched or not other.latched)
        and _is_as_deep(limit, other)
        and _is_met_as_soon(limit, other)
    )


def _is_as_deep(limit: Limit, other: Limit) -> bool:
    """Is whatever the other calls for at once something that this one calls for as soon?"""
    if other.at_once is None or (isinstance(limit.rule, Each) and limit.on_delay == 0):
        return True
    if limit.at_once is None:
        return False
    return limit.at_once <= other.at_once if limit.side is Side.HIGH else limit.at_once >= other.at_once


def _is_met_as_soon(limit: Limit, other: Limit) -> bool:
    """Of two limits on the same values: is the rule of this one met whenever the other's is?"""
    match limit.rule, other.rule:
        case RollingVolume(litres), RollingVolume(others):
            return litres == others
        case Dose(amount), Dose(others):
            return amount <= others
        case Each() | Consecutive() | MOfN(), Each() | Consecutive() | MOfN():
            (m, n), (others_m, others_n) = _m_of_n(limit), _m_of_n(other)
            at_any = m == 1 and (limit.on_delay == 0 or others_m == others_n)
            return at_any or (m <= others_m and n >= others_n)
        case Each(), Dose():
            return limit.on_delay == 0
        case _:
            return False


def _m_of_n(limit: Limit) -> tuple[int, int]:
    match limit.rule:
        case MOfN(m, n):
            return m, n
        case Consecutive(n):
            return n, n
        case _:
            return 1, 1


def _readings_remembered(limit: Limit) -> int:
    match limit.rule:
        case RollingVolume():
            return MOST_SAMPLES
        case _:
            return _m_of_n(limit)[1]
