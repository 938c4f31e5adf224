"""Where a value lies between its limits: the scale of a bullet graph, and how much of a limit is used."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from facility.limit import Limit, RoomState, Severity, Side
from facility.limits import limits_in_force
from facility.quantities import MEASURES, Quantity
from facility.site import Point


@dataclass(frozen=True, slots=True)
class Bounds:
    """The alert levels and action limits of one point, the strictest of each kind."""

    low_action: float | None = None
    low_alert: float | None = None
    high_alert: float | None = None
    high_action: float | None = None

    @property
    def low(self) -> float | None:
        """The outermost lower limit that there is."""
        return self.low_alert if self.low_action is None else self.low_action

    @property
    def high(self) -> float | None:
        """The outermost upper limit that there is."""
        return self.high_alert if self.high_action is None else self.high_action


def bounds_of(limits: Sequence[Limit]) -> Bounds:
    """The strictest limit of each severity and side."""

    def strictest(severity: Severity, side: Side) -> float | None:
        values = [limit.value for limit in limits if limit.severity is severity and limit.side is side]
        if not values:
            return None
        return min(values) if side is Side.HIGH else max(values)

    return Bounds(
        strictest(Severity.ACTION, Side.LOW),
        strictest(Severity.ALERT, Side.LOW),
        strictest(Severity.ALERT, Side.HIGH),
        strictest(Severity.ACTION, Side.HIGH),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of values on a line of length 1; particles on a logarithmic one."""

    start: float
    end: float
    logarithmic: bool = False

    def position(self, value: float) -> float:
        """Where a value lies, kept within 0 and 1."""
        if self.logarithmic:
            part = (math.log10(max(value, 1.0)) - math.log10(self.start)) / math.log10(self.end / self.start)
        else:
            part = (value - self.start) / (self.end - self.start)
        return min(1.0, max(0.0, part))


def scale_of(quantity: Quantity, bounds: Bounds) -> Scale | None:
    """The scale on which a bullet graph shows a point; None where it has no limit."""
    low, high = bounds.low, bounds.high
    if low is None and high is None:
        return None
    if quantity is Quantity.PARTICLES and low is None and high is not None:
        return Scale(1.0, max(10.0, high * 5), logarithmic=True)
    if low is not None and high is not None:
        margin = max((high - low) * 0.3, 1e-9)
        return Scale(low - margin, high + margin)
    if high is not None:
        if MEASURES[quantity].lowest == 0 and high >= 0:
            return Scale(0.0, high + max(high, 1.0) * 0.4)
        reach = max(abs(high) * 0.25, 5.0)
        return Scale(high - reach, high + reach * 0.4)
    assert low is not None
    reach = max(abs(low), 1.0)
    return Scale(low - reach * 0.6, low + reach * 1.6)


def limit_used(value: float, quantity: Quantity, bounds: Bounds) -> float | None:
    """How much of its limit a value uses: 0 far inside, 1 at the limit, more outside. None where that has no meaning.

    Between two limits it is the distance from the middle; below one limit the share of it, where the quantity
    begins at zero; above a lower limit the limit's share of the value. A single limit of a temperature has none.
    """
    low, high = bounds.low, bounds.high
    if low is not None and high is not None and high > low:
        return abs(value - (low + high) / 2) / ((high - low) / 2)
    if high is not None and high > 0 and MEASURES[quantity].lowest == 0:
        return max(0.0, value) / high
    if low is not None and low > 0 and quantity is not Quantity.TEMPERATURE:
        return low / value if value > low * 0.01 else 100.0
    return None


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a point is held against in one room state; the same for every reading, so worked out once."""

    limits: tuple[Limit, ...]
    bounds: Bounds
    scale: Scale | None


def yardstick(point: Point, state: RoomState | None) -> Yardstick:
    """The yardstick of a point in a room state; the stricter limits hold while the state is unknown."""
    limits = limits_in_force(point, state)
    bounds = bounds_of(limits)
    return Yardstick(limits, bounds, scale_of(point.quantity, bounds))
