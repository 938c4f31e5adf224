"""The short form of the proof: each part is killed once, some together, a disk fills up and a connection is cut."""

import tempfile
from pathlib import Path

import pytest

from facility.instants import SECOND, system_clock
from tests.crash.proof.faults import Fault, Kind, schedule
from tests.crash.proof.plan import Plan
from tests.crash.proof.run import run
from tests.crash.proof.table import table
from tests.crash.proof.world import DISK_MEGABYTES, PARTS, WIRES, disks

SEED, POINTS, NUMBERS = 7, 200, 24
BEFORE = 10 * SECOND
"""The first readings are this old at the start: the gateways have kept them."""

FAULTS = [
    Fault(0.5, Kind.KILL, ("gateways 1",), 1.0),
    Fault(1.5, Kind.KILL, ("InfluxDB",), 1.0),
    Fault(3.0, Kind.KILL, ("PostgreSQL",), 1.0),
    Fault(4.0, Kind.CUT, ("gateways to broker",), 0.5),
    Fault(5.5, Kind.KILL, ("station", "app", "broker"), 0.5),
    Fault(8.0, Kind.FULL, ("station disk",), 1.0),
    Fault(10.0, Kind.KILL, ("station",), 0.2),
]


@pytest.mark.timeout(900)  # more than a run is given to come to rest
def test_whatever_is_killed_no_reading_and_no_alarm_is_lost_or_doubled(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = _open_to_all(tmp_path_factory.mktemp("proof"))
    plan = Plan(SEED, POINTS, NUMBERS, system_clock() // SECOND * SECOND - BEFORE)
    faults = [fault for fault in FAULTS if fault.kind is not Kind.FULL or disks()]
    outcome = run(folder / "run", plan, faults, print)
    print(table(outcome))
    assert outcome.failures == []
    assert outcome.alarms.expected > 0


def test_a_seed_gives_the_same_readings_and_the_same_faults() -> None:
    one, same, other = (Plan(seed, 50, 100, 0) for seed in (1, 1, 2))
    assert [one.values(point) for point in range(50)] == [same.values(point) for point in range(50)]
    assert [one.values(point) for point in range(50)] != [other.values(point) for point in range(50)]
    first, again = (schedule(1, 300, PARTS, WIRES, tuple(DISK_MEGABYTES)) for _ in range(2))
    assert first == again
    assert {fault.kind for fault in first} == set(Kind)


def _open_to_all(folder: Path) -> Path:
    """PostgreSQL runs as a user of its own, for whom pytest's folders are closed."""
    for place in (folder, *folder.parents):
        if Path(tempfile.gettempdir()) in place.parents:
            place.chmod(0o755)
    return folder
