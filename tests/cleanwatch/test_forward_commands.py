"""What is on its way to InfluxDB, asked and told at the shell."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch.command import cleanwatch
from facility.instants import DAY
from facility.reading import Reading
from storage.records.trail import audit
from storage.samples.commit import Intake
from storage.samples.history import BACKLOG
from storage.samples.local import LocalStore, Refused
from tests.records import open_records

MIDNIGHT = 1_795_305_600_000
"""2026-11-22T00:00:00Z."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalStore]:
    """The local store of the data folder, open as a running station has it."""
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    store = LocalStore.open(tmp_path / "samples.db", lambda: MIDNIGHT)
    store.append([Intake("s", [Reading("T1", MIDNIGHT + day * DAY, 20.0, 0, MIDNIGHT) for day in range(3)])])
    yield store
    store.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cleanwatch, arguments)


def forward(store: LocalStore, *refused: Refused) -> None:
    backlog = store.backlog(BACKLOG)
    portion = backlog.newest(10)
    assert portion is not None
    backlog.settle(portion, refused)


def test_refused_readings_are_printed_with_the_reason(store: LocalStore) -> None:
    forward(store, Refused("T1", MIDNIGHT, "field type conflict", "temperature value=20"))
    said = run("forward", "refused").output
    assert "2026-11-22T00:00:00.000Z T1: field type conflict\n  temperature value=20" in said


def test_it_is_said_where_nothing_was_refused(store: LocalStore) -> None:
    assert run("forward", "refused").output == "InfluxDB has refused no reading.\n"


def test_readings_are_forwarded_again_from_a_day_on_and_that_is_on_record(store: LocalStore, tmp_path: Path) -> None:
    forward(store)
    assert run("forward", "again", "--since", "2026-11-22").output == "3 readings are forwarded again.\n"
    progress = store.progress(BACKLOG)
    assert progress is not None
    assert progress.waiting == 3
    with closing(open_records(tmp_path / "records.db", lambda: MIDNIGHT)) as records, records.reading() as connection:
        (row,) = audit.rows(connection, audit.AuditFilter(object="readings of station main"))
    assert (row.action, json.loads(row.data)["readings"]) == ("forwarding begun again", 3)


def test_forwarding_again_what_was_never_forwarded_is_refused_in_words(store: LocalStore) -> None:
    result = run("forward", "again", "--since", "2026-11-22")
    assert result.exit_code == 1
    assert "nothing was ever forwarded from here" in result.output
