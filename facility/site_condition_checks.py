"""What is wrong with the conditions beside limits in a site file."""

from collections.abc import Iterator, Sequence

from facility.conditions import shortest_frozen
from facility.instants import Span
from facility.language import N_, _
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
            words = _("{low} to {high} holds nothing; low is the smaller number", low=number(low), high=number(high))
            yield (*place, "range"), words
        elif not measure.lowest <= low <= high <= measure.highest:
            words = _(
                "wider than what can be at all, {low} to {high}",
                low=number(measure.lowest),
                high=f"{number(measure.highest)} {measure.unit}",
            )
            yield (*place, "range"), words
        for limit in limits:
            if low < high and not low <= limit.value <= high:
                words = _(
                    "the {severity} {side} limit {value} cannot be measured",
                    severity=_(limit.severity.name.lower()),
                    side=_(limit.side.value),
                    value=f"{number(limit.value)} {measure.unit}",
                )
                yield (*place, "range"), words
    if entry.reversal is not None:
        if not between_rooms:
            yield (*place, "reversal"), _("only a pressure between rooms can be reversed; say against which")
        elif right_way(limits) is None:
            yield (
                (*place, "reversal"),
                _("needs a low limit at 0 or above, or a high one at 0 or below: which way should the air flow?"),
            )


def never_found(place: Path, entry: ConditionsEntry, interval: Span) -> Iterator[Mistake]:
    """Conditions that the readings of an instrument which reads every `interval` are too few for."""
    every = duration(interval)
    short = N_("too short to be told for an instrument that reads every {interval}: {shortest} at least")
    if entry.frozen is not None and entry.frozen.after < shortest_frozen(interval):
        shortest = duration(shortest_frozen(interval))
        yield (*place, "frozen", "after"), _(short, interval=every, shortest=shortest)
    if entry.rate is not None and entry.rate.within < 2 * interval:
        yield (*place, "rate", "within"), _(short, interval=every, shortest=duration(2 * interval))
    if entry.invalid is not None and entry.invalid.within < (entry.invalid.readings + 1) * interval:
        shortest = duration((entry.invalid.readings + 1) * interval)
        words = _(
            "too short for {n} readings for an instrument that reads every {interval}: {shortest} at least",
            n=entry.invalid.readings,
            interval=every,
            shortest=shortest,
        )
        yield (*place, "invalid", "within"), words
