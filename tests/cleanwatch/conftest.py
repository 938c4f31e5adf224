"""What the tests of the front door share."""

from pathlib import Path

import pytest

from storage.records.database import Records
from tests.storage.sample_store_contract import MIDNIGHT


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records that were just created, to be copied."""
    path = tmp_path_factory.mktemp("records") / "empty.db"
    Records.open(path, clock=lambda: MIDNIGHT).close()
    return path
