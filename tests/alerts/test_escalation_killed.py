"""Killed before or after any commit: no call is lost, and at most one is handed over twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copy

from sqlalchemy import Connection
from typing_extensions import override

from alerts.escalator import Escalator
from alerts.events import by_excursion
from alerts.informed import informed
from alerts.notifications.delivering import LEASE, deliver
from alerts.notifications.follower import Follower
from facility.escalation import OnCall, Policy, Step
from facility.instants import MINUTE, SECOND, Instant
from facility.limit import Severity
from storage.records import channels
from storage.records.database import Records
from tests.alerts.telling import SITE, START, Scripted, answered, happens, person, pressure
from tests.records import open_records

STEPS = tuple(Step(people=(name,), wait=10 * MINUTE) for name in ("anna", "ben", "cleo"))
POLICY = Policy("action", "Action limits", frozenset({Severity.ACTION}), STEPS)
PLAN = replace(SITE, on_call=OnCall(policies=(POLICY,)))
ALARM = pressure(onset=START)


class KilledError(BaseException):
    """kill -9: nothing after it happens."""


class Mortal(Records):
    """Records whose user is killed once, before or after a certain commit."""

    commits = 0
    dies_at = -1
    before = False

    @contextmanager
    @override
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            yield connection
            self.commits += 1
            if self.commits == self.dies_at and self.before:
                raise KilledError
        if self.commits == self.dies_at and not self.before:
            raise KilledError


def prepared(path: Path) -> Path:
    """Records with three people who can be called, and an alarm that has just been raised."""
    records = open_records(path, lambda: START)
    for name in ("anna", "ben", "cleo"):
        person(records, name, sms=f"+{name}")
    happens(records, START, ALARM)
    records.close()
    return path


def night(path: Path, dies_at: int = -1, *, before: bool = False) -> tuple[list[str], int]:
    """Who was handed a message, in order, until Ben answers; and how many commits that took."""
    now: Instant = START
    engine, records = open_records(path, lambda: now), Mortal.open(path, lambda: now)
    assert isinstance(records, Mortal)
    records.dies_at, records.before = dies_at, before
    sms = Scripted()

    def station() -> None:
        escalator = Escalator(records, lambda: PLAN, "main", lambda: now)
        audience = informed(lambda: PLAN, lambda: now)
        Follower(records, lambda: PLAN, "main", lambda: now, audience, by_excursion, escalate=escalator.follow).step()
        escalator.step()
        with records.reading() as connection:
            (kept,) = channels.in_use(connection)
        while deliver(records, kept, sms, lambda: now, "main", 0.0):
            pass

    for minute in (0, 10, 15, 24):
        now = START + minute * MINUTE
        if minute == 15:
            happens(engine, now, answered(ALARM), step="alarm acknowledged")
        for again in (0, LEASE + SECOND):
            try:
                station()
                break
            except KilledError:
                now += again
    records.close()
    engine.close()
    return [address for address, _ in sms.taken], records.commits


def test_no_call_is_lost_and_at_most_one_is_repeated(tmp_path: Path) -> None:
    begun = prepared(tmp_path / "begun.db")
    expected, commits = night(Path(copy(begun, tmp_path / "quiet.db")))
    assert expected == ["+anna", "+ben"]
    assert commits > 5
    for dies_at in range(1, commits + 1):
        for before in (True, False):
            taken, _ = night(Path(copy(begun, tmp_path / f"{dies_at}{before}.db")), dies_at, before=before)
            assert list(dict.fromkeys(taken)) == expected, (dies_at, before, taken)
            assert len(taken) <= len(expected) + 1, (dies_at, before, taken)
