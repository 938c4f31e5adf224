"""Drafts of the site file: who may do what with them, when they hold, and what of it is on record."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from facility.change_states import ChangeState, Step
from facility.instants import DAY, HOUR, Instant
from facility.people import Person
from facility.roles import Role
from facility.site_errors import SiteFileError
from storage.records import change_steps, changes, revisions, signatures
from storage.records.changes import Change, ChangeRefusedError
from storage.records.database import Records
from storage.records.signatures import Meaning, NotToBeSignedError
from storage.records.trail import audit
from tests.facility.sites import SMALL
from tests.people import ANN, MOREAU
from tests.storage.conftest import NOON

ENGINEER = Person("e.roth", "E. Roth", Role.ENGINEER, "10.0.0.7")
COLLEAGUE = Person("b.lang", "B. Lang", Role.ENGINEER, "10.0.0.8")
QA = Person("m.keller", "M. Keller", Role.QA, "10.0.0.9")
LOOSER = SMALL.replace("low: 18, high: 23", "low: 18, high: 23.5")
RENAMED = SMALL.replace("name: Filling", "name: Filling 1")
BACK_TEST = {"method": "percentile", "readings": 12_345}


@pytest.fixture
def site(records: Records) -> Records:
    """Records with a first revision."""
    with records.transaction() as connection:
        change_steps.begin(connection, NOON - DAY, ANN, SMALL, "first")
    return records


def do(records: Records, what: Callable[..., Any], person: Person, *arguments: object, at: Instant = NOON) -> Any:
    with records.transaction() as connection:
        return what(connection, at, person, *arguments)


def review(connection: Connection, at: Instant, person: Person, number: int) -> None:
    """As the app does it: the step and the signature in one transaction."""
    change = change_steps.ready(connection, number, Step.REVIEW)
    change_steps.review(connection, at, person, number)
    sign(connection, at, person, change, Meaning.REVIEW)


def approve(connection: Connection, at: Instant, person: Person, number: int) -> None:
    change = change_steps.ready(connection, number, Step.PUT_IN_FORCE)
    change_steps.approve(connection, at, person, number)
    sign(connection, at, person, change, Meaning.APPROVAL)


def sign(connection: Connection, at: Instant, person: Person, change: Change, meaning: Meaning) -> None:
    needed = change_steps.rules(change, meaning)
    signatures.sign(connection, at, person, change.object, meaning, change.content, rules=needed)


def sign_revision(connection: Connection, at: Instant, person: Person, number: int) -> None:
    revision = change_steps.unreviewed(connection, number)
    content, needed = change_steps.revision_content(revision), change_steps.revision_rules(revision)
    name = f"site revision {number}"
    signatures.sign(connection, at, person, name, Meaning.APPROVAL, content, rules=needed)


def drafted(records: Records, content: str = LOOSER, **more: Any) -> Change:
    with records.transaction() as connection:
        return changes.draft(connection, NOON, ENGINEER, content, "warm rooms", "half a year of data", **more)


def refused(records: Records, words: str, what: Callable[..., Any], person: Person, *arguments: object) -> None:
    """It may not be, is said in these words, and leaves nothing behind."""
    before = everything(records)
    with pytest.raises((ChangeRefusedError, NotToBeSignedError), match=words):
        do(records, what, person, *arguments)
    assert everything(records) == before


def everything(records: Records) -> tuple[object, ...]:
    with records.reading() as connection:
        return changes.all(connection), revisions.all(connection), len(audit.rows(connection, limit=1000))


def read(records: Records, what: Callable[[Connection], Any]) -> Any:
    with records.reading() as connection:
        return what(connection)


def state(records: Records, number: int, at: Instant = NOON) -> ChangeState:
    with records.reading() as connection:
        change = changes.find(connection, number)
        assert change is not None
        return changes.standing(change, revisions.all(connection), at)


def test_a_draft_is_read_as_it_was_made_and_nothing_of_it_holds(site: Records) -> None:
    change = drafted(site, attachment=BACK_TEST, wanted_from=NOON + DAY)
    assert read(site, changes.all) == [change]
    assert (change.number, change.author, change.base, change.controlled) == (1, "e.roth", 1, True)
    assert (change.reason, change.rationale, change.attachment) == ("warm rooms", "half a year of data", BACK_TEST)
    assert change.differences == ("N1.T1 alert high: 23 °C to 23.5 °C",)
    assert state(site, 1) is ChangeState.DRAFT
    assert read(site, revisions.newest_number) == 1


def test_a_limit_holds_once_it_was_reviewed_and_approved_each_with_a_signature(site: Records) -> None:
    drafted(site)
    do(site, review, COLLEAGUE, 1)
    assert state(site, 1) is ChangeState.REVIEWED
    assert read(site, revisions.newest_number) == 1
    do(site, approve, QA, 1)
    assert state(site, 1) is ChangeState.IN_FORCE
    revision = read(site, revisions.newest)
    assert (revision.number, revision.author, revision.text, revision.in_force_from) == (2, "e.roth", LOOSER, NOON)
    signed = read(site, lambda connection: signatures.of(connection, "change 1"))
    assert [(s.meaning, s.name) for s in signed] == [(Meaning.REVIEW, "B. Lang"), (Meaning.APPROVAL, "M. Keller")]
    assert all(signatures.holds(s, read(site, changes.all)[0].content) for s in signed)


def test_nobody_reviews_or_approves_what_is_his_own_or_does_both(site: Records) -> None:
    do(site, changes.draft, QA, LOOSER, "warm rooms")
    refused(site, "drafted it yourself", review, QA, 1)
    do(site, review, COLLEAGUE, 1)
    refused(site, "drafted it yourself", approve, QA, 1)
    refused(site, "not the right to approve", approve, COLLEAGUE, 1)
    other_qa = Person("a.novak", "A. Novak", Role.QA, "test")
    do(site, approve, other_qa, 1)
    do(site, changes.draft, ENGINEER, LOOSER.replace("23.5", "22.5"), "back")
    do(site, review, QA, 2)
    refused(site, "reviewed it yourself", approve, QA, 2)


def test_steps_out_of_order_are_refused(site: Records) -> None:
    drafted(site)
    refused(site, "is draft: it cannot be put in force", approve, QA, 1)
    refused(site, "is draft: it cannot be put in force", change_steps.put_in_force, ENGINEER, 1)
    do(site, review, COLLEAGUE, 1)
    refused(site, "is reviewed: it cannot be reviewed", review, QA, 1)
    do(site, approve, QA, 1)
    refused(site, "is approved: it cannot be withdrawn", change_steps.withdraw, ENGINEER, 1, "no")


def test_who_has_not_the_right_drafts_and_reviews_nothing(site: Records) -> None:
    refused(site, "may not draft", changes.draft, MOREAU, LOOSER, "warm rooms")
    drafted(site)
    refused(site, "not the right", review, MOREAU, 1)
    refused(site, "may not refuse", change_steps.refuse, MOREAU, 1, "no")


def test_what_decides_about_no_alarm_takes_force_on_its_authors_word(site: Records) -> None:
    assert not drafted(site, RENAMED).controlled
    with site.transaction() as connection:
        change_steps.put_in_force(connection, NOON, ENGINEER.actor, 1)
    assert state(site, 1) is ChangeState.IN_FORCE


def test_a_change_takes_force_at_its_moment_and_retires_what_held_before(site: Records) -> None:
    drafted(site, wanted_from=NOON + HOUR)
    do(site, review, COLLEAGUE, 1)
    do(site, approve, QA, 1)
    assert state(site, 1) is ChangeState.APPROVED
    for at, number in ((NOON, 1), (NOON + HOUR - 1, 1), (NOON + HOUR, 2)):
        with site.reading() as connection:
            assert revisions.number_in_force(connection, at) == number
    assert state(site, 1, NOON + HOUR) is ChangeState.IN_FORCE
    do(site, changes.draft, ENGINEER, LOOSER.replace("name: Filling", "name: Filling 1"), "renamed", at=NOON + 1)
    with site.transaction() as connection:
        change_steps.put_in_force(connection, NOON + 2, ENGINEER.actor, 2)
    # Not before what it builds upon.
    assert read(site, revisions.newest).in_force_from == NOON + HOUR
    assert state(site, 1, NOON + HOUR) is ChangeState.RETIRED


def test_what_was_wanted_for_a_moment_that_has_passed_holds_from_its_approval_on(site: Records) -> None:
    drafted(site, wanted_from=NOON + HOUR)
    do(site, review, COLLEAGUE, 1)
    do(site, approve, QA, 1, at=NOON + DAY)
    assert read(site, revisions.newest).in_force_from == NOON + DAY
    with pytest.raises(ChangeRefusedError, match="never in the past"):
        drafted(site, SMALL, wanted_from=NOON - 1)


def test_an_approved_change_is_taken_back_before_its_moment_and_not_after(site: Records) -> None:
    drafted(site, wanted_from=NOON + HOUR)
    do(site, review, COLLEAGUE, 1)
    do(site, approve, QA, 1)
    refused(site, "may not take this change back", change_steps.take_back, COLLEAGUE, 1, "wrong")
    refused(site, "Say why", change_steps.take_back, QA, 1, "")
    do(site, change_steps.take_back, QA, 1, "wrong value")
    assert state(site, 1, NOON + DAY) is ChangeState.WITHDRAWN
    newest = read(site, revisions.newest)
    assert (newest.number, newest.text, newest.in_force_from) == (3, SMALL, NOON)
    assert newest.differences == ("N1.T1 alert high: 23.5 °C to 23 °C",)
    drafted(site)
    do(site, review, COLLEAGUE, 2)
    do(site, approve, QA, 2)
    refused(site, "has taken force", change_steps.take_back, QA, 2, "too late")


def test_a_change_that_another_one_builds_upon_is_not_taken_back_alone(site: Records) -> None:
    for number, content in ((1, RENAMED), (2, RENAMED.replace("name: Corridor", "name: Passage"))):
        drafted(site, content, wanted_from=NOON + HOUR)
        with site.transaction() as connection:
            change_steps.put_in_force(connection, NOON, ENGINEER.actor, number)
    refused(site, "Another change builds upon change 1", change_steps.take_back, QA, 1, "wrong")
    do(site, change_steps.take_back, QA, 2, "wrong")
    newest = read(site, revisions.newest)
    assert (newest.text, newest.in_force_from) == (RENAMED, NOON + HOUR)


def test_a_change_against_an_older_revision_has_to_be_drawn_up_again(site: Records) -> None:
    drafted(site)
    drafted(site, RENAMED)
    do(site, review, COLLEAGUE, 1)
    with site.transaction() as connection:
        change_steps.put_in_force(connection, NOON, ENGINEER.actor, 2)
    refused(site, "drawn up against site revision 1, but by now there is revision 2", approve, QA, 1)
    with pytest.raises(ChangeRefusedError, match="This was drawn up against site revision 1"):
        drafted(site, LOOSER, base=1)


def test_a_draft_is_withdrawn_by_its_author_and_refused_by_others_with_a_reason(site: Records) -> None:
    drafted(site)
    refused(site, "Only its author", change_steps.withdraw, QA, 1, "no")
    refused(site, "This is your own", change_steps.refuse, ENGINEER, 1, "no")
    refused(site, "Say why", change_steps.refuse, QA, 1, " ")
    do(site, change_steps.refuse, QA, 1, "no data")
    assert state(site, 1) is ChangeState.REFUSED
    drafted(site)
    do(site, change_steps.withdraw, ENGINEER, 2, "")
    assert state(site, 2) is ChangeState.WITHDRAWN


def test_what_is_no_change_is_refused_in_words(site: Records) -> None:
    with pytest.raises(ChangeRefusedError, match="Nothing is different"):
        drafted(site, "# a comment\n" + SMALL)
    with pytest.raises(ChangeRefusedError, match="a data folder of its own"):
        drafted(site, LOOSER.replace("id: north", "id: south"))
    with pytest.raises(SiteFileError):
        drafted(site, "rooms: []")
    refused(site, "Say why", changes.draft, ENGINEER, LOOSER, " ")
    refused(site, "There is no change 7", review, QA, 7)


def test_the_first_revision_is_signed_by_qa_afterwards_and_only_it(site: Records) -> None:
    refused(site, "not the right to approve", sign_revision, ENGINEER, 1)
    do(site, sign_revision, QA, 1)
    first = read(site, revisions.newest)
    (signature,) = read(site, lambda connection: signatures.of(connection, "site revision 1"))
    assert signatures.holds(signature, change_steps.revision_content(first))
    drafted(site, RENAMED)
    with site.transaction() as connection:
        change_steps.put_in_force(connection, NOON, ENGINEER.actor, 1)
    refused(site, "took force by a change", sign_revision, QA, 2)


def test_the_trail_tells_each_field_with_old_and_new_value_and_why(site: Records) -> None:
    drafted(site)
    do(site, review, COLLEAGUE, 1)
    do(site, approve, QA, 1)
    with site.reading() as connection:
        rows = audit.rows(connection, limit=100)
        assert audit.verify(connection) == []
    told = [(row.actor, row.action, row.object) for row in reversed(rows)][-7:]
    assert told == [
        ("ann", "site revision added", "site revision 1"),
        ("e.roth", "change drafted", "change 1"),
        ("b.lang", "change reviewed", "change 1"),
        ("b.lang", "signed", "change 1"),
        ("m.keller", "site revision added", "site revision 2"),
        ("m.keller", "change put in force", "change 1"),
        ("m.keller", "signed", "change 1"),
    ]
    added = json.loads(rows[2].data)
    assert added["changes"] == {"N1.T1 alert high value": ["23 °C", "23.5 °C"]}
    assert (added["reason"], added["author"]) == ("warm rooms", "e.roth")
    assert json.loads(rows[1].data)["changes"] == {"state": ["reviewed", "approved"]}


@pytest.mark.parametrize("table", ["changes", "change_steps"])
def test_changes_and_their_steps_refuse_to_be_altered(site: Records, table: str) -> None:
    drafted(site)
    do(site, review, COLLEAGUE, 1)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), site.transaction() as connection:
        connection.execute(text(f"UPDATE {table} SET at = 0"))
