"""What is wrong with the rules of limits in a site file, and with what stands beside them."""

from collections.abc import Iterator, Sequence
from math import ceil

from facility.language import _
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
        yield place, _("a delay has to be justified (EU GMP Annex 1:2022, 4.16); add a rationale")
    if isinstance(entry.rule, Dose | RollingVolume) and entry.on_delay > 0:
        words = (
            _("a dose is waited for already; leave the delay out")
            if isinstance(entry.rule, Dose)
            else _("a rolling volume is waited for already; leave the delay out")
        )
        yield (*place, "on_delay"), words
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
            yield (
                (*place, "at_once"),
                _("{value} cannot be measured", value=f"{number(limit.at_once)} {measure.unit}"),
            )
        if not isinstance(limit.rule, RollingVolume):
            continue
        volumes.add(limit.rule.litres)
        if quantity is not Quantity.PARTICLES or limit.side is not Side.HIGH:
            yield (*place, "rule"), _("a rolling volume is of particles, and for high limits")
        elif instrument.nominal_volume is None:
            words = _(
                "a rolling volume needs the nominal_volume of {instrument}, litres a sample", instrument=instrument.id
            )
            yield (*place, "rule"), words
        elif (samples := ceil(limit.rule.litres / instrument.nominal_volume)) > MOST_SAMPLES:
            words = _(
                "takes {n} samples of {volume} L, more than {most}; have {instrument} take longer ones",
                n=number(samples),
                volume=number(instrument.nominal_volume),
                most=MOST_SAMPLES,
                instrument=instrument.id,
            )
            yield (*place, "rule"), words
        elif len(volumes) > 1:
            yield (*place, "rule"), _("the limits of one point roll over the same volume")


def _at_once(place: Path, entry: LimitEntry, at_once: float, waits: bool) -> Iterator[Mistake]:
    if entry.low is not None and entry.high is not None:
        yield place, _("is of one side; write low and high as two limits")
    elif entry.low is not None and at_once >= entry.low:
        yield place, _("not deeper than the low limit {value}; write a smaller number", value=number(entry.low))
    elif entry.high is not None and at_once <= entry.high:
        yield place, _("not deeper than the high limit {value}; write a larger number", value=number(entry.high))
    elif isinstance(entry.rule, RollingVolume):
        yield place, _("a rolling volume calls at once as soon as enough is counted; leave it out")
    elif not waits:
        yield place, _("this limit waits for nothing; leave it out, or add an on_delay or a rule")
