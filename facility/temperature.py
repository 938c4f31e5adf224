"""Mean kinetic temperature: the one steady temperature that would age a product as much as a varying one did."""

import math
from collections.abc import Sequence

ICE_POINT = 273.15
"""Kelvin at 0 °C."""

ACTIVATION_ENERGY = 83.144
"""kJ/mol, where nothing better is known of the product (USP <1160>)."""

GAS_CONSTANT = 8.3144e-3
"""kJ/(mol K), as USP <1160> writes it: with the activation energy above their quotient is 10,000 K."""


def mean_kinetic_temperature(
    celsius: Sequence[float], weights: Sequence[float] | None = None, activation_energy: float = ACTIVATION_ENERGY
) -> float:
    """The mean kinetic temperature in °C (USP <1160>); weights are the durations where they are not all equal.

    It describes what is stored (fridges, freezers, stores), and is no limit for a room. ValueError without
    temperatures, below absolute zero, or for weights that do not fit.
    """
    if weights is None:
        weights = [1.0] * len(celsius)
    _check(celsius, weights)
    quotient = activation_energy / GAS_CONSTANT
    exponents = [-quotient / (t + ICE_POINT) for t in celsius]
    # The largest weighted exponent is taken out of the sum: far below freezing every term alone would underflow.
    largest = max(e for e, w in zip(exponents, weights, strict=True) if w > 0)
    total = math.fsum(w * math.exp(e - largest) for e, w in zip(exponents, weights, strict=True) if w > 0)
    return -quotient / (largest + math.log(total / math.fsum(weights))) - ICE_POINT


def _check(celsius: Sequence[float], weights: Sequence[float]) -> None:
    if len(weights) != len(celsius):
        raise ValueError(f"{len(celsius)} temperatures but {len(weights)} weights")
    for t in celsius:
        if not -ICE_POINT < t < math.inf:
            raise ValueError(f"{t} °C cannot exist; absolute zero is {-ICE_POINT} °C")
    if not all(0 <= w < math.inf for w in weights) or not any(weights):
        raise ValueError("weights must be 0 or more, and at least one temperature must have one above 0")
