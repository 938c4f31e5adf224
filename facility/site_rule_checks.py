"""What is wrong with the rules of limits in a site file, and with what stands beside them."""

from collections.abc import Iterator, Sequence
from math import ceil

from facility.limit import MOST_SAMPLES, Dose, Each, RollingVolume, Side
from facility.quantities import Measure, Quantity
from facility.site_limits import Mistake, SiteLimit
from facility.site_schema import InstrumentEntry, LimitEntry
from facility.site_words import number
from facility.site_yaml import Path


def rule_mistakes(place: Path, entry: LimitEntry) -> Iterator[Mistake]:
    """What is wrong with one entry by itself."""
    waits = entry.on_delay > 0 or not isinstance(entry.rule, Each)
    if waits and not (entry.rationale or entry.standard_does_not_apply):
        yield place, "a delay has to be justified (EU GMP Annex 1:2022, 4.16); add a rationale"
    if isinstance(entry.rule, Dose | RollingVolume) and entry.on_delay > 0:
        yield (*place, "on_delay"), f"a {_kind(entry)} is waited for already; leave the delay out"
    if entry.at_once is not None:
        yield from _at_once((*place, "at_once"), entry, entry.at_once, waits)


def measured_mistakes(
    limits: Sequence[SiteLimit], quantity: Quantity, measure: Measure, instrument: InstrumentEntry
) -> Iterator[Mistake]:
    """What is wrong with the rules of a point's limits, by what the point measures and with what."""
    volumes: set[float] = set()
    for own in limits:
        place, limit = own.place[:-1], own.limit
        if limit.at_once is not None and not measure.lowest <= limit.at_once <= measure.highest:
            yield (*place, "at_once"), f"{number(limit.at_once)} {measure.unit} cannot be measured"
        if not isinstance(limit.rule, RollingVolume):
            continue
        volumes.add(limit.rule.litres)
        if quantity is not Quantity.PARTICLES or limit.side is not Side.HIGH:
            yield (*place, "rule"), "a rolling volume is of particles, and for high limits"
        elif instrument.nominal_volume is None:
            yield (*place, "rule"), f"a rolling volume needs the nominal_volume of {instrument.id}, litres a sample"
        elif (samples := ceil(limit.rule.litres / instrument.nominal_volume)) > MOST_SAMPLES:
            told = f"takes {number(samples)} samples of {number(instrument.nominal_volume)} L"
            yield (*place, "rule"), f"{told}, more than {MOST_SAMPLES}; have {instrument.id} take longer ones"
        elif len(volumes) > 1:
            yield (*place, "rule"), "the limits of one point roll over the same volume"


def _at_once(place: Path, entry: LimitEntry, at_once: float, waits: bool) -> Iterator[Mistake]:
    if entry.low is not None and entry.high is not None:
        yield place, "is of one side; write low and high as two limits"
    elif entry.low is not None and at_once >= entry.low:
        yield place, f"not deeper than the low limit {number(entry.low)}; write a smaller number"
    elif entry.high is not None and at_once <= entry.high:
        yield place, f"not deeper than the high limit {number(entry.high)}; write a larger number"
    elif isinstance(entry.rule, RollingVolume):
        yield place, "a rolling volume calls at once as soon as enough is counted; leave it out"
    elif not waits:
        yield place, "this limit waits for nothing; leave it out, or add an on_delay or a rule"


def _kind(entry: LimitEntry) -> str:
    return "dose" if isinstance(entry.rule, Dose) else "rolling volume"
