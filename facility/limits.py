"""Which limits of a point hold now."""

from facility.limit import Consecutive, Limit, RoomState
from facility.site import Point


def limits_in_force(point: Point, state: RoomState | None) -> tuple[Limit, ...]:
    """The limits of a point that hold in a room state, in the order of the site.

    While the state is unknown (None) the stricter ones of all states hold: for each severity and side the one that
    is passed first. A looser one beside it holds as well where it calls sooner, having a shorter delay or needing
    fewer readings in a row; else a gross excursion would wait for the strictest limit's delay.

    A few microseconds; whoever judges every reading works it out once for each point and state.
    """
    if state is not None:
        return tuple(limit for limit in point.limits if state in limit.room_states)
    needed: list[Limit] = []
    for limit in point.limits:
        if not any(_makes_needless(other, limit) for other in needed):
            needed = [other for other in needed if not _makes_needless(limit, other)] + [limit]
    return tuple(needed)


def _makes_needless(limit: Limit, other: Limit) -> bool:
    """Does this limit call at every reading at which the other does, and no later?"""
    return (
        limit.severity is other.severity
        and limit.side is other.side
        and not other.is_stricter_than(limit)
        and limit.on_delay <= other.on_delay
        and _readings(limit) <= _readings(other)
    )


def _readings(limit: Limit) -> int:
    return limit.rule.n if isinstance(limit.rule, Consecutive) else 1
