"""The engine dies between any two transactions while people put aside, approve, bring back and reset.

Whatever stood in memory is gone, another engine takes over, and what is on record in the end is what it would be
without: every alarm, every hold, every step, every outcome, once.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from alerts.engine import Engine
from facility.alarm import Condition, HoldKind
from facility.instants import MINUTE, SECOND, Instant
from facility.limit import Severity
from facility.people import Actor
from facility.reading import Reading
from storage.records import alarm_steps, alarms, commands, holds
from storage.records.alarms import AlarmFilter
from storage.records.commands import Acknowledge, ApproveShelving, Command, EndHold, Reset, Shelve, TakeOutOfService
from storage.records.database import Records
from storage.records.trail import agreement, audit
from storage.records.trail.audit import AuditFilter
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts.examples import ACTION, low, point
from tests.records import open_records

SITE = site_of(point(low(10, latched=True), silent_after=None))
POINT = "B101.DP1"
ALARM = f"{POINT}/low/{MIDNIGHT + 30 * SECOND}"
SHELVED, OUT = HoldKind.SHELVED, HoldKind.OUT_OF_SERVICE

LINE: tuple[tuple[int, float | tuple[str, Command]], ...] = (
    (10, ("j.moreau", Shelve(POINT, Condition.LOW, ACTION, MINUTE, "door"))),
    (20, ("s.brandt", ApproveShelving(1, POINT, "yes"))),
    (30, 8.0),
    (85, 7.0),
    (90, ("j.moreau", Acknowledge(ALARM, ACTION, "seen"))),
    (100, ("m.keller", TakeOutOfService(POINT, MINUTE, "calibration"))),
    (110, ("m.keller", EndHold(4, OUT, POINT, "calibrated"))),
    (120, ("j.moreau", Shelve(POINT, None, Severity.ALERT, MINUTE, "no use"))),
    (130, ("j.moreau", EndHold(6, SHELVED, POINT, "never mind"))),
    (140, ("j.moreau", Acknowledge(ALARM, ACTION, "seen again"))),
    (150, 12.0),
    (160, ("j.moreau", Reset(ALARM, "closed"))),
)
"""Seconds after midnight, and what is read then or who decides what. Shelving is over at 80 s."""


class DiedError(Exception):
    """The process is gone."""


class Mortal(Records):
    """Records whose process dies once: at the transaction of this number, before its commit or after it."""

    number = 0
    dies_at = 0
    after = False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        self.number += 1
        dies = self.number == self.dies_at
        with super().transaction() as connection:
            yield connection
            if dies and not self.after:
                raise DiedError
        if dies:
            raise DiedError


def test_no_boundary_of_a_transaction_loses_or_doubles_anything(tmp_path: Path) -> None:
    template = tmp_path / "template.db"
    open_records(template, lambda: MIDNIGHT).close()
    expected, transactions = live(tmp_path / "undisturbed", template, dies_at=0, after=False)
    assert transactions >= len(LINE)
    for number in range(1, transactions + 1):
        after = number == transactions  # what is on record then is what it is before the next commit
        told, _ = live(tmp_path / str(number), template, dies_at=number, after=after)
        assert told == expected, number


def live(folder: Path, template: Path, dies_at: int, after: bool) -> tuple[Any, int]:
    """Live through the line; what is on record in the end, and how many transactions that took."""
    folder.mkdir()
    shutil.copy(template, folder / "records.db")
    now: Instant = MIDNIGHT

    def clock() -> Instant:
        return now

    records = Mortal.open(folder / "records.db", clock)
    assert isinstance(records, Mortal)
    records.number, records.dies_at, records.after = 0, dies_at, after
    store = LocalStore.open(folder / "store.db", clock)
    engine = Engine(SITE, store, records, clock)
    for second, what in LINE:
        now = MIDNIGHT + second * SECOND
        _happens(what, now, records, store)
        try:
            engine.step(0)
        except DiedError:
            engine = Engine(SITE, store, records, clock)
            engine.step(0)
    told = _told(records)
    records.close()
    store.close()
    return told, records.number


def _happens(what: float | tuple[str, Command], now: Instant, records: Records, store: LocalStore) -> None:
    if isinstance(what, float):
        store.append([Intake("test", [Reading(POINT, now, what, 0, now)])])
        return
    name, command = what
    with Records.transaction(records) as connection:
        commands.submit(connection, now, Actor(name), command)


def _told(records: Records) -> Any:
    """Alarms, holds, steps and what the trail tells of them, in order."""
    with records.reading() as connection:
        assert audit.verify(connection) == []
        assert list(agreement.check(connection)) == []
        rows = audit.rows(connection, AuditFilter(), limit=1_000)[::-1]
        return (
            alarms.history(connection, AlarmFilter(), limit=10),
            [holds.find(connection, id) for id in (1, 4, 6)],
            [step for _, step in alarm_steps.after(connection, 0)],
            [(row.at, row.actor, row.action, row.object) for row in rows],
        )
