"""Making the demo's accounts on a bad day."""

from contextlib import closing
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from cleanwatch.demo import _make_accounts
from tests.app.parts import NOON
from tests.records import open_records


def test_records_that_cannot_be_used_are_told_in_words_and_not_in_a_traceback(tmp_path: Path) -> None:
    with closing(open_records(tmp_path / "records.db", lambda: NOON)) as records, records.transaction() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
    with pytest.raises(click.ClickException, match="no longer protected") as refused:
        _make_accounts({"CLEANWATCH_DATA": str(tmp_path)})
    assert "Traceback" not in refused.value.message
