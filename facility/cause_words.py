"""Cause rules in words: for what a changed site file changes."""

from collections.abc import Iterable

from facility.causes import Which


def which(which: Which) -> str:
    """Differential_pressure low in B101, B102."""
    of = [", ".join(part) for part in (which.quantities, which.conditions) if part]
    where = [*which.points, *(f"source {source}" for source in which.sources)]
    rooms = f"in {', '.join(which.rooms)}" if which.rooms else ""
    return " ".join(part for part in (*of, _of(where), rooms) if part)


def _of(where: Iterable[str]) -> str:
    listed = ", ".join(where)
    return f"of {listed}" if listed else ""
