"""The methods themselves: from a sample to computed levels. Rounding and caps are in `facility.levels.compare`."""

import math
from collections.abc import Callable

import numpy as np
from scipy import optimize, stats

from facility.language import N_, _
from facility.levels.fits import count_fit, normal_fit
from facility.levels.result import SIGNIFICANCE, Method, Result
from facility.levels.sample import Array, Sample
from facility.limit import Side

ALERT_COVERAGE = 0.95
ACTION_COVERAGE = 0.99
CONFIDENCE = 0.95
ALERT_SDS = 2.0
ACTION_SDS = 3.0

LARGEST_LOG = 700.0
"""Of larger ones the machine knows no exponential."""

LEAST_FOR_PERCENTILE = 20
"""With fewer the 95th percentile is little but the largest value."""
LEAST_FOR_99TH = 100
"""With fewer the 99th percentile is little but the largest value."""
LEAST_FOR_SD = 20
"""Commonly 20 to 30; no regulation gives a number."""


def percentile(sample: Sample) -> Result:
    """95th and 99th percentile by linear interpolation: type 7 of Hyndman and Fan 1996, as numpy and spreadsheets."""
    against, warnings = [], []
    if sample.n < LEAST_FOR_PERCENTILE:
        against.append(_("{values}; a 95th percentile needs {n}", values=sample.size, n=LEAST_FOR_PERCENTILE))
    if sample.n < LEAST_FOR_99TH:
        warnings.append(_("the 99th percentile needs {n} values; with fewer it is the largest one", n=LEAST_FOR_99TH))
    return _result(
        Method.PERCENTILE,
        sample,
        lambda coverage: float(np.quantile(sample.outward, coverage)),
        against=against,
        warnings=warnings,
    )


def tolerance(sample: Sample) -> Result:
    """The least order statistic that lies above 95 % (99 %) of all values with 95 % confidence (Wilks 1941)."""
    ordered = np.sort(sample.outward)
    alert = tolerance_rank(sample.n, ALERT_COVERAGE)
    action = tolerance_rank(sample.n, ACTION_COVERAGE)
    against, warnings = [], []
    if alert is None:
        needed = least_for(ALERT_COVERAGE)
        against.append(_("{values}; 95 % coverage with 95 % confidence needs {n}", values=sample.size, n=needed))
    elif sample.effective is not None and sample.effective < least_for(ALERT_COVERAGE):
        against.append(
            _(
                "neighbouring values resemble each other: {all} are worth about {n} independent ones, and {needed} "
                "are needed for the confidence",
                all=sample.n,
                n=round(sample.effective),
                needed=least_for(ALERT_COVERAGE),
            )
        )
    if action is None:
        needed = least_for(ACTION_COVERAGE)
        warnings.append(_("99 % coverage with 95 % confidence needs {n} values", n=needed))
    return _mirrored(
        sample,
        Method.TOLERANCE,
        None if alert is None else float(ordered[alert - 1]),
        None if action is None else float(ordered[action - 1]),
        {N_("rank"): float(alert or 0), N_("confidence"): CONFIDENCE},
        against,
        warnings,
    )


def tolerance_rank(n: int, coverage: float) -> int | None:
    """Which of n values in order, from 1, is the tolerance limit; None where not even the largest is one."""
    rank = int(stats.binom.ppf(CONFIDENCE, n, coverage)) + 1 if n else 1
    return rank if rank <= n else None


