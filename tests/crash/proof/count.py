"""What is found at the end of a run, and what should be there.

What should be there is worked out from the plan alone, slowly and from the definitions: `tests.alerts.reference`.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

from alerts.watch import decode
from facility.alarm import Alarm, Condition
from facility.instants import MINUTE, Instant
from facility.limit import Severity
from facility.reading import Reading, Reason
from storage.records import alarms, engine_memory
from storage.records.alarms import AlarmFilter
from storage.records.database import Records
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.alerts import reference
from tests.crash.proof.plan import Plan, point_id
from tests.influx import InfluxUnderTest

MOST_ALARMS = 100_000

Told: TypeAlias = tuple[str, Condition, Severity, Instant, Instant, Instant | None, float | None]
"""Point, condition, severity, onset, raised, returned, worst."""


@dataclass(frozen=True)
class Kept:
    """Readings that a store holds against those that were sent."""

    stored: int
    lost: int
    twice: int
    wrong: int


@dataclass(frozen=True)
class Balances:
    """The sums over all sources."""

    received: int
    stored: int
    repeated: int
    conflicting: int
    dead_lettered: int


@dataclass(frozen=True)
class AlarmsFound:
    """Alarms on record against those that the sequence should raise, with all their times."""

    expected: int
    found: int
    missing: list[str]
    surplus: list[str]
    retrospective: int
    of_sources: int
    """Of sources that were lost for longer than is forgiven; these depend on the outages."""


def expected_alarms(plan: Plan) -> list[Told]:
    """What the sequence should raise."""
    told: list[Told] = []
    for number in range(plan.points):
        values = plan.values(number)
        if all(value is not None and 14 <= value <= 26 for value in values):
            continue
        point = plan.site.points[point_id(number)]
        commits = [(time, [_reading(point.id, time, v)]) for time, v in zip(plan.times(number), values, strict=True)]
        told += [(point.id, *alarm) for alarm in reference.alarms(point, plan.start - MINUTE, commits)]
    return told


def kept_in(store: LocalStore, plan: Plan) -> Kept:
    """What the local store holds."""
    end = plan.start + MINUTE + plan.numbers * 1000
    stored = lost = twice = wrong = 0
    for number in range(plan.points):
        columns = store.columns(point_id(number), plan.start - MINUTE, end)
        found = list(zip(columns.time.tolist(), columns.value.tolist(), strict=True))
        difference = compare(plan, number, found)
        stored, lost = stored + len(found), lost + difference.lost
        twice, wrong = twice + difference.twice, wrong + difference.wrong
    return Kept(stored, lost, twice, wrong)


def kept_in_influx(influx: InfluxUnderTest, bucket: str, plan: Plan) -> Kept:
    """What InfluxDB holds. The same reading in two series would be one that is stored twice."""
    stored = lost = twice = wrong = 0
    for number in range(plan.points):
        question = f"SELECT value, validity FROM temperature WHERE point = '{point_id(number)}' GROUP BY *"
        found: list[tuple[Instant, float]] = []
        for series in influx.query(question, bucket):
            rows = cast("list[tuple[Instant, float | None, str]]", series["values"])
            found += [(time, math.nan if value is None else value) for time, value, _ in rows]
        difference = compare(plan, number, found)
        stored, lost = stored + len(found), lost + difference.lost
        twice, wrong = twice + difference.twice, wrong + difference.wrong
    return Kept(stored, lost, twice, wrong)


def compare(plan: Plan, number: int, found: Sequence[tuple[Instant, float]]) -> Kept:
    """The readings that are there of one point, against those that were sent. NaN stands for no number."""
    expected = dict(zip(plan.times(number), plan.values(number), strict=True))
    times = Counter(time for time, _ in found)
    wrong = sum(time not in expected or not _same(expected[time], value) for time, value in found)
    lost = sum(time not in times for time in expected)
    return Kept(len(found), lost, len(found) - len(times), wrong)


def balances(store: LocalStore) -> Balances:
    """The balance of all sources together."""
    rows = store.balance()
    return Balances(
        received=sum(row.received for row in rows),
        stored=sum(row.stored for row in rows),
        repeated=sum(row.repeated for row in rows),
        conflicting=sum(row.conflicting for row in rows),
        dead_lettered=sum(row.dead_lettered for row in rows),
    )


def to_be_judged(samples: Path, records: Records) -> str:
    """What the engine is still to judge, in words: commits, its past, sources that are to be back; else empty."""
    database = sqlite.connect(samples)
    (newest,) = database.execute("SELECT number FROM head").fetchone()
    database.close()
    with records.reading() as connection:
        judged = engine_memory.checkpoint(connection)
        reviews = any(decode(stored).reviews for stored in engine_memory.load(connection).values())
        lost = [alarm for alarm in alarms.standing(connection) if alarm.source and alarm.returned is None]
    if judged < newest:
        return "commits to be judged"
    return "the past to be judged again" if reviews else "sources to be back for good" if lost else ""


def alarms_found(records: Records, expected: Sequence[Told]) -> AlarmsFound:
    """Every alarm on record against those expected; each with the same severity, times and worst value."""
    with records.reading() as connection:
        found = alarms.history(connection, AlarmFilter(), limit=MOST_ALARMS)
    of_points = [alarm for alarm in found if alarm.source is None]
    told = Counter(_told(alarm) for alarm in of_points)
    should = Counter(expected)
    return AlarmsFound(
        expected=len(expected),
        found=len(of_points),
        missing=sorted(map(str, (should - told).elements())),
        surplus=sorted(map(str, (told - should).elements())),
        retrospective=sum(alarm.retrospective for alarm in of_points),
        of_sources=len(found) - len(of_points),
    )


def _told(alarm: Alarm) -> Told:
    return (
        *(alarm.point, alarm.condition, alarm.severity),
        *(alarm.onset, alarm.raised, alarm.returned, alarm.worst),
    )


def _reading(point: str, time: Instant, value: float | None) -> Reading:
    if value is None:
        return Reading(point, time, math.nan, int(Reason.SENSOR_FAULT), time)
    return Reading(point, time, value, 0, time)


def _same(expected: float | None, found: float) -> bool:
    return math.isnan(found) if expected is None else expected == found
