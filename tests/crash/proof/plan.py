"""What is sent in a run: numbered readings, a pure function of the seed, and the site that they belong to.

Every point reads once a second. Most are calm; some have a few seconds outside a limit, or without a number. No point
has the same trouble twice, so that each leads to exactly one alarm, with nobody there to acknowledge any.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from collectors.messages import ReadingsMessage, Value
from facility.instants import SECOND, Instant, datetime_of
from facility.site import Site
from facility.site_file import parse_site

SITE = "proof"
POINTS_A_SOURCE = 50
READINGS_A_MESSAGE = 10
SLOT = 16
"""Numbers between the beginnings of two troubles at one point: the longest one, and the calm that ends it."""
LONGEST, SHORTEST = 8, 5
CHANCE = 0.15
"""Of each trouble, at each point."""

LIMITS = """
  proof:
    - {severity: alert, high: 26, on_delay: 2 s, off_delay: 2 s, deadband: 0.5, rationale: a delay runs}
    - {severity: action, high: 30, rule: 3 in a row, rationale: readings are counted}
    - {severity: alert, low: 14, rule: 2 in a row, rationale: a single one is none}
    - {severity: action, low: 10, on_delay: 3 s, deadband: 0.5, rationale: a delay runs}
"""
"""A delay runs out by time alone, also while readings are held up. So nothing here is outside a delayed limit for
less than its delay: whether that is an alarm would depend on the outages."""


@dataclass(frozen=True)
class Plan:
    """One run: so many points, each with so many readings a second apart from `start` on."""

    seed: int
    points: int
    numbers: int
    start: Instant

    @property
    def readings(self) -> int:
        """How many in all."""
        return self.points * self.numbers

    @property
    def sources(self) -> list[str]:
        """Each serves the next `POINTS_A_SOURCE` points."""
        return [f"gateway-{first // POINTS_A_SOURCE}" for first in range(0, self.points, POINTS_A_SOURCE)]

    @cached_property
    def site(self) -> Site:
        """The site as read from its file."""
        return parse_site(self.site_file(), "the proof's site file")

    def site_file(self) -> str:
        """A room for each source, an instrument for each point. Nobody's silence is an alarm."""
        lines = [f"id: {SITE}", "name: Proof", "timezone: UTC", "areas:", "  - {id: P, name: Proof}"]
        lines += ["limit_sets:", LIMITS.strip("\n"), "rooms:"]
        for place, source in enumerate(self.sources):
            lines += [f"  - id: R{place}", f"    name: {source}", "    instruments:"]
            lines.insert(-1, f"    plan: {{x: {place * 10}, y: 0, width: 10, height: 10}}")
            for number in self._points_of(source):
                lines += [
                    f"      - id: {point_id(number)}",
                    "        name: Thermometer",
                    "        interval: 1 s",
                    "        silent_after: never",
                    f"        points: [{{id: {point_id(number)}, quantity: temperature, limit_set: proof}}]",
                ]
        return "\n".join(lines) + "\n"

    def messages(self, source: str) -> Iterator[tuple[Instant, ReadingsMessage]]:
        """What a source sends, in order, each with the moment it is due."""
        points = self._points_of(source)
        values = {point: self.values(point) for point in points}
        groups = [points[first : first + READINGS_A_MESSAGE] for first in range(0, len(points), READINGS_A_MESSAGE)]
        for number in range(self.numbers):
            for group in groups:
                due = self.time(group[0], number)
                at = datetime_of(due)
                yield due, ReadingsMessage(1, values=tuple(Value(point_id(p), at, values[p][number]) for p in group))

    def messages_of(self, source: str) -> int:
        """How many messages a source sends."""
        return self.numbers * -(-len(self._points_of(source)) // READINGS_A_MESSAGE)

    def time(self, point: int, number: int) -> Instant:
        """When a reading is taken. What one message carries is of one moment; messages are spread over the second."""
        group = point // READINGS_A_MESSAGE
        return self.start + number * SECOND + group * 370 % POINTS_A_SOURCE * (SECOND // POINTS_A_SOURCE)

    def times(self, point: int) -> list[Instant]:
        """When the readings of a point are taken."""
        return [self.time(point, number) for number in range(self.numbers)]

    def values(self, point: int) -> list[float | None]:
        """What a point reads, number by number; None where its instrument has no number."""
        chance = Random(f"{self.seed} {point}")
        values: list[float | None] = [_between(chance, 18, 22) for _ in range(self.numbers)]
        slots = list(range(4, self.numbers - SLOT, SLOT))
        chance.shuffle(slots)
        for trouble in (_high, _low, _blip, _fault):
            if slots and chance.random() < CHANCE:
                first = slots.pop()
                outside = trouble(chance, chance.randint(SHORTEST, LONGEST))
                values[first : first + len(outside)] = outside
        return values

    def _points_of(self, source: str) -> range:
        first = self.sources.index(source) * POINTS_A_SOURCE
        return range(first, min(first + POINTS_A_SOURCE, self.points))


def point_id(number: int) -> str:
    """The id of a point."""
    return f"P{number}"


def _high(chance: Random, length: int) -> list[float | None]:
    """Above the alert level for longer than its delay; some three in a row above the action limit, some only two."""
    values: list[float | None] = [_between(chance, 27, 29) for _ in range(length)]
    above = chance.choice([0, 2, 3])
    values[1 : 1 + above] = [_between(chance, 31, 35) for _ in range(above)]
    return values


def _low(chance: Random, length: int) -> list[float | None]:
    """Below the alert level; some below the action limit, too, and then for longer than its delay."""
    low, high = chance.choice([(5, 9), (11, 13)])
    return [_between(chance, low, high) for _ in range(length)]


def _blip(chance: Random, _length: int) -> list[float | None]:
    """One reading below the alert level, which asks for two."""
    return [_between(chance, 11, 13)]


def _fault(_chance: Random, length: int) -> list[float | None]:
    return [None] * length


def _between(chance: Random, low: float, high: float) -> float:
    return round(chance.uniform(low, high), 4)
