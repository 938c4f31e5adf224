"""The conditions of a point beside its limits: their keys in the site file, and what holds by default."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from facility.conditions import Conditions, Frozen, Invalid, Rate, shortest_frozen
from facility.instants import HOUR, MINUTE, Instant, Span
from facility.limit import ALL_ROOM_STATES, Limit, Severity, Side
from facility.quantities import Quantity
from facility.site_values import NEVER, Duration, Entry, Interval, Number, Positive

FROZEN_AFTER: dict[Quantity, Span] = {
    Quantity.PRESSURE: HOUR,
    Quantity.AIR_VELOCITY: HOUR,
    Quantity.HUMIDITY: 4 * HOUR,
    Quantity.TEMPERATURE: 8 * HOUR,
    Quantity.CO2: 8 * HOUR,
}
"""How long a quantity may stand still, unless the site says otherwise. Counts may be 0 for as long as they like."""

TOO_MANY_INVALID = Invalid(readings=5, within=HOUR)
"""Unless the site says otherwise."""

REVERSED_FOR: Span = MINUTE
"""How long a pressure must be reversed before it is an alarm, unless the site says otherwise: a door swings."""


def _or_never(entry: object) -> object:
    return None if entry == NEVER else entry


class RangeEntry(Entry):
    low: Number
    high: Number


class FrozenEntry(Entry):
    after: Interval
    within: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0


class RateEntry(Entry):
    change: Positive
    within: Interval
    severity: Literal["alert", "action"] = "alert"


class InvalidEntry(Entry):
    readings: Annotated[int, Field(ge=2, le=100)]
    within: Interval


class ReversalEntry(Entry):
    on_delay: Duration = REVERSED_FOR
    severity: Literal["alert", "action"] = "action"


class ConditionsEntry(Entry):
    range: RangeEntry | None = None
    frozen: Annotated[FrozenEntry | None, BeforeValidator(_or_never)] = None
    rate: RateEntry | None = None
    invalid: Annotated[InvalidEntry | None, BeforeValidator(_or_never)] = None
    reversal: Annotated[ReversalEntry | None, BeforeValidator(_or_never)] = None


def conditions(
    entry: ConditionsEntry,
    quantity: Quantity,
    interval: Span,
    limits: Sequence[Limit],
    between_rooms: bool,
    first: bool,
    overdue_from: Instant | None,
) -> Conditions:
    """What is judged of a point with these limits that is read every `interval`, the defaults filled in.

    `between_rooms` is a pressure from one room to another; the `first` point of an instrument stands for its clock
    and its calibration, overdue from `overdue_from` on.
    """
    written = entry.model_fields_set
    frozen = FROZEN_AFTER.get(quantity)
    if "frozen" not in written:
        still = None if frozen is None else Frozen(max(frozen, shortest_frozen(interval)))
    else:
        still = None if entry.frozen is None else Frozen(entry.frozen.after, entry.frozen.within)
    if "invalid" not in written:
        invalid = None if quantity is Quantity.VIABLE_AIR else TOO_MANY_INVALID
    else:
        invalid = None if entry.invalid is None else Invalid(entry.invalid.readings, entry.invalid.within)
    reversal = entry.reversal if "reversal" in written else ReversalEntry() if between_rooms else None
    return Conditions(
        range=None if entry.range is None else (entry.range.low, entry.range.high),
        frozen=still,
        rate=None if entry.rate is None else Rate(entry.rate.change, entry.rate.within, _severity(entry.rate)),
        invalid=invalid,
        reversal=None if reversal is None else _reversal(reversal, limits),
        clock=first,
        overdue_from=overdue_from if first else None,
    )


def _reversal(entry: ReversalEntry, limits: Sequence[Limit]) -> Limit | None:
    """A limit at 0, in the room states in which limits of the point say which way the air should flow."""
    way = right_way(limits)
    if way is None:
        return None
    states = frozenset(state for limit in limits if limit.side is way for state in limit.room_states)
    return Limit(_severity(entry), way, 0.0, on_delay=entry.on_delay, room_states=states or ALL_ROOM_STATES)


def right_way(limits: Sequence[Limit]) -> Side | None:
    """The side on which 0 lies outside: low where the pressure should be above 0, high where it should be below."""
    above = any(limit.side is Side.LOW and limit.value >= 0 for limit in limits)
    below = any(limit.side is Side.HIGH and limit.value <= 0 for limit in limits)
    if above is below:
        return None
    return Side.LOW if above else Side.HIGH


def _severity(entry: RateEntry | ReversalEntry) -> Severity:
    return Severity[entry.severity.upper()]
