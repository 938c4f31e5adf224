"""What a method makes of a sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self


class Method(StrEnum):
    """The methods, by their name on pages and in records."""

    PERCENTILE = "percentile"
    TOLERANCE = "tolerance limit"
    NORMAL = "mean and SD"
    LOG_NORMAL = "log-normal"
    POISSON = "Poisson"
    NEGATIVE_BINOMIAL = "negative binomial"


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a distribution fits: one figure, one test, and what a Q-Q plot draws.

    `correlation` is that of the quantile-quantile plot, 1 for a perfect fit. `p` is of the `test`: the probability of
    a fit at least as bad if the distribution were right; None where there are too few data for the test. `expected`
    and `observed` are up to 200 pairs of quantiles in the unit of the sample.
    """

    test: str
    p: float | None
    correlation: float
    expected: tuple[float, ...] = field(repr=False)
    observed: tuple[float, ...] = field(repr=False)

    @property
    def holds(self) -> bool:
        """Is there nothing against the distribution, at 5 %?"""
        return self.p is None or self.p >= SIGNIFICANCE


SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class Result:
    """The levels of one method, in the unit of the sample.

    `computed_alert` and `computed_action` are what the formula gives; `alert` and `action` are rounded outward to the
    quantity's step and capped by the action limit in force. None where the method gives none. `reached` says that the
    alert level itself is outside already (any growth: 1 CFU). `against` are the reasons why the method may not be
    used on these data, `warnings` what to know if it is.
    """

    method: Method
    n: int
    computed_alert: float | None = None
    computed_action: float | None = None
    alert: float | None = None
    action: float | None = None
    reached: bool = False
    capped: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)
    fit: Fit | None = None
    against: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """May it be proposed?"""
        return self.alert is not None and not self.against

    def with_fit(self, fit: Fit) -> Self:
        return replace(self, fit=fit)