def least_for(coverage: float) -> int:
    """How many values it takes for the largest to be a tolerance limit: 59 for 95 %, 299 for 99 %."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(coverage))


def normal(sample: Sample) -> Result:
    """Mean and 2 (3) standard deviations, n - 1 in the variance."""
    values = sample.outward
    if sample.n < 2:
        return _without(Method.NORMAL, sample, _("a standard deviation needs 2 values"))
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    fit = normal_fit(sample.values)
    against = _too_few(sample)
    if not fit.holds:
        against.append(_("the values are not normally distributed ({test}, p {p})", test=_(fit.test), p=_p(fit.p)))
    return _mirrored(
        sample,
        Method.NORMAL,
        mean + ALERT_SDS * sd,
        mean + ACTION_SDS * sd,
        {N_("mean"): float(sample.values.mean()), N_("SD"): sd},
        against,
        [],
    ).with_fit(fit)


def log_normal(sample: Sample) -> Result:
    """exp(mean + 2 (3) SD) of the natural logarithms: for skewed values above zero."""
    if sample.side is Side.LOW:
        return _without(Method.LOG_NORMAL, sample, _("for a high side only"))
    if sample.n < 2 or float(sample.values.min()) <= 0:
        return _without(Method.LOG_NORMAL, sample, _("a logarithm needs values above zero"))
    logs = np.log(sample.values)
    mean, sd = float(logs.mean()), float(logs.std(ddof=1))
    if mean + ACTION_SDS * sd > LARGEST_LOG:
        return _without(Method.LOG_NORMAL, sample, _("the values spread over too many powers of ten"))
    fit = normal_fit(logs, np.exp)
    against = _too_few(sample)
    if not fit.holds:
        against.append(
            _("the logarithms are not normally distributed ({test}, p {p})", test=_(fit.test), p=_p(fit.p))
        )
    return _mirrored(
        sample,
        Method.LOG_NORMAL,
        math.exp(mean + ALERT_SDS * sd),
        math.exp(mean + ACTION_SDS * sd),
        {N_("mean of ln"): mean, N_("SD of ln"): sd},
        against,
        [],
    ).with_fit(fit)


def poisson(sample: Sample) -> Result:
    """The least k with P(X <= k) of 0.95 (0.99) or more; only where the variance is about the mean."""
    if why := _not_counts(sample):
        return _without(Method.POISSON, sample, why)
    mean = float(sample.values.mean())
    if mean == 0:
        return _without(Method.POISSON, sample, _("no growth at all; there is nothing to fit"))
    fit = count_fit(
        sample.values, lambda k: stats.poisson.pmf(k, mean), lambda p: stats.poisson.ppf(p, mean), estimated=1
    )
    p = dispersion_p(sample.values)
    against = _too_few(sample)
    if p < SIGNIFICANCE:
        against.append(
            _("the variance is above the mean (index of dispersion, p {p}); the level would be too low", p=_p(p))
        )
    return _mirrored(
        sample,
        Method.POISSON,
        float(stats.poisson.ppf(ALERT_COVERAGE, mean)),
        float(stats.poisson.ppf(ACTION_COVERAGE, mean)),
        {N_("mean"): mean, N_("dispersion p"): p},
        against,
        [] if fit.holds else [_("the fit is poor ({test}, p {p})", test=_(fit.test), p=_p(fit.p))],
    ).with_fit(fit)


def negative_binomial(sample: Sample) -> Result:
    """As Poisson, with a negative binomial of the same mean: k by maximum likelihood, by moments beside it."""
    if why := _not_counts(sample):
        return _without(Method.NEGATIVE_BINOMIAL, sample, why)
    values = sample.values
    mean = float(values.mean())
    variance = float(values.var(ddof=1)) if sample.n > 1 else 0.0
    if variance <= mean:
        return _without(Method.NEGATIVE_BINOMIAL, sample, _("the variance is not above the mean"))
    moments = mean**2 / (variance - mean)
    k = likeliest_k(values) or moments
    p = k / (k + mean)
    fit = count_fit(values, lambda x: stats.nbinom.pmf(x, k, p), lambda q: stats.nbinom.ppf(q, k, p), estimated=2)
    against = _too_few(sample)
    if not fit.holds:
        against.append(_("the fit is poor ({test}, p {p})", test=_(fit.test), p=_p(fit.p)))
    return _mirrored(
        sample,
        Method.NEGATIVE_BINOMIAL,
        float(stats.nbinom.ppf(ALERT_COVERAGE, k, p)),
        float(stats.nbinom.ppf(ACTION_COVERAGE, k, p)),
        {N_("mean"): mean, N_("k"): k, N_("k by moments"): moments, N_("p"): p},
        against,
        [],
    ).with_fit(fit)


def dispersion_p(values: Array) -> float:
    """Fisher's index of dispersion: how likely a variance this far above the mean is if the counts were Poisson.

    (n - 1) variance / mean against chi-squared with n - 1 degrees of freedom (Fisher, Thornton and Mackenzie 1922).
    """
    mean = float(values.mean())
    if len(values) < 2 or mean == 0:
        return 1.0
    return float(stats.chi2.sf((len(values) - 1) * float(values.var(ddof=1)) / mean, len(values) - 1))


def likeliest_k(values: Array) -> float | None:
    """The negative binomial's k by maximum likelihood, its mean being the sample's; None where there is none.

    It has one where the variance (by n) is above the mean (Anscombe 1950), and then is more efficient than moments.
    """
    mean = float(values.mean())
    if float(values.var()) <= mean:
        return None
    counts, times = np.unique(values, return_counts=True)

    def unlikely(log_k: float) -> float:
        k = math.exp(log_k)
        return -float(np.sum(times * stats.nbinom.logpmf(counts, k, k / (k + mean))))

    found = optimize.minimize_scalar(unlikely, bounds=(math.log(1e-3), math.log(1e4)), method="bounded")
    return math.exp(float(found.x)) if found.success else None


def _not_counts(sample: Sample) -> str | None:
    if sample.side is Side.LOW or not sample.counted:
        return _("for counts of colonies only")
    if np.any(sample.values != np.round(sample.values)):
        return _("the values are no whole numbers; corrected or scaled counts have no Poisson distribution")
    return None if sample.n else _("no values")


def _too_few(sample: Sample) -> list[str]:
    if sample.n >= LEAST_FOR_SD:
        return []
    return [_("{values}; mean and spread need {n}", values=sample.size, n=LEAST_FOR_SD)]


def _result(
    method: Method, sample: Sample, level: Callable[[float], float], against: list[str], warnings: list[str]
) -> Result:
    if sample.n == 0:
        return _without(method, sample, _("no values"))
    action = level(ACTION_COVERAGE) if sample.n >= LEAST_FOR_99TH else None
    return _mirrored(sample, method, level(ALERT_COVERAGE), action, {}, against, warnings)


def _without(method: Method, sample: Sample, why: str) -> Result:
    return Result(method, sample.n, against=(why,))


def _mirrored(
    sample: Sample,
    method: Method,
    alert: float | None,
    action: float | None,
    parameters: dict[str, float],
    against: list[str],
    warnings: list[str],
) -> Result:
    """Back from `Sample.outward` to the unit."""
    sign = 1.0 if sample.side is Side.HIGH else -1.0
    return Result(
        method,
        sample.n,
        computed_alert=None if alert is None else sign * alert,
        computed_action=None if action is None else sign * action,
        parameters=parameters,
        against=tuple(against),
        warnings=tuple(warnings),
    )


def _p(p: float | None) -> str:
    return _("unknown") if p is None else _("below 0.001") if p < 0.001 else f"{p:.3f}"
