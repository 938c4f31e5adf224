"""Clocks: a jump is on record and an advisory for a day; what is off is said in words."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanwatch.clock_watch import ACTION, ClockWatch, findings
from collectors.instrument_clocks import InstrumentClocks
from facility.instants import DAY, HOUR, MINUTE, SECOND, Span
from facility.reading import Reading
from facility.steady_clock import SteadyClock
from storage.records.database import Records
from storage.records.station_report import ClockJump, ClockReport, InstrumentClock
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.app.parts import NOON, site
from tests.cleanwatch.test_ntp import answer, time_server
from tests.records import open_records


class Machine:
    """A machine whose clock can be set, and the station's clock on it."""

    def __init__(self) -> None:
        self.wall, self.elapsed = NOON, 0.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.elapsed)

    def passes(self, span: Span) -> None:
        self.wall += span
        self.elapsed += span / 1000


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    yield records
    records.close()


def watching(machine: Machine, records: Records, ntp_server: str = "") -> ClockWatch:
    watch = ClockWatch(machine.clock, records, "main", ntp_server)
    machine.clock.on_jump = watch.noticed
    return watch


def jumps(watch: ClockWatch) -> tuple[ClockJump, ...]:
    return watch.report(site(), InstrumentClocks()).jumps


def test_a_jump_is_an_audit_row_with_from_to_and_seconds(machine: Machine, records: Records) -> None:
    watch = watching(machine, records)
    machine.wall -= HOUR
    machine.clock()
    watch.record()
    watch.record()
    with records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(action=ACTION))
        assert audit.verify(connection) == []
    assert row.object == "clock of station main" and row.at == NOON
    assert json.loads(row.data) == {
        "from": "2026-11-22T12:00:00.000Z",
        "to": "2026-11-22T11:00:00.000Z",
        "seconds": -3600.0,
        "zone": "UTC",
    }


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_a_jump_is_an_advisory_for_a_day_also_after_a_restart(machine: Machine, records: Records, by: Span) -> None:
    watch = watching(machine, records)
    machine.wall += by
    machine.clock()
    watch.record()
    assert jumps(watch) == jumps(watching(machine, records)) == (ClockJump(NOON, NOON + by),)
    machine.passes(DAY + 2 * HOUR)
    assert jumps(watch) == jumps(watching(machine, records)) == ()


def test_a_jump_back_says_what_it_does_to_times_and_delays() -> None:
    (found,) = findings(ClockReport(jumps=(ClockJump(NOON, NOON - HOUR),)))
    assert found.advisory
    assert found.text.startswith(
        "this machine's clock was set back by 1 h, from 2026-11-22T12:00:00.000Z to 2026-11-22T11"
    )
    assert "do not go back" in found.text and "a tenth longer" in found.text


def test_an_instrument_whose_clock_is_far_off_is_a_task_and_a_little_off_is_none() -> None:
    both = (InstrumentClock("PC1", -30 * SECOND, 30), InstrumentClock("PC2", 31 * SECOND, 30))
    (found,) = findings(ClockReport(instruments=both))
    assert found.advisory and found.text.startswith(
        "the clock of instrument PC2 is more than 30 s ahead of the station's"
    )


def test_the_words_stay_the_same_while_a_clock_drifts() -> None:
    texts = {found.text for off in (61, 62, 300) for found in findings(clocks(off * SECOND))}
    assert len(texts) == 1


def clocks(ahead: Span) -> ClockReport:
    return ClockReport(instruments=(InstrumentClock("PC1", ahead, 30),))


def test_instruments_are_told_by_what_they_send(machine: Machine, records: Records) -> None:
    heard = InstrumentClocks()
    heard.heard([Reading("B101.DP1", NOON - 5 * MINUTE, 44.0, 0, NOON)])
    (clock,) = watching(machine, records).report(site(), heard).instruments
    assert clock == InstrumentClock("B101.DP1", -5 * MINUTE, 1)


def test_the_time_server_is_asked_and_one_that_is_far_off_is_a_task(machine: Machine, records: Records) -> None:
    with time_server(lambda question: answer(question, 90.0)) as address:
        watch = watching(machine, records, address)
        watch.ask()
    (found,) = findings(watch.report(site(), InstrumentClocks()))
    assert found.advisory and "more than 1 min behind time server" in found.text
    watch = watching(machine, records, "nowhere.invalid")
    watch.ask()
    (found,) = findings(watch.report(site(), InstrumentClocks()))
    assert "CLEANWATCH_NTP_SERVER" in found.text


def test_without_a_time_server_nothing_is_asked(machine: Machine, records: Records) -> None:
    watch = watching(machine, records)
    watch.ask()
    assert list(findings(watch.report(site(), InstrumentClocks()))) == []
