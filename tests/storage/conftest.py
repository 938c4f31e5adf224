"""What the tests of the records share: every test runs on every kind of database there is."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from facility.instants import MINUTE, Instant
from storage.records.database import Records
from storage.sqlite import sqlite

OPENED: Instant = 1_763_800_000_000
"""When the records of a test are created."""

NOON: Instant = OPENED + MINUTE
"""When the things happen that tests speak of."""

Tamper: TypeAlias = Callable[..., None]


@pytest.fixture(params=["sqlite"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the records of one test are; every kind of database is a parameter."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'records.sqlite'}"


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records that were just created, to be copied: migrating anew takes most of the time of a test."""
    path = tmp_path_factory.mktemp("records") / "empty.sqlite"
    Records.open(path, clock=lambda: OPENED).close()
    return path


@pytest.fixture
def records(records_url: str, empty_records: Path) -> Iterator[Records]:
    """Empty records."""
    shutil.copy(empty_records, records_url.removeprefix("sqlite:///"))
    records = Records.open(records_url, clock=lambda: OPENED)
    yield records
    records.close()


@pytest.fixture
def tamper(records_url: str) -> Tamper:
    """Changes the records as somebody could who has the database file: triggers first, then these statements."""

    def run(*statements: str) -> None:
        connection = sqlite.connect(records_url.removeprefix("sqlite:///"))
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return run
