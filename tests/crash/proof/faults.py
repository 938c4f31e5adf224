"""What goes wrong when: a pure function of the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    """What may go wrong."""

    KILL = "kill -9"
    CUT = "cut"
    HUNG = "hung"
    SLOW = "slow"
    FULL = "disk full"


WEIGHTS = {Kind.KILL: 6, Kind.CUT: 2, Kind.HUNG: 1, Kind.SLOW: 1, Kind.FULL: 2}
SECONDS = {
    Kind.KILL: (0.2, 6.0),
    Kind.CUT: (0.1, 6.0),
    Kind.HUNG: (1.0, 8.0),
    Kind.SLOW: (2.0, 8.0),
    Kind.FULL: (1.0, 6.0),
}
"""Between which lengths of time a fault lasts; a part that was killed is dead for so long."""
SEVERAL = 0.3
"""The chance that a kill takes several parts at once."""
MEAN_GAP = 3.0
"""Seconds between one fault and the next, on average; several may last at once."""


@dataclass(frozen=True)
class Fault:
    """Something goes wrong `at` seconds after the beginning, with these parts, wires or disks, for some seconds."""

    at: float
    kind: Kind
    targets: tuple[str, ...]
    seconds: float


def schedule(
    seed: int, seconds: float, parts: Sequence[str], wires: Sequence[str], disks: Sequence[str]
) -> list[Fault]:
    """The faults of a run that lasts so many seconds; the last is over before its end.

    Nothing that is in trouble gets into more trouble before that is over.
    """
    chance = Random(f"faults {seed}")
    found: list[Fault] = []
    busy: dict[str, float] = {}
    at = chance.expovariate(1 / MEAN_GAP)
    while at < seconds:
        kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        lasts = chance.uniform(*SECONDS[kind])
        among = parts if kind is Kind.KILL else disks if kind is Kind.FULL else wires
        free = [name for name in among if busy.get(name, 0) < at]
        many = chance.randint(2, len(parts)) if kind is Kind.KILL and chance.random() < SEVERAL else 1
        targets = tuple(chance.sample(free, min(many, len(free))))
        if targets and at + lasts < seconds:
            found.append(Fault(at, kind, targets, lasts))
            busy.update(dict.fromkeys(targets, at + lasts + 1))
        at += chance.expovariate(1 / MEAN_GAP)
    return found
