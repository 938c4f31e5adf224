"""What is wrong with the conditions beside limits in a site file."""

from collections.abc import Iterator, Sequence

from facility.conditions import shortest_frozen
from facility.instants import Span
from facility.limit import Limit
from facility.quantities import MEASURES, Quantity
from facility.site_conditions import ConditionsEntry, right_way
from facility.site_limits import Mistake
from facility.site_words import duration, number
from facility.site_yaml import Path


def condition_mistakes(
    place: Path, entry: ConditionsEntry, quantity: Quantity, limits: Sequence[Limit], between_rooms: bool
) -> Iterator[Mistake]:
    """What is wrong with the conditions that the site file writes for a point with these limits."""
    measure = MEASURES[quantity]
    if entry.range is not None:
        low, high = entry.range.low, entry.range.high
        if low >= high:
            yield (*place, "range"), f"{number(low)} to {number(high)} holds nothing; low is the smaller number"
        elif not measure.lowest <= low <= high <= measure.highest:
            possible = f"{number(measure.lowest)} to {number(measure.highest)} {measure.unit}"
            yield (*place, "range"), f"wider than what can be at all, {possible}"
        for limit in limits:
            if low < high and not low <= limit.value <= high:
                told = f"{limit.severity.name.lower()} {limit.side}"
                yield (*place, "range"), f"the {told} limit {number(limit.value)} {measure.unit} cannot be measured"
    if entry.reversal is not None:
        if not between_rooms:
            yield (*place, "reversal"), "only a pressure between rooms can be reversed; say against which"
        elif right_way(limits) is None:
            yield (
                (*place, "reversal"),
                "needs a low limit at 0 or above, or a high one at 0 or below: which way should the air flow?",
            )


def never_found(place: Path, entry: ConditionsEntry, interval: Span) -> Iterator[Mistake]:
    """Conditions that the readings of an instrument which reads every `interval` are too few for."""
    every = f"for an instrument that reads every {duration(interval)}"
    if entry.frozen is not None and entry.frozen.after < shortest_frozen(interval):
        shortest = duration(shortest_frozen(interval))
        yield (*place, "frozen", "after"), f"too short to be told {every}: {shortest} at least"
    if entry.rate is not None and entry.rate.within < 2 * interval:
        yield (*place, "rate", "within"), f"too short to be told {every}: {duration(2 * interval)} at least"
    if entry.invalid is not None and entry.invalid.within < (entry.invalid.readings + 1) * interval:
        shortest = duration((entry.invalid.readings + 1) * interval)
        readings = entry.invalid.readings
        yield (*place, "invalid", "within"), f"too short for {readings} readings {every}: {shortest} at least"
