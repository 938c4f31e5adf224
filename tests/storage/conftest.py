"""What the tests of the records share: every test runs on every kind of database there is."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import text

from facility.instants import MINUTE, Instant
from storage.records.connecting import engine_for, url_of
from storage.records.database import Records
from tests.postgres import PostgresUnderTest

OPENED: Instant = 1_763_800_000_000
"""When the records of a test are created."""

NOON: Instant = OPENED + MINUTE
"""When the things happen that tests speak of."""

TEMPLATE, DATABASE = "empty_records", "records_of_one_test"
"""Names of databases in the cluster of the tests."""

Tamper: TypeAlias = Callable[..., None]


THREE_OPEN = """
import os, sys
from storage.records.database import Records
for _ in range(3):
    if os.fork() == 0:
        Records.open(sys.argv[1], lambda: 1).close()
        os._exit(0)
ended = [os.wait()[1] for _ in range(3)]
sys.exit(any(ended))
"""


def opened_by_three_processes(url: str) -> None:
    """Three processes open the records at the same moment: none of them has to import anything first."""
    subprocess.run([sys.executable, "-c", THREE_OPEN, url], check=True, timeout=100)


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records that were just created, to be copied: migrating anew takes most of the time of a test."""
    path = tmp_path_factory.mktemp("records") / "empty.sqlite"
    Records.open(path, clock=lambda: OPENED).close()
    return path


@pytest.fixture(scope="session")
def empty_postgres(postgres: PostgresUnderTest) -> PostgresUnderTest:
    """The cluster, with records that were just created in the database `TEMPLATE`, to be copied."""
    postgres.create_database(TEMPLATE)
    Records.open(postgres.url(TEMPLATE), clock=lambda: OPENED).close()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the records of one test are to be; every kind of database is a parameter."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.sqlite'}"
        return
    server: PostgresUnderTest = request.getfixturevalue("empty_postgres")
    # A test that asks for records gets them created already.
    server.create_database(DATABASE, template=TEMPLATE if "records" in request.fixturenames else "template0")
    yield server.url(DATABASE)
    server.drop_database(DATABASE)


@pytest.fixture
def records(records_url: str, empty_records: Path) -> Iterator[Records]:
    """Empty records."""
    if records_url.startswith("sqlite"):
        shutil.copy(empty_records, records_url.removeprefix("sqlite:///"))
    records = Records.open(records_url, clock=lambda: OPENED)
    yield records
    records.close()


@pytest.fixture
def tamper(records_url: str) -> Tamper:
    """Changes the records as somebody could who owns the database: triggers first, then these statements."""

    def run(*statements: str) -> None:
        engine = engine_for(url_of(records_url))
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("DROP FUNCTION IF EXISTS refuse_change() CASCADE")
            else:
                triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for name in connection.execute(triggers).scalars().all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    return run
