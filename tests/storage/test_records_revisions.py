import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from facility.instants import DAY, Instant
from storage.records import revisions
from storage.records.database import Records
from storage.records.revisions import Revision
from storage.records.trail import audit
from tests.people import ANN
from tests.storage.conftest import NOON


def add(records: Records, content: str, in_force_from: Instant = NOON) -> Revision:
    with records.transaction() as connection:
        return revisions.add(
            connection,
            NOON,
            in_force_from=in_force_from,
            author=ANN,
            reason="Requalified",
            text=content,
            differences=["B101.DP1: action limit 10 → 12 Pa"],
        )


def test_before_the_first_revision_there_is_none(records: Records) -> None:
    with records.reading() as connection:
        assert revisions.newest(connection) is None
        assert revisions.in_force_at(connection, NOON) is None
        assert revisions.all(connection) == []


def test_a_revision_is_read_as_it_was_added(records: Records) -> None:
    added = add(records, "site: 'Ünïcode'\n")
    assert added == Revision(
        1, NOON, "ann", "Requalified", "site: 'Ünïcode'\n", ("B101.DP1: action limit 10 → 12 Pa",)
    )
    with records.reading() as connection:
        assert revisions.newest(connection) == added


def test_the_newest_revision_of_a_moment_is_in_force(records: Records) -> None:
    first = add(records, "1", in_force_from=NOON - DAY)
    second = add(records, "2", in_force_from=NOON + DAY)
    corrected = add(records, "3", in_force_from=NOON)
    with records.reading() as connection:
        assert revisions.all(connection) == [corrected, second, first]
        assert revisions.newest(connection) == corrected
        assert revisions.in_force_at(connection, NOON - 2 * DAY) is None
        assert revisions.in_force_at(connection, NOON - 1) == first
        assert revisions.in_force_at(connection, NOON) == corrected
        assert revisions.in_force_at(connection, NOON + 2 * DAY) == corrected


def test_a_revision_writes_its_audit_row(records: Records) -> None:
    add(records, "1")
    with records.reading() as connection:
        row = audit.rows(connection)[0]
    assert (row.actor, row.action, row.object, row.at) == ("ann", "site revision added", "site revision 1", NOON)
    assert json.loads(row.data)["reason"] == "Requalified"
    assert json.loads(row.data)["differences"] == ["B101.DP1: action limit 10 → 12 Pa"]


@pytest.mark.parametrize("statement", ["UPDATE revisions SET text = ''", "DELETE FROM revisions"])
def test_revisions_refuse_to_be_changed(records: Records, statement: str) -> None:
    add(records, "1")
    with pytest.raises(DBAPIError, match="revisions is append-only"), records.transaction() as connection:
        connection.execute(text(statement))
