"""kill -9 at any moment: the engine goes on where it was, with no alarm missed and none raised twice."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from facility.alarm import AlarmState
from storage.records import alarms
from storage.records.alarms import AlarmFilter
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.records import open_records

COMMITS = 120
"""As in the child."""
KILLS = 3


def test_an_engine_that_is_killed_again_and_again_misses_no_alarm_and_raises_none_twice(tmp_path: Path) -> None:
    chance = random.Random()
    judged = [live_and_die(tmp_path, after=chance.randint(1, 30), chance=chance) for _ in range(KILLS)]
    judged.append(live_and_die(tmp_path, after=None, chance=chance))
    assert judged == sorted(judged), "each goes on after the one before"
    assert judged[-1] == COMMITS

    records = open_records(tmp_path / "records.db", lambda: 0)
    with records.reading() as connection:
        found = alarms.history(connection, AlarmFilter(), limit=1000)
        rows = audit.rows(connection, AuditFilter(), limit=10_000)
        assert audit.verify(connection) == []
    records.close()
    told = Counter((row.action, row.object.split("/")[0]) for row in rows if row.object.startswith("alarm "))
    expected = Counter({("alarm raised", f"alarm P{n}"): 1 for n in range(1, COMMITS + 1)})
    expected.update([("alarm marked first-out", "alarm P1")])  # the others join its excursion
    expected.update({("alarm returned", f"alarm P{n}"): 1 for n in range(1, COMMITS)})
    assert told == expected
    assert Counter(alarm.state for alarm in found) == {AlarmState.RETURNED: COMMITS - 1, AlarmState.UNACKNOWLEDGED: 1}


def live_and_die(folder: Path, after: int | None, chance: random.Random) -> int:
    """Run the child, and kill it a moment after it has judged so many commits; the last it has told of."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.engine_child", str(folder)], stdout=subprocess.PIPE, text=True
    )
    last = told = 0
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            last, told = int(line), told + 1
            if told == after:
                time.sleep(chance.random() / 100)
                child.kill()
                break
    code = child.wait(timeout=30)
    assert after is not None or code == 0
    return last
