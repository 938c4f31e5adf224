"""Alert levels from history: the methods against worked examples, their rules, and their coverage of known data."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from facility.instants import DAY
from facility.levels.compare import compare
from facility.levels.methods import (
    dispersion_p,
    least_for,
    log_normal,
    negative_binomial,
    normal,
    percentile,
    poisson,
    tolerance,
    tolerance_rank,
)
from facility.levels.result import Method, Result
from facility.levels.sample import Array, Sample, effective_size, lag_correlation, recovery_rate
from facility.limit import Side
from facility.quantities import Quantity

YEAR = 365 * DAY

PLATES = np.repeat([0.0, 1, 2, 3, 4, 5, 7, 9], [62, 18, 9, 5, 3, 1, 1, 1])
"""A year of 100 plates of a grade B room, most of them without growth."""


def scaled(mean: float, sd: float) -> Array:
    """20 values, skewed, with this mean and standard deviation (n - 1)."""
    values = np.random.default_rng(0).gamma(4, 1, 20)
    found: Array = mean + sd * (values - values.mean()) / values.std(ddof=1)
    return found


def plates(values: Array = PLATES, action: float | None = 10) -> Sample:
    return Sample(np.asarray(values, np.float64), Quantity.VIABLE_AIR, action=action)


def particles(values: Array, action: float | None = None) -> Sample:
    return Sample(np.asarray(values, np.float64), Quantity.PARTICLES, action=action)


def pressure(values: Array, action: float | None = None) -> Sample:
    return Sample(np.asarray(values, np.float64), Quantity.PRESSURE, Side.LOW, action)


def alert_of(result: Result) -> float:
    assert result.computed_alert is not None
    return result.computed_alert


def by_method(sample: Sample, method: Method) -> Result:
    return next(result for result in compare(sample, YEAR).results if result.method is method)


def computed(result: Result) -> tuple[float, float]:
    assert result.computed_alert is not None and result.computed_action is not None
    return round(result.computed_alert, 4), round(result.computed_action, 4)


def test_e25_e26_poisson_quantiles() -> None:
    assert [stats.poisson.ppf(p, 0.5) for p in (0.95, 0.99)] == [2, 3]
    of_mean_2 = plates(np.repeat([0.0, 1, 2, 3, 4, 5, 6], [14, 26, 27, 18, 10, 4, 1]))
    assert of_mean_2.values.mean() == 2
    assert computed(poisson(of_mean_2)) == (5, 6)


def test_e28_the_plates_are_those_of_the_worked_example() -> None:
    assert (len(PLATES), PLATES.mean()) == (100, 0.84)
    assert (round(PLATES.std(ddof=1), 3), round(PLATES.var(ddof=1), 4)) == (1.529, 2.3378)


def test_e29_percentiles_are_of_type_7() -> None:
    assert computed(percentile(plates())) == (4.0, 7.02)


def test_the_nearest_rank_is_another_percentile() -> None:
    assert np.quantile(PLATES, 0.99, method="inverted_cdf") == 7


def test_e31_mean_and_standard_deviations() -> None:
    result = normal(plates())
    assert computed(result) == (3.898, 5.4269)
    assert "not normally distributed" in result.against[0]


def test_e32_poisson_is_too_low_for_overdispersed_plates_and_is_not_offered() -> None:
    result = poisson(plates())
    assert computed(result) == (3, 4)
    assert not result.usable
    assert "the variance is above the mean" in result.against[0]


def test_a_negative_binomial_fits_them() -> None:
    result = negative_binomial(plates())
    assert computed(result) == (4, 7)
    assert result.parameters["k by moments"] == pytest.approx(0.84**2 / (2.3378 - 0.84), rel=1e-3)
    assert not result.against
    assert result.fit is not None and result.fit.holds


def test_e34_e40_contamination_recovery_rates() -> None:
    assert recovery_rate(PLATES) == 38.0
    assert recovery_rate(np.array([1.0, 15, 2] + [0.0] * 117)) == 2.5
    assert recovery_rate(np.array([3.0] + [0.0] * 249)) == 0.4


def test_e35_the_largest_of_59_and_of_299_values_are_tolerance_limits() -> None:
    assert (least_for(0.95), least_for(0.99)) == (59, 299)
    assert (tolerance_rank(58, 0.95), tolerance_rank(59, 0.95)) == (None, 59)
    assert (tolerance_rank(298, 0.99), tolerance_rank(299, 0.99)) == (None, 299)


def test_e37_mean_and_sd_of_particles() -> None:
    assert computed(normal(particles(scaled(470.5, 63.3265)))) == pytest.approx((597.153, 660.48), abs=0.001)


def test_e38_the_log_normal_levels_of_particles() -> None:
    logs = scaled(6.1454969, 0.1307411)
    assert computed(log_normal(particles(np.exp(logs)))) == pytest.approx((606.06, 690.71), abs=0.01)


def test_the_lower_tail_is_the_upper_tail_mirrored() -> None:
    values = np.random.default_rng(1).normal(45, 1, 400)
    high = replace(pressure(values), side=Side.HIGH)
    mirrored = Sample(-values, Quantity.PRESSURE, Side.LOW)
    for method in (percentile, tolerance, normal):
        assert alert_of(method(mirrored)) == pytest.approx(-alert_of(method(high)))


def test_a_low_level_lies_in_the_lower_tail() -> None:
    values = np.arange(101.0) + 20
    assert alert_of(percentile(pressure(values))) == 25
    assert alert_of(normal(pressure(values))) == pytest.approx(70 - 2 * values.std(ddof=1))


def test_colonies_are_rounded_up_to_whole_numbers() -> None:
    result = by_method(plates(), Method.PERCENTILE)
    assert (result.alert, result.action) == (4, 8)


def test_other_levels_are_rounded_outward_to_the_decimals_of_the_quantity() -> None:
    values = np.linspace(40, 50, 401)
    assert by_method(pressure(values), Method.PERCENTILE).alert == 40.5
    high = Sample(values, Quantity.TEMPERATURE)
    assert by_method(high, Method.NORMAL).alert == np.ceil((45 + 2 * values.std(ddof=1)) * 10) / 10


def test_a_percentile_of_no_growth_becomes_an_alert_at_one_colony() -> None:
    result = by_method(plates(np.array([0.0] * 97 + [1, 1, 2])), Method.PERCENTILE)
    assert (result.alert, result.reached) == (1, True)
    assert "trend the recovery rate" in " ".join(result.warnings)


def test_where_any_growth_is_above_the_action_limit_there_is_no_alert_level() -> None:
    for result in compare(plates(np.zeros(100), action=0), YEAR).results:
        assert result.alert is None
        assert not result.usable


def test_an_alert_level_is_capped_inside_the_action_limit_and_flagged() -> None:
    result = by_method(plates(PLATES * 10), Method.PERCENTILE)
    assert result.computed_alert == pytest.approx(40)
    assert (result.alert, result.action, result.capped) == (9, 10, True)
    low = by_method(pressure(np.linspace(8, 12, 200), action=10), Method.PERCENTILE)
    assert (low.alert, low.action, low.capped) == (10.1, 10, True)


def test_a_level_of_few_values_or_of_less_than_a_year_is_provisional() -> None:
    assert compare(plates(), YEAR).provisional == ""
    assert compare(plates(PLATES[:90]), YEAR).provisional == "90 values, fewer than 100"
    assert compare(plates(), 40 * DAY).provisional == "40 days of data, not all seasons"


def test_with_too_few_values_no_method_may_be_used() -> None:
    for n in range(20):
        assert not [r for r in compare(plates(PLATES[-19:][:n]), YEAR).results if r.usable]


@pytest.mark.parametrize("values", [[], [3.0], [3.0] * 70, [0.0] * 70])
@pytest.mark.parametrize("quantity", [Quantity.VIABLE_AIR, Quantity.PARTICLES, Quantity.PRESSURE])
def test_values_that_do_not_vary_are_no_error(values: list[float], quantity: Quantity) -> None:
    compare(Sample(np.array(values), quantity), YEAR)


def test_corrected_counts_have_no_distribution_of_whole_numbers() -> None:
    result = poisson(plates(np.array([1.0, 2.1] * 30)))
    assert "no whole numbers" in result.against[0]


def test_neighbours_that_resemble_each_other_are_worth_less() -> None:
    random = np.random.default_rng(2)
    slow = np.zeros(20_000)
    for n, kick in enumerate(random.normal(size=len(slow) - 1), start=1):
        slow[n] = 0.9 * slow[n - 1] + kick
    assert lag_correlation(slow) == pytest.approx(0.9, abs=0.02)
    assert effective_size(slow) == pytest.approx(20_000 / 19, rel=0.2)
    assert effective_size(random.normal(size=1000)) > 800
    sample = Sample(slow[:600] + 45, Quantity.PRESSURE, Side.LOW, effective=30)
    assert "independent ones" in tolerance(sample).against[0]
    assert "independent ones" in compare(sample, YEAR).warnings[0]


def test_the_dispersion_test_is_right_about_poisson_counts() -> None:
    random = np.random.default_rng(3)
    rejected = sum(dispersion_p(random.poisson(2, 100).astype(float)) < 0.05 for _ in range(400))
    assert rejected / 400 == pytest.approx(0.05, abs=0.03)


def test_the_test_for_normality_is_right_about_normal_and_skewed_values() -> None:
    random = np.random.default_rng(4)
    fits = [normal(pressure(random.normal(45, 1, 200))).fit for _ in range(200)]
    assert sum(not fit.holds for fit in fits if fit) / 200 == pytest.approx(0.05, abs=0.04)
    skewed = normal(particles(random.lognormal(5, 0.8, 200))).fit
    assert skewed is not None and not skewed.holds


SIZE = 120
ROUNDS = 300


def test_each_method_covers_data_of_its_own_distribution() -> None:
    """What share of all further values lies inside the levels, on average over many samples of 120."""
    random = np.random.default_rng(5)
    twice = stats.norm.cdf(2)
    cases: list[tuple[Callable[[Sample], Result], Callable[[], Sample], Callable[[float], float], float]] = [
        (normal, lambda: pressure(random.normal(45, 2, SIZE)), lambda x: stats.norm.sf(x, 45, 2), twice),
        (
            log_normal,
            lambda: particles(random.lognormal(5, 0.5, SIZE)),
            lambda x: stats.lognorm.cdf(x, 0.5, scale=np.exp(5)),
            twice,
        ),
        (percentile, lambda: particles(random.gamma(2, 50, SIZE)), lambda x: stats.gamma.cdf(x, 2, scale=50), 0.95),
    ]
    for method, draw, coverage, wanted in cases:
        found = np.mean([coverage(alert_of(method(draw()))) for _ in range(ROUNDS)])
        assert found == pytest.approx(wanted, abs=0.01), method.__name__


def test_a_tolerance_limit_covers_95_percent_in_95_of_100_samples() -> None:
    random = np.random.default_rng(6)
    covered = [
        stats.gamma.cdf(alert_of(tolerance(particles(random.gamma(2, 50, SIZE)))), 2, scale=50) for _ in range(1000)
    ]
    assert np.mean(np.array(covered) >= 0.95) >= 0.94


def test_levels_of_counts_cover_what_they_say() -> None:
    """A quantile of whole numbers covers at least its share; estimated from a sample it hardly ever lies below."""
    random = np.random.default_rng(7)
    of_poisson = [alert_of(poisson(plates(random.poisson(2, SIZE)))) for _ in range(ROUNDS)]
    assert np.mean(stats.poisson.cdf(of_poisson, 2)) >= 0.95
    k, mean = 0.5, 2.0
    p = k / (k + mean)
    draws = [plates(random.negative_binomial(k, p, SIZE)) for _ in range(100)]
    of_binomial = [alert_of(negative_binomial(draw)) for draw in draws]
    assert np.mean(stats.nbinom.cdf(of_binomial, k, p)) == pytest.approx(0.95, abs=0.015)
    too_low = [alert_of(poisson(draw)) for draw in draws]
    assert np.mean(stats.nbinom.cdf(too_low, k, p)) < 0.91


values_of_all_kinds = st.lists(st.floats(0, 1e6), min_size=1, max_size=150)
sides = st.sampled_from(Side)
quantities = st.sampled_from([Quantity.PRESSURE, Quantity.PARTICLES, Quantity.VIABLE_AIR])
actions = st.none() | st.floats(0, 1e6)


@settings(max_examples=40)
@given(values_of_all_kinds, sides, quantities, actions, st.randoms())
def test_levels_do_not_depend_on_the_order_of_values(
    values: list[float], side: Side, quantity: Quantity, action: float | None, random: object
) -> None:
    shuffled = values[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    one, other = (compare(Sample(np.array(x), quantity, side, action), YEAR) for x in (values, shuffled))
    for a, b in zip(one.results, other.results, strict=True):
        assert (a.computed_alert is None) == (b.computed_alert is None)
        if a.computed_alert is not None:
            assert a.computed_alert == pytest.approx(b.computed_alert, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(values_of_all_kinds, sides, quantities, actions)
def test_an_alert_level_lies_inside_the_action_limits(
    values: list[float], side: Side, quantity: Quantity, action: float | None
) -> None:
    sign = 1 if side is Side.HIGH else -1
    for result in compare(Sample(np.array(values), quantity, side, action), YEAR).results:
        if result.alert is None:
            assert not result.usable
            continue
        assert action is None or sign * result.alert < sign * action or (result.reached and result.alert <= action)
        assert result.action is None or sign * result.alert <= sign * result.action
        assert result.action is None or action is None or sign * result.action <= sign * action


@settings(max_examples=40)
@given(st.lists(st.floats(1, 1e6), min_size=100, max_size=150))
def test_the_action_level_lies_beyond_the_alert_level(values: list[float]) -> None:
    for method in (percentile, normal, log_normal):
        result = method(particles(np.array(values)))
        assert result.computed_alert is not None and result.computed_action is not None
        assert result.computed_alert <= result.computed_action * (1 + 1e-12)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1e6), min_size=60, max_size=150))
def test_a_tolerance_limit_lies_on_or_beyond_the_percentile_and_is_one_of_the_values(values: list[float]) -> None:
    sample = particles(np.array(values))
    limit, level = alert_of(tolerance(sample)), alert_of(percentile(sample))
    assert limit in values
    assert limit >= level - 1e-6
