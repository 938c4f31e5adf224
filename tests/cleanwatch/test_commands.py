"""The command line, called as a person calls it."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch.command import cleanwatch
from facility.instants import system_clock
from storage.records import commands, source_gaps, sources
from storage.records.commands import RetireSource
from storage.records.source_gaps import SourceGap
from storage.records.sources import KnownSource
from storage.records.trail import audit
from storage.samples.commit import DeadLetter, Intake
from storage.samples.local import LocalStore
from tests.records import open_records

DEMO = Path(__file__).parents[2] / "sites" / "demo.yaml"
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cleanwatch, arguments)


def changed_demo(folder: Path, old: str, new: str) -> Path:
    text = DEMO.read_text()
    assert old in text
    path = folder / "changed.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_checking_the_demo_site_prints_its_rooms_and_points() -> None:
    result = run("site", "check", str(DEMO))
    assert result.exit_code == 0
    assert "B101" in result.output


def test_checking_a_file_with_mistakes_names_them_all_and_fails(tmp_path: Path) -> None:
    path = changed_demo(tmp_path, "grade: B", "grade: E")
    result = run("site", "check", str(path))
    assert result.exit_code == 1
    assert "grade" in result.output


def test_a_dead_letter_is_listed_shown_and_replayed_after_a_fix(data: Path) -> None:
    payload = b'{"version": 1, "values": [{"point": "B101.T1", "time": "2026-11-22T08:35:00Z", "value": 20.5}]}'
    letter = DeadLetter(system_clock(), "gw", "instruments/suite-b/gw/readings", payload, "unknown point B101.T1")
    store = LocalStore.open(data / "samples.db", system_clock)
    store.append([Intake("gw", dead_letters=(letter,))])
    store.close()
    run("site", "apply", str(DEMO), "--reason", "describes the point now")

    assert "unknown point B101.T1" in run("dead-letters", "list").output
    assert "2026-11-22T08:35:00Z" in run("dead-letters", "show", "1").output
    assert "1 stored" in run("dead-letters", "replay", "--all").output
    assert "No dead letter waits" in run("dead-letters", "list").output
    with closing(open_records(data / "records.db", system_clock)) as records, records.reading() as connection:
        (row,) = audit.rows(connection, audit.AuditFilter(object="dead letter 1 of station main"))
    assert (row.action, json.loads(row.data)["stored"]) == ("dead letter replayed", 1)


def test_a_dead_letter_that_does_not_exist_is_said_in_words(data: Path) -> None:
    LocalStore.open(data / "samples.db", system_clock).close()
    result = run("dead-letters", "show", "7")
    assert result.exit_code == 1
    assert "there is no dead letter 7" in result.output


def test_a_wrong_setting_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWATCH_WEB_PORT", "high")
    result = run("site", "check", str(DEMO))
    assert result.exit_code == 1
    assert "CLEANWATCH_WEB_PORT" in result.output


def test_a_source_is_retired_by_a_command_with_a_reason(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("source", "list").output == "No source has announced itself.\n"
    with closing(open_records(data / "records.db", system_clock)) as records:
        with records.transaction() as connection:
            sources.save(connection, [KnownSource("gw-1", "main", False, 0, 0, ("B101.DP1",))])
            source_gaps.record(connection, SourceGap("main", "gw-1", 7, 3, 5, None, 0), 0)
        listed = run("source", "list").output
        assert [word in listed for word in ("gw-1", "main", "gone", "1970-01-01", "3")] == [True] * 5
        monkeypatch.setattr("cleanwatch.commands.source.PATIENCE_SECONDS", 0)
        said = run("source", "retire", "gw-1", "--author", "A. Novak", "--reason", "replaced").output
        assert said == "No station runs that hears it; this is on record, and done when it runs.\n"
        with records.reading() as connection:
            (waiting,) = commands.waiting(connection)
    assert (waiting.actor.name, waiting.command) == ("A. Novak", RetireSource("gw-1", "replaced"))
