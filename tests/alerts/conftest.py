"""Records of its own for every test that asks for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.records.database import Records
from tests.alerts.telling import START
from tests.records import open_records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(tmp_path / "records.db", lambda: START)
    yield opened
    opened.close()
