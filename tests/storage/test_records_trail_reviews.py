"""Reviews of the audit trail: which rows one holds, who may review, and what nobody has looked at."""

import json

import pytest

from facility.people import Actor, Person
from facility.roles import Role
from storage.records.database import Records
from storage.records.trail import audit, trail_reviews
from storage.records.trail.audit import AuditEntry, AuditFilter
from storage.records.trail.trail_reviews import NothingToReviewError
from tests.people import ANN
from tests.storage.conftest import NOON, OPENED

KELLER = Person("m.keller", "M. Keller", Role.QA, "test")


def act(records: Records, at: int, actor: Actor = ANN) -> None:
    with records.transaction() as connection:
        audit.append(connection, at, [AuditEntry(actor, "told", "records")])


def review(records: Records, start: int, end: int, note: str = "nothing unusual") -> trail_reviews.TrailReview:
    with records.transaction() as connection:
        found = trail_reviews.period(connection, KELLER, start, end)
        return trail_reviews.add(connection, NOON + 1000, KELLER, found, note)


def gaps(records: Records) -> list[tuple[int, int]]:
    with records.reading() as connection:
        return [(gap.first, gap.last) for gap in trail_reviews.unreviewed(connection)]


def test_a_review_holds_the_rows_of_its_time_and_is_a_row_itself(records: Records) -> None:
    for minute in range(5):
        act(records, NOON + minute)
    done = review(records, NOON + 1, NOON + 4)
    assert (done.number, done.first, done.last, done.by) == (1, 3, 5, "m.keller")
    with records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(object="review 1"))
        fifth = audit.rows(connection, AuditFilter(before=6), limit=1)[0]
        assert trail_reviews.newest(connection, 5) == [done]
    assert done.hash == fifth.hash
    assert (row.action, json.loads(row.data)["note"]) == (trail_reviews.ACTION, "nothing unusual")


def test_what_no_review_holds_is_told_oldest_first(records: Records) -> None:
    for minute in range(6):
        act(records, NOON + minute)
    assert gaps(records) == [(1, 7)]
    review(records, NOON + 3, NOON + 5)
    assert gaps(records) == [(1, 4), (7, 8)]
    review(records, OPENED, NOON + 1)
    assert gaps(records) == [(3, 4), (7, 9)]
    review(records, OPENED, NOON + 5)
    assert gaps(records) == [(7, 10)]
    with records.reading() as connection:
        (gap,) = trail_reviews.unreviewed(connection)
    assert (gap.start, gap.end) == (NOON + 5, NOON + 1000)


def test_a_time_in_which_nothing_was_written_cannot_be_reviewed(records: Records) -> None:
    with pytest.raises(NothingToReviewError, match="there is nothing to review"):
        review(records, NOON, NOON + 5)


def test_nobody_reviews_a_time_in_which_nobody_else_did_anything(records: Records) -> None:
    act(records, NOON, KELLER.actor)
    with pytest.raises(NothingToReviewError, match="another person has to review it"):
        review(records, NOON, NOON + 5)
    act(records, NOON + 1)
    done = review(records, NOON, NOON + 5)
    with records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(object="review 1"))
    assert (done.last, json.loads(row.data)["reviewer's own rows"]) == (3, 1)
