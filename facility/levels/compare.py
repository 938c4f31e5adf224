"""All methods side by side, by the rules that hold for every one of them.

An alert level lies inside the action limit; a suggested action limit is no looser than the one in force, which the
site file keeps inside the standard's (EU GMP Annex 1:2022, 9.9). Colonies are whole numbers, rounded up; other levels
are rounded outward to the decimals in which the quantity is written. A level of no colony is set at one: any growth.
"""

import math
from dataclasses import dataclass, replace

from facility.instants import DAY, Span
from facility.language import _, _n
from facility.levels.methods import log_normal, negative_binomial, normal, percentile, poisson, tolerance
from facility.levels.result import Result
from facility.levels.sample import Sample
from facility.limit import Side
from facility.quantities import Quantity
from facility.writing import decimal

METHODS = (percentile, tolerance, normal, log_normal, poisson, negative_binomial)
SEASONS: Span = 365 * DAY
"""A level of less is provisional: it has not seen all seasons."""
LEAST_FOR_GOOD = 100
"""A level of fewer values is provisional."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the methods say of one sample, and what is to be known of all of them."""

    results: tuple[Result, ...]
    provisional: str = ""
    """Why a level of these data is provisional, empty where it is not."""
    warnings: tuple[str, ...] = ()


def compare(sample: Sample, span: Span) -> Comparison:
    """Every method that may have something to say of this quantity. `span` is how long the data were collected."""
    results = tuple(_bounded(method(sample), sample) for method in METHODS if _speaks_of(method.__name__, sample))
    return Comparison(results, _provisional(sample, span), tuple(_warnings(sample)))


def _speaks_of(method: str, sample: Sample) -> bool:
    if method in ("poisson", "negative_binomial"):
        return sample.counted
    return method != "log_normal" or sample.quantity is Quantity.PARTICLES


def _bounded(result: Result, sample: Sample) -> Result:
    """Rounded and capped. Worked out as for a high side; a low side is mirrored."""
    if result.computed_alert is None:
        return result
    sign = 1.0 if sample.side is Side.HIGH else -1.0
    bound = math.inf if sample.action is None else sign * sample.action
    alert = _outward(sign * result.computed_alert, sample.step)
    reached = sample.counted and alert < 1
    if reached:
        alert = 1.0
    against, warnings, capped = list(result.against), list(result.warnings), False
    if reached:
        warnings.append(_("the level would be no growth: alert at 1 CFU, or trend the recovery rate"))
    highest = bound if reached else _inside(bound, sample.step)
    if alert > highest:
        alert, capped = highest, True
        warnings.append(_("history reaches the action limit; the alert level is capped just inside it"))
    if sample.counted and alert < (1 if reached else 0):
        return replace(result, against=(*against, _("any growth is above the action limit; there is no alert level")))
    action = None
    if result.computed_action is not None:
        action = _outward(sign * result.computed_action, sample.step)
        if action > bound:
            action, capped = bound, True
            warnings.append(
                _("the action limit that history suggests is looser than the one in force; that one stays")
            )
        if action <= alert:
            action = min(_outward(alert + sample.step, sample.step), bound)
    return replace(
        result,
        alert=sign * alert + 0.0,
        action=None if action is None else sign * action + 0.0,
        reached=reached,
        capped=capped,
        against=tuple(against),
        warnings=tuple(warnings),
    )


def _outward(value: float, step: float) -> float:
    """Rounded up to a whole number of steps; what differs from one by a rounding error of the machine is one."""
    steps = value / step
    nearest = round(steps)
    return _of_steps(nearest if math.isclose(steps, nearest, rel_tol=1e-9, abs_tol=1e-9) else math.ceil(steps), step)


def _inside(bound: float, step: float) -> float:
    """The last step below a bound."""
    return bound if math.isinf(bound) else _of_steps(math.ceil(bound / step - 1e-9) - 1, step)


def _of_steps(steps: int, step: float) -> float:
    return round(steps * step, 6)


def _provisional(sample: Sample, span: Span) -> str:
    reasons = []
    if sample.n < LEAST_FOR_GOOD:
        reasons.append(_("{values}, fewer than {n}", values=sample.size, n=LEAST_FOR_GOOD))
    if span < SEASONS:
        days = round(span / DAY)
        reasons.append(_n("{n} day of data, not all seasons", "{n} days of data, not all seasons", days, n=days))
    return _(" and ").join(reasons)


def _warnings(sample: Sample) -> list[str]:
    warnings = []
    if sample.effective is not None and sample.effective < HALF * sample.n:
        warnings.append(
            _(
                "Neighbouring values resemble each other: {all} values are worth about {n} independent ones. "
                "Percentiles hold, confidence and tests do not; a longer unit of analysis helps.",
                all=decimal(sample.n, 0),
                n=decimal(sample.effective, 0),
            )
        )
    if sample.action is None:
        warnings.append(_("No action limit is in force on this side; nothing caps the level."))
    return warnings
