"""Viable air samples: from colonies on a plate to CFU per m³.

A sieve sampler draws air through a fixed number of holes onto the plate. Where two organisms pass the same hole they
grow into one colony, so a full plate hides some: the count is corrected for the holes (positive-hole correction).
Correct first, then scale to a cubic metre, then round. Keep the raw count, the holes and the volume on record.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from facility.units import CUBIC_METRE


class Correction(StrEnum):
    """Which positive-hole correction the maker of a sampler uses; they part at high counts."""

    FELLER = "feller"
    MACHER = "macher"


def feller(colonies: int, holes: int) -> float:
    """The probable number of organisms behind a number of colonies (Feller, vol. 1, 3rd ed., p. 224).

    N x (1/N + 1/(N-1) + ... + 1/(N-r+1)). ValueError for more colonies than holes, an overloaded plate: invalid.
    """
    _check_plate(colonies, holes)
    return math.fsum(holes / (holes - passed) for passed in range(colonies))


def macher(colonies: int, holes: int) -> int:
    """The same by the widely copied tables after Macher (1989): whole numbers, a little above Feller's sum.

    The rule, the whole part of the middle between r and r + 1 colonies, is inferred from the printed 400-hole table;
    a plate with a colony at every hole has Feller's sum, rounded. ValueError as in `feller`.
    """
    if too_many_to_count(colonies, holes):
        return round(feller(colonies, holes))
    return math.floor((feller(colonies, holes) + feller(colonies + 1, holes)) / 2)


def closed_approximation(colonies: int, holes: int) -> float:
    """r x (1.075 / (1.052 - r/N))^0.483, a closed approximation of Feller's sum.

    Within 3 % of it until nine tenths of the holes have a colony, and far too low on a fuller plate. ValueError as
    in `feller`.
    """
    _check_plate(colonies, holes)
    return float(colonies * (1.075 / (1.052 - colonies / holes)) ** 0.483)


def too_many_to_count(colonies: int, holes: int) -> bool:
    """Has every hole a colony? Then the correction yields its last number, and the truth may be anything above.

    ValueError for more colonies than holes.
    """
    _check_plate(colonies, holes)
    return colonies == holes


def per_cubic_metre(
    colonies: int, litres: float, holes: int | None = None, correction: Correction = Correction.FELLER
) -> float:
    """CFU per m³ from the raw count: corrected for the holes, then scaled, not yet rounded.

    `holes` is None for a sampler without a sieve (slit, membrane), whose counts are taken as they are. ValueError for
    a volume that is not above 0, a negative count, or more colonies than holes.
    """
    if not 0 < litres < math.inf:
        raise ValueError(f"a sample of {litres} L has no concentration; the volume must be above 0")
    if holes is None:
        _check_colonies(colonies)
        corrected: float = colonies
    else:
        corrected = feller(colonies, holes) if correction is Correction.FELLER else macher(colonies, holes)
    return corrected * CUBIC_METRE / litres


def whole_cfu(per_m3: float) -> int:
    """Rounded half up to whole CFU, as limits are written: the last step, after correcting and scaling."""
    return int(Decimal(per_m3).quantize(Decimal(1), ROUND_HALF_UP))


def contamination_recovery_rate(with_growth: int, samples: int) -> float:
    """Percent of samples with any growth; how many colonies is irrelevant (USP <1116>).

    ValueError without samples, or for more samples with growth than samples.
    """
    if samples < 1 or not 0 <= with_growth <= samples:
        raise ValueError(f"{with_growth} of {samples} samples with growth is no rate")
    return 100 * with_growth / samples


def _check_colonies(colonies: int) -> None:
    if colonies < 0:
        raise ValueError(f"{colonies} colonies cannot exist; a count is 0 or more")


def _check_plate(colonies: int, holes: int) -> None:
    _check_colonies(colonies)
    if holes < 1:
        raise ValueError(f"a sampler head with {holes} holes cannot exist")
    if colonies > holes:
        raise ValueError(f"{colonies} colonies from a head with {holes} holes: the plate is overloaded and invalid")
