"""Seven days of one room, as a store and records hold them: what trend and room pages are tried on.

At rest, in operation from 8 to 17 o'clock UTC. In it: one bad particle sample, four hours without data, a pressure
dip of two minutes with its alarm, an hour of invalid readings, a hygrometer whose calibration is overdue, a batch a
day, and a second revision of the site file with a lower alert level.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import RoomState, Severity
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.reading import Reason
from facility.site import Site
from facility.site_file import parse_site
from storage.records import alarms, batches, revisions, room_states
from storage.records.database import Records
from storage.samples.columns import NO_NUMBER, Array, Columns
from storage.samples.local import LocalStore
from tests.people import ANN as QA
from tests.records import open_records

DEMO = Path(__file__).parents[2] / "sites" / "demo.yaml"
NOW: Instant = 1_795_342_000_000
"""22 November 2026, 10:06:40 UTC."""
BEGIN: Instant = (NOW - 7 * DAY) // DAY * DAY
PARTICLES, PRESSURE, HUMIDITY, VIABLE = "B101.PC1.p0_5", "B101.DP1", "B101.RH1", "B101.VA1"
TEMPERATURE, ZONE = "B101.T1", "BSC1.PC1.p0_5"
BAD_SAMPLE: Instant = BEGIN + 2 * DAY + 11 * HOUR
BAD_VALUE = 411_000.0
GAP = (BEGIN + 3 * DAY + 2 * HOUR, BEGIN + 3 * DAY + 6 * HOUR + 10 * MINUTE)
DIP = (BEGIN + 5 * DAY + 13 * HOUR, BEGIN + 5 * DAY + 13 * HOUR + 4 * MINUTE)
FAULT = (BEGIN + 4 * DAY + 20 * HOUR, BEGIN + 4 * DAY + 21 * HOUR)
REVISED: Instant = BEGIN + 4 * DAY + 12 * HOUR


@dataclass(frozen=True, slots=True)
class Past:
    """The stores of that week, and the site whose revision is in force at its end."""

    site: Site
    samples: LocalStore
    records: Records
    folder: Path


def write_past(folder: Path, telling: Callable[[str], str] = str) -> Past:
    """Write the week into a folder. `telling` is what becomes of each revision of the site file beforehand."""
    demo = DEMO.read_text(encoding="utf-8")
    text = telling(demo)
    revised = telling(demo.replace("high: 150000, rule: 2 in a row", "high: 120000, rule: 2 in a row"))
    assert revised != text
    samples = LocalStore.open(folder / "samples.db", lambda: NOW)
    samples.backfill(_readings(), "past")
    records = open_records(folder / "records.db", lambda: NOW)
    with records.transaction() as connection:
        for at, of, why in ((BEGIN - DAY, text, "first"), (REVISED, revised, "trend of the last half year")):
            revisions.add(
                connection,
                at,
                in_force_from=at,
                author=QA,
                reason=why,
                text=of,
                differences=("alert level",),
            )
        for day in range(8):
            morning = BEGIN + day * DAY
            for hour, state in ((0, RoomState.AT_REST), (8, RoomState.IN_OPERATION), (17, RoomState.AT_REST)):
                room_states.record(connection, RoomStateSet("B101", state, morning + hour * HOUR, "plan"), NOW)
            batch = f"CT-26-04{day + 11}"
            batches.record(connection, BatchStarted(batch, "B101", morning + 9 * HOUR, "plan"), NOW)
            if morning + 15 * HOUR < NOW:
                batches.record(connection, BatchEnded(batch, "B101", morning + 15 * HOUR, "plan"), NOW)
        alarms.save(connection, [_dip(), _silence()])
    return Past(parse_site(revised, "revised"), samples, records, folder)


def _readings() -> dict[str, Columns]:
    chance = np.random.default_rng(1)
    minutes = np.arange(BEGIN, NOW, MINUTE)
    tens = np.arange(BEGIN, NOW, 10 * SECOND)
    busy = _in_operation(minutes)
    counts = np.where(busy, chance.poisson(900, len(minutes)), chance.poisson(8, len(minutes)))
    particles = np.round(counts * 1000 / 28.3)
    particles[minutes == BAD_SAMPLE] = BAD_VALUE
    pressure = 54 + chance.normal(0, 0.4, len(tens))
    pressure[(tens >= DIP[0]) & (tens < DIP[1])] = 38.6
    fault = (minutes >= FAULT[0]) & (minutes < FAULT[1])
    return {
        PARTICLES: _columns(*_without_gap(minutes, particles, np.where(fault, Reason.FLOW_FAULT, 0))),
        PRESSURE: _columns(*_without_gap(tens, pressure, np.zeros(len(tens)))),
        TEMPERATURE: _columns(minutes, 20.6 + chance.normal(0, 0.05, len(minutes)), np.zeros(len(minutes))),
        HUMIDITY: _columns(
            minutes,
            46.8 + chance.normal(0, 0.3, len(minutes)),
            np.full(len(minutes), Reason.CALIBRATION_OVERDUE),
        ),
        ZONE: _columns(minutes, np.round(chance.poisson(0.4, len(minutes)) * 1000 / 28.3), np.zeros(len(minutes))),
        VIABLE: _columns(np.arange(BEGIN, NOW - 2 * DAY, DAY), np.array([0, 1, 0, 2, 1, 0]), np.zeros(6)),
    }


def _in_operation(times: Array) -> Array:
    hour = times % DAY // HOUR
    busy: Array = (hour >= 8) & (hour < 17)
    return busy


def _without_gap(times: Array, values: Array, reasons: Array) -> tuple[Array, Array, Array]:
    kept = (times < GAP[0]) | (times >= GAP[1])
    return times[kept], values[kept], reasons[kept]


def _columns(times: Array, values: Array, reasons: Array) -> Columns:
    none = np.full(len(times), NO_NUMBER, np.int64)
    return Columns(
        times.astype(np.int64),
        np.asarray(values, np.float64),
        reasons.astype(np.uint16),
        times.astype(np.int64) + 300,
        none,
        none,
        np.full(len(times), np.nan),
    )


def _dip() -> Alarm:
    return Alarm(
        point=PRESSURE,
        room="B101",
        condition=Condition.LOW,
        severity=Severity.ACTION,
        state=AlarmState.NORMAL,
        onset=DIP[0],
        raised=DIP[0] + MINUTE,
        value=38.6,
        limit=42,
        operator="<",
        worst=38.6,
        worst_at=DIP[0],
        returned=DIP[1],
        acknowledgements=(Acknowledgement("J. Moreau", DIP[1], "Door <b>closed</b>", Severity.ACTION),),
    )


def _silence() -> Alarm:
    return Alarm(
        point=PRESSURE,
        room="B101",
        condition=Condition.NO_DATA,
        severity=Severity.ACTION,
        state=AlarmState.NORMAL,
        onset=GAP[0],
        raised=GAP[0] + MINUTE,
        returned=GAP[1],
        acknowledgements=(Acknowledgement("J. Moreau", GAP[1], "Network back", Severity.ACTION),),
    )
