"""The newest samples of a particle counter that together make up a volume.

In whole microlitres, so that sums are exact and one by one or in bulk the same comes out.
"""

import msgspec

from facility.units import CUBIC_METRE, MICROLITRES


class Volume(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Counts and microlitres of the newest samples, oldest first: as few as make up the volume, or all there are."""

    counts: tuple[int, ...] = ()
    drawn: tuple[int, ...] = ()
    count: int = 0
    total: int = 0
    """The sums of both."""


EMPTY = Volume()


def with_sample(volume: Volume, count: int, microlitres: int, whole: int) -> Volume:
    """With one more sample, and without those that are no longer needed to make up the `whole` microlitres."""
    first, counted, total = 0, volume.count + count, volume.total + microlitres
    drawn = (*volume.drawn, microlitres)
    while total - drawn[first] >= whole:
        total -= drawn[first]
        counted -= volume.counts[first]
        first += 1
    return Volume((*volume.counts[first:], count), drawn[first:], counted, total)


def concentration(count: int, total: int, whole: int) -> float:
    """Particles per m³. Of what is not yet sampled of the whole none are known: it is at least so much."""
    return count * (CUBIC_METRE * MICROLITRES) / max(total, whole)


def sample_of(value: float, count: int | None, litres: float | None, whole: int) -> tuple[int, int]:
    """Count and microlitres of a reading; one that does not tell both stands for the whole by its value."""
    if count is None or not litres:
        return round(value * whole / (CUBIC_METRE * MICROLITRES)), whole
    return count, round(litres * MICROLITRES)
