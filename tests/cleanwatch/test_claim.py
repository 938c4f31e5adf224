"""A station is one process at a time, among all machines that share the records."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

import pytest
from sqlalchemy import Connection
from typing_extensions import override

from alerts.engine import Engine
from cleanwatch import claim
from cleanwatch.claim import claimed_station, not_watched, place
from facility.instants import DAY, SECOND, Instant
from facility.reading import Reading
from storage.records import engine_memory, station_claims
from storage.records.database import Records
from storage.records.station_claims import Claim, ClaimLostError, Held
from storage.records.trail import audit
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.acceptance.story import site_of
from tests.alerts.examples import low, point
from tests.records import open_records

NOW: Instant = 20_000 * DAY
MAIN = "main"
DP1 = point(low(10), silent_after=None)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with closing(open_records(tmp_path / "records.db", lambda: NOW)) as records:
        yield records


class Patience(threading.Event):
    """Is set after so many looks at the claim; `meanwhile` happens before each further one."""

    def __init__(self, looks: int, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._looks = looks
        self._meanwhile = meanwhile

    @override
    def wait(self, timeout: float | None = None) -> bool:
        self._meanwhile()
        self._looks -= 1
        if self._looks == 0:
            self.set()
        return self.is_set()


Take: TypeAlias = Callable[..., tuple[Claim | None, list[str]]]


@pytest.fixture
def take(records: Records) -> Iterator[Take]:
    """Takes the claim, and lets it go no more, as a process that is killed; what was told of whom it waits for."""
    kept = []

    def take(
        folder: Path, now: Instant = NOW, stopping: threading.Event | None = None
    ) -> tuple[Claim | None, list[str]]:
        folder.mkdir(exist_ok=True)
        told: list[str] = []
        stopping = stopping or threading.Event()
        taken = claimed_station(
            records, MAIN, folder, lambda: now, stopping, lambda text: told.append(text or "over")
        )
        kept.append(taken)
        return taken.__enter__(), told

    yield take
    kept.clear()


def test_a_station_that_was_killed_is_taken_up_again_at_once_in_the_same_place(
    records: Records, take: Take, tmp_path: Path
) -> None:
    take(tmp_path / "a")
    again, told = take(tmp_path / "a", NOW + 7 * SECOND)
    assert (again is not None, told) == (True, ["over"])
    with records.reading() as connection:
        (row,) = audit.rows(connection, audit.AuditFilter(action=station_claims.NOT_WATCHED))
    assert row.object == "station main"
    (finding,) = not_watched(records, MAIN, NOW + 10 * SECOND)
    assert "(7 s): it had ended without a word" in finding.text
    assert not_watched(records, MAIN, NOW + 2 * DAY) == []


def test_a_station_that_runs_elsewhere_is_waited_for(records: Records, take: Take, tmp_path: Path) -> None:
    take(tmp_path / "a")
    second, told = take(tmp_path / "b", stopping=Patience(1))
    assert second is None
    assert told[0].startswith(f"station main is run by {place(tmp_path / 'a')} already. This one waits")


def test_one_that_ended_in_order_is_not_waited_for(records: Records, take: Take, tmp_path: Path) -> None:
    with claimed_station(records, MAIN, tmp_path, lambda: NOW, threading.Event(), lambda _: None):
        pass
    second, _ = take(tmp_path / "b", NOW + 9 * SECOND)
    assert second is not None
    assert not_watched(records, MAIN, NOW + 10 * SECOND) == []


def test_one_that_is_silent_is_taken_over_and_can_write_no_more(
    records: Records, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = take(tmp_path / "a")
    assert first is not None
    with closing(LocalStore.open(tmp_path / "samples.db", lambda: NOW)) as store:
        engine = Engine(site_of(DP1), store, records, lambda: NOW, first)
        engine.step(0)
        monkeypatch.setattr(claim, "SILENT_SECONDS", 0.05)
        monkeypatch.setattr(claim, "LOOK_SECONDS", 0.01)
        second, told = take(tmp_path / "b", NOW + 30 * SECOND)
        assert (second is not None, told[-1]) == (True, "over")
        store.append([Intake("gw", [Reading(DP1.id, NOW, 5, 0, NOW)])])
        with pytest.raises(ClaimLostError, match=f"another process is station main now: .*{tmp_path.name}/b"):
            engine.step(0)
    with records.reading() as connection:
        assert not [row for row in audit.rows(connection) if row.action == "alarm raised"]


def test_records_that_stand_still_make_no_station_silent(
    records: Records, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path / "a")
    seconds = [0.0]
    monkeypatch.setattr(claim, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    held = station_claims.held

    def held_after_a_while(connection: Connection, station: str) -> Held | None:
        seconds[0] += claim.SILENT_SECONDS - 1
        return held(connection, station)

    monkeypatch.setattr(station_claims, "held", held_after_a_while)
    second, told = take(tmp_path / "b", stopping=Patience(4))
    assert second is None
    assert len(told) == 4


def test_a_station_that_beats_is_never_taken_over(
    records: Records, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = take(tmp_path / "a")
    assert first is not None
    seconds = [0.0]
    monkeypatch.setattr(claim, "time", SimpleNamespace(monotonic=lambda: seconds[0]))

    def beat() -> None:
        seconds[0] += claim.SILENT_SECONDS / 2
        with records.transaction() as connection:
            station_claims.renew(connection, first, NOW + int(seconds[0] * SECOND))

    second, _ = take(tmp_path / "b", stopping=Patience(30, meanwhile=beat))
    assert second is None


def test_a_local_store_in_another_place_is_judged_from_its_own_beginning(
    records: Records, take: Take, tmp_path: Path
) -> None:
    first, _ = take(tmp_path / "a")
    with records.transaction() as connection:
        engine_memory.set_checkpoint(connection, 500)
        assert first is not None
        station_claims.release(connection, first, NOW)
    take(tmp_path / "b")
    with closing(LocalStore.open(tmp_path / "b" / "samples.db", lambda: NOW)) as store:
        store.append([Intake("gw", [Reading(DP1.id, NOW, 5, 0, NOW)])])
        engine = Engine(site_of(DP1), store, records, lambda: NOW)
        engine.step(0)
        assert engine.judged == 1
