"""What the tests of the records share: every test runs on every kind of database there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facility.instants import MINUTE, Instant
from storage.records.database import Records

OPENED: Instant = 1_763_800_000_000


@pytest.fixture(params=["sqlite"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the records of one test are; every kind of database is a parameter."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'records.sqlite'}"


@pytest.fixture
def records(records_url: str) -> Iterator[Records]:
    """Empty records."""
    records = Records.open(records_url, clock=lambda: OPENED)
    yield records
    records.close()


NOON: Instant = OPENED + MINUTE
"""When the things happen that tests speak of."""
