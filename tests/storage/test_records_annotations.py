import json
from dataclasses import replace

import pytest

from facility.people import Person
from facility.roles import Role
from storage.records import annotations, signatures
from storage.records.annotations import About, Annotation, AnnotationError, Standing
from storage.records.database import Records
from storage.records.signatures import NotToBeSignedError
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.storage.conftest import NOON, Tamper

OPERATOR = Person("j.moreau", "J. Moreau", Role.OPERATOR, "10.0.0.7")
QA = Person("m.keller", "Maria Keller", Role.QA, "10.0.0.8")
PLATE = About("point B101.V1", NOON, NOON)


def comment(records: Records, about: About = PLATE, text: str = "Door was open") -> Annotation:
    with records.transaction() as connection:
        return annotations.comment(connection, NOON + 5, OPERATOR, about, text)


def correct(
    records: Records, was: str = "12 CFU", becomes: str = "2 CFU", reason: str = "Typing error"
) -> Annotation:
    with records.transaction() as connection:
        return annotations.correct(connection, NOON + 5, OPERATOR, PLATE, was, becomes, reason)


def sign(records: Records, correction: Annotation, person: Person = QA) -> None:
    with records.transaction() as connection:
        signatures.sign(
            connection,
            NOON + 9,
            person,
            correction.object,
            annotations.MEANING,
            correction.content,
            rules=correction.rules,
        )


def found(records: Records, *objects: str, start: int | None = None, end: int | None = None) -> list[Annotation]:
    with records.reading() as connection:
        return annotations.about(connection, objects or (PLATE.object,), start, end)


def test_a_comment_holds_as_soon_as_it_is_written(records: Records) -> None:
    written = comment(records)
    assert found(records) == [written]
    assert written.standing is Standing.HOLDS


def test_an_annotation_is_in_the_audit_trail_of_what_it_is_about(records: Records) -> None:
    correct(records)
    with records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(object="point B101.V1"))
    data = json.loads(row.data)
    assert (row.actor, row.action, data["reason"]) == ("j.moreau", "correction added", "Typing error")
    assert data["changes"] == {"meaning": ["12 CFU", "2 CFU"]}


def test_a_correction_holds_only_with_the_signature_of_qa(records: Records) -> None:
    correction = correct(records)
    assert found(records)[0].standing is Standing.WAITS
    sign(records, correction)
    (held,) = found(records)
    assert held.standing is Standing.HOLDS
    assert [signature.name for signature in held.signatures] == ["Maria Keller"]


def test_nobody_approves_a_correction_of_his_own(records: Records) -> None:
    with records.transaction() as connection:
        own = annotations.correct(connection, NOON, QA, PLATE, "12 CFU", "2 CFU", "Typing error")
    with pytest.raises(NotToBeSignedError, match="You have written it yourself"):
        sign(records, own)
    with pytest.raises(NotToBeSignedError, match="Your role, operator, has not the right"):
        sign(records, own, OPERATOR)


def test_a_signature_under_a_correction_that_was_altered_holds_no_more(records: Records, tamper: Tamper) -> None:
    correction = correct(records)
    sign(records, correction)
    tamper("UPDATE annotations SET becomes = '0 CFU'")
    assert found(records)[0].standing is Standing.WAITS


def test_qa_refuses_a_correction_with_a_reason(records: Records) -> None:
    correction = correct(records)
    with records.transaction() as connection:
        annotations.refuse(connection, NOON + 7, QA, correction.id, "The plate shows 12")
    (refused,) = found(records)
    assert refused.standing is Standing.REFUSED
    assert refused.refusal == annotations.Refusal("m.keller", NOON + 7, "The plate shows 12")
    with pytest.raises(AnnotationError, match="does not wait any more"), records.transaction() as connection:
        annotations.refuse(connection, NOON + 8, QA, correction.id, "again")


def test_only_qa_and_the_author_end_a_correction(records: Records) -> None:
    correction = correct(records)
    another = replace(OPERATOR, account="p.brunner")
    with pytest.raises(AnnotationError, match="Only QA refuses"), records.transaction() as connection:
        annotations.refuse(connection, NOON, another, correction.id, "no")
    with records.transaction() as connection:
        annotations.refuse(connection, NOON, OPERATOR, correction.id, "mistaken")
    with records.reading() as connection:
        assert [row.action for row in audit.rows(connection, AuditFilter(object=PLATE.object))] == [
            "correction taken back",
            "correction added",
        ]


def test_what_waits_for_a_signature_is_listed_oldest_first(records: Records) -> None:
    first, second, third = correct(records), correct(records), correct(records)
    comment(records)
    sign(records, first)
    with records.transaction() as connection:
        annotations.refuse(connection, NOON, QA, second.id, "no")
    correct(records)
    with records.reading() as connection:
        assert [one.id for one in annotations.waiting(connection)] == [third.id, third.id + 2]
        assert [one.id for one in annotations.newest(connection, 2)] == [third.id + 2, third.id + 1]


def test_a_stretch_is_found_by_whatever_part_of_it_is_looked_at(records: Records) -> None:
    stretch = comment(records, About("point T1", NOON, NOON + 100))
    assert found(records, "point T1", start=NOON + 100, end=NOON + 101) == [stretch]
    assert found(records, "point T1", start=NOON - 9, end=NOON + 1) == [stretch]
    assert found(records, "point T1", start=NOON + 101, end=NOON + 200) == []
    assert found(records, "point T1", start=NOON - 9, end=NOON) == []
    assert found(records, "point T2") == []


@pytest.mark.parametrize(
    ("was", "becomes", "reason", "words"),
    [
        ("12", "2", "  ", "it needs a reason"),
        ("12", " ", "typo", "how it should read"),
        ("12", " 12", "typo", "reads already"),
        ("12", "2\0", "typo", "no NUL"),
        ("12", "2", "x" * 2001, "2000 characters"),
    ],
)
def test_a_correction_that_says_too_little_is_refused(
    records: Records, was: str, becomes: str, reason: str, words: str
) -> None:
    with pytest.raises(AnnotationError, match=words):
        correct(records, was, becomes, reason)
    assert found(records) == []


def test_a_stretch_that_ends_before_it_begins_is_refused(records: Records) -> None:
    with pytest.raises(AnnotationError, match="before its beginning"):
        comment(records, About("point T1", NOON, NOON - 1))
