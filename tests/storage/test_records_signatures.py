import hashlib
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility.people import Person
from facility.roles import Right, Role
from storage.records import signatures
from storage.records.database import Records
from storage.records.signatures import (
    Before,
    DifferentPeople,
    Meaning,
    NeedsRight,
    NotBy,
    NotToBeSignedError,
    Rule,
    Signature,
    content_hash,
    holds,
)
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.storage.conftest import NOON, Tamper

KELLER = Person("m.keller", "Maria Keller", Role.QA, "10.0.0.7")
BRUNNER = Person("p.brunner", "Peter Brunner", Role.ENGINEER, "10.0.0.8")
CONTENT: dict[str, audit.JSON] = {"point": "B101.DP1", "limit": 8.0}
RULES: tuple[Rule, ...] = (
    Before(Meaning.REVIEW, Meaning.APPROVAL),
    DifferentPeople((Meaning.REVIEW, Meaning.APPROVAL)),
)


def signed(
    records: Records,
    person: Person = KELLER,
    meaning: Meaning = Meaning.APPROVAL,
    content: audit.JSON = CONTENT,
    rules: tuple[Rule, ...] = (),
) -> Signature:
    with records.transaction() as connection:
        return signatures.sign(connection, NOON, person, "change 12", meaning, content, rules=rules, session=3)


def of(records: Records) -> list[Signature]:
    with records.reading() as connection:
        return signatures.of(connection, "change 12")


def test_a_signature_keeps_printed_name_role_time_zone_and_meaning(records: Records) -> None:
    with records.transaction() as connection:
        audit.set_zone(connection, "Europe/Zurich")
    signature = signed(records)
    assert of(records) == [signature]
    assert signature == Signature(
        object="change 12",
        number=1,
        meaning=Meaning.APPROVAL,
        account="m.keller",
        name="Maria Keller",
        role="QA",
        at=NOON,
        zone="Europe/Zurich",
        content=content_hash(CONTENT),
        session=3,
        audit=2,
    )


def test_a_signature_is_in_the_audit_trail(records: Records) -> None:
    signature = signed(records)
    with records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(action="signed"))
        assert audit.verify(connection) == []
    assert (row.seq, row.actor, row.object) == (signature.audit, "m.keller", "change 12")
    assert '"meaning":"approval","name":"Maria Keller","number":1,"origin":"10.0.0.7","role":"QA"' in row.data


def test_a_signature_holds_for_exactly_what_was_signed(records: Records) -> None:
    signature = signed(records)
    assert holds(signature, {"limit": 8.0, "point": "B101.DP1"})
    assert not holds(signature, {**CONTENT, "limit": 8.1})


def test_anyone_can_compute_the_hash_of_a_content() -> None:
    written = '{"limit":8.0,"point":"B101.DP1","reason":"Tür"}'
    assert content_hash({**CONTENT, "reason": "Tür"}) == hashlib.sha256(written.encode()).hexdigest()


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_two_contents_have_one_hash_only_if_they_are_equal(one: dict[str, str], other: dict[str, str]) -> None:
    assert (content_hash(one) == content_hash(other)) is (one == other)


def test_signatures_of_an_object_are_numbered_in_their_order(records: Records) -> None:
    signed(records, BRUNNER, Meaning.AUTHORSHIP)
    signed(records)
    assert [(s.number, s.meaning) for s in of(records)] == [(1, Meaning.AUTHORSHIP), (2, Meaning.APPROVAL)]


def test_an_approval_before_the_review_is_refused_and_leaves_no_row(records: Records) -> None:
    with pytest.raises(NotToBeSignedError, match="It has to be reviewed first, with a signature"):
        signed(records, rules=RULES)
    assert of(records) == []
    with records.reading() as connection:
        assert audit.rows(connection, AuditFilter(action="signed")) == []


def test_who_reviewed_may_not_approve(records: Records) -> None:
    signed(records, KELLER, Meaning.REVIEW, rules=RULES)
    with pytest.raises(NotToBeSignedError, match="You have reviewed it yourself: another person has to sign this"):
        signed(records, KELLER, rules=RULES)
    assert signed(records, BRUNNER, rules=RULES).number == 2


def test_a_review_of_what_was_changed_since_is_no_review(records: Records) -> None:
    signed(records, BRUNNER, Meaning.REVIEW, rules=RULES)
    with pytest.raises(NotToBeSignedError, match="reviewed first"):
        signed(records, content={**CONTENT, "limit": 9.0}, rules=RULES)


def test_nobody_signs_the_same_twice(records: Records) -> None:
    signed(records)
    with pytest.raises(NotToBeSignedError, match="You have approved it already"):
        signed(records)


def test_whoever_drafted_it_may_not_approve_it(records: Records) -> None:
    with pytest.raises(NotToBeSignedError, match="You have drafted it yourself"):
        signed(records, BRUNNER, rules=(NotBy("p.brunner", "drafted"),))
    signed(records, KELLER, rules=(NotBy("p.brunner", "drafted"),))


def test_a_right_that_the_role_has_not_is_named(records: Records) -> None:
    with pytest.raises(NotToBeSignedError, match="Your role, engineer, has not the right to approve changes"):
        signed(records, BRUNNER, rules=(NeedsRight(Right.APPROVE),))
    signed(records, KELLER, rules=(NeedsRight(Right.APPROVE),))


def test_a_signature_remembers_the_session_it_was_given_in(records: Records) -> None:
    signed(records)
    with records.reading() as connection:
        assert signatures.signed_in(connection, 3, "m.keller")
        assert not signatures.signed_in(connection, 3, "p.brunner")
        assert not signatures.signed_in(connection, 4, "m.keller")


def test_two_people_who_sign_at_once_get_numbers_one_after_the_other(records: Records) -> None:
    people = [replace(KELLER, account=f"k{number}") for number in range(4)]
    threads = [threading.Thread(target=signed, args=(records, person)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [signature.number for signature in of(records)] == [1, 2, 3, 4]


def problems(records: Records) -> list[str]:
    with records.reading() as connection:
        return signatures.verify(connection)


def test_signatures_that_nobody_touched_agree_with_the_trail(records: Records) -> None:
    signed(records)
    signed(records, BRUNNER)
    assert problems(records) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE signatures SET name = 'Somebody' WHERE number = 1",
            "signature 1 of change 12 is not what audit row 2",
        ),
        (
            "UPDATE signatures SET content = 'other' WHERE number = 2",
            "signature 2 of change 12 is not what audit row 3",
        ),
        ("UPDATE signatures SET object = 'change 13' WHERE number = 2", "signature 2 of change 13 is not what"),
        (
            "DELETE FROM signatures WHERE number = 1",
            "the signature of change 12 that audit row 2 tells of is missing",
        ),
        (
            "INSERT INTO signatures SELECT object, 3, meaning, account, name, role, at, zone, content, session, 1 "
            "FROM signatures WHERE number = 1",
            "signature 3 of change 12 was inserted: no audit row tells of it",
        ),
    ],
)
def test_a_signature_that_somebody_touched_is_named(
    records: Records, tamper: Tamper, change: str, problem: str
) -> None:
    signed(records)
    signed(records, BRUNNER)
    tamper(change)
    (found,) = problems(records)
    assert problem in found
