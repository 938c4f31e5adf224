"""How long a year of one point takes to become alert levels, and how much memory: readings every 10 s."""

import resource
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from app.levels.answer import answer
from app.levels.question import Question
from facility.instants import DAY, SECOND, Instant
from facility.levels.units import Unit
from facility.limit import RoomState, Side
from facility.people import CLEANWATCH
from facility.plant_events import RoomStateSet
from facility.site_file import load_site
from storage.records import room_states
from storage.records.database import Records
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.local import LocalStore

Line: TypeAlias = tuple[str, str, str]

DEMO = Path(__file__).parents[1] / "sites" / "demo.yaml"
POINT = "B101.DP1"
DAYS = 365
START: Instant = 1_763_769_600_000
EVERY = 10 * SECOND


def run() -> list[Line]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        end = START + DAYS * DAY
        site = load_site(DEMO)
        with (
            closing(LocalStore.open(Path(folder) / "samples.db", lambda: end)) as samples,
            closing(Records.open(str(Path(folder) / "records.db"), lambda: end)) as records,
        ):
            _fill(samples, records)
            question = Question((POINT,), Side.LOW, START, end, RoomState.IN_OPERATION, Unit.HOURLY_WORST)
            lines = []
            for unit in (Unit.HOURLY_WORST, Unit.EACH):
                began = time.perf_counter()
                found = answer(site, samples, records, replace(question, unit=unit), lambda _done: None)
                seconds = time.perf_counter() - began
                lines.append(
                    (
                        f"Alert levels of a year of one point every 10 s, in operation, {unit}",
                        f"{seconds:.1f} s, {found.gathered.readings:,} readings, {found.sample.n:,} values, "
                        f"the process at most {_most_memory():.0f} MB",
                        "10 s, 500 MB",
                    )
                )
    return lines


def _fill(samples: LocalStore, records: Records) -> None:
    """A year of a pressure that moves slowly, a month at a time; people are in the room for eight hours a day."""
    random = np.random.default_rng(1)
    for first in range(0, DAYS, 30):
        time_ = np.arange(START + first * DAY, START + min(first + 30, DAYS) * DAY, EVERY)
        n = len(time_)
        none = np.full(n, NO_NUMBER)
        value = np.round(54 + np.repeat(random.normal(0, 0.8, n // 30 + 1), 30)[:n] + random.normal(0, 0.3, n), 1)
        columns = Columns(time_, value, np.zeros(n, np.uint16), time_ + 200, none, none, np.full(n, np.nan))
        samples.backfill({POINT: columns}, "bench")
    with records.transaction() as connection:
        for day in range(DAYS):
            at = START + day * DAY
            room_states.record(
                connection, RoomStateSet("B101", RoomState.IN_OPERATION, at + DAY // 3, CLEANWATCH.name), at
            )
            room_states.record(
                connection, RoomStateSet("B101", RoomState.AT_REST, at + 2 * DAY // 3, CLEANWATCH.name), at
            )


def _most_memory() -> float:
    """The most that this process has held at once, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform != "darwin" else 1e6)
