"""The weather outside: warm afternoons, cold nights, and fronts that pass in some days."""

import math
import random
from collections.abc import Iterator

from collectors.simulator import air
from collectors.simulator.changes import WeatherChanges
from facility.instants import DAY, HOUR, MINUTE, Instant

MEAN, DAILY_SWING, FRONT_SWING = 11.0, 5.0, 3.5
"""°C: of the month, of day and night, of passing fronts."""
WARMEST = 14 * HOUR
"""After midnight UTC; the site's zone is near enough."""
FRONTS = (3.1 * DAY, 7.7 * DAY)
HUMIDITY = 72.0
"""% outdoors at the mean temperature; the vapour in the air changes more slowly than its temperature."""
STEP = 10 * MINUTE


def weather(seed: int, start: Instant, end: Instant) -> Iterator[WeatherChanges]:
    """The weather from step to step, the same for a time whenever it is asked."""
    chance = random.Random(f"weather {seed}")
    phases = [chance.uniform(0, math.tau) for _ in FRONTS]
    for time in range(start - start % STEP, end, STEP):
        fronts = sum(math.sin(math.tau * time / period + phase) for period, phase in zip(FRONTS, phases, strict=True))
        front = MEAN + FRONT_SWING * fronts / len(FRONTS)
        day = DAILY_SWING * math.cos(math.tau * (time - WARMEST) / DAY)
        yield WeatherChanges(max(time, start), front + day, air.vapour(HUMIDITY, front))
