"""From what a particle counter counts to concentrations.

*Cumulative*: particles of a size and larger. *Differential*: from a size up to the next larger one. Sizes ascend.
"""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

from facility.units import CUBIC_FOOT, CUBIC_METRE


def per_cubic_metre(count: float, litres: float) -> float:
    """Particles per m³ from a raw count and the volume that was measured, not the nominal one.

    ValueError for a volume that is not above 0 or a negative count.
    """
    _check_sample(count, litres)
    return count * CUBIC_METRE / litres


def per_cubic_foot(count: float, litres: float) -> float:
    """Particles per ft³ from a raw count and the measured volume; ValueError as in `per_cubic_metre`."""
    _check_sample(count, litres)
    return count * CUBIC_FOOT / litres


def differential(cumulative: Sequence[int]) -> list[int]:
    """Cumulative counts as differential ones, smallest size first.

    ValueError where a cumulative count is larger than that of a smaller size: such a record contradicts itself.
    """
    _check_counts(cumulative)
    for index, (smaller, larger) in enumerate(pairwise(cumulative)):
        if larger > smaller:
            raise ValueError(
                f"cumulative counts must not grow with particle size: channel {index + 1} has {smaller}, "
                f"the next larger size {larger}"
            )
    return [size - larger for size, larger in pairwise([*cumulative, 0])]


def cumulative(differential: Sequence[int]) -> list[int]:
    """Differential counts as cumulative ones, smallest size first; ValueError for a negative count."""
    _check_counts(differential)
    return list(accumulate(reversed(differential)))[::-1]


def rolling_cubic_metre(samples: Sequence[tuple[int, float]]) -> float | None:
    """Particles per m³ over the newest samples that together make at least 1 m³, divided by their real volume.

    `samples` are raw count and litres, oldest first. None while they do not fill a cubic metre.
    """
    counts = 0
    litres = 0.0
    for count, volume in reversed(samples):
        _check_sample(count, volume)
        counts += count
        litres += volume
        if litres > CUBIC_METRE or math.isclose(litres, CUBIC_METRE, rel_tol=1e-9):
            return per_cubic_metre(counts, litres)
    return None


def _check_sample(count: float, litres: float) -> None:
    if not 0 < litres < math.inf:
        raise ValueError(f"a sample of {litres} L has no concentration; the volume must be above 0")
    if not 0 <= count < math.inf:
        raise ValueError(f"a count of {count} cannot exist; it must be 0 or more")


def _check_counts(counts: Sequence[int]) -> None:
    for index, count in enumerate(counts):
        if count < 0:
            raise ValueError(f"channel {index + 1} has a count of {count}; counts are 0 or more")
