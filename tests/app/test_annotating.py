"""What may be commented and corrected from the pages, by whom, and how QA's signature makes a correction hold."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.annotating import SIGNABLE, Written, about_words, add, reads_now, refuse
from app.components.annotations import said_about, said_words
from app.context import AppContext
from app.guard import NotAllowedError
from app.live.hub import Hub
from app.sign_in.desk import Desk
from app.signing import Typed, ask, sign
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import DAY
from facility.limit import Severity
from facility.people import Person
from facility.plant_events import BatchStarted
from facility.roles import Role
from storage.records import alarms, annotations, batches
from storage.records.annotations import About, Annotation, Kind, Standing
from storage.records.signatures import NotToBeSignedError
from tests.app.parts import NOON, NoSamples, Time, site
from tests.records import open_records
from tests.signing_in import PASSWORD, RULES, make_account

KELLER = Person("m.keller", "Maria Keller", Role.QA, "10.0.0.7")
MOREAU = Person("j.moreau", "J. Moreau", Role.OPERATOR, "10.0.0.8")
VIEWER = Person("v.rossi", "Vera Rossi", Role.VIEWER, "10.0.0.9")
PLATE = About("point B101.DP1", NOON - DAY, NOON - DAY)
COMMENT = Written(Kind.COMMENT, "", "", "Door was open")
CORRECTION = Written(Kind.CORRECTION, "12 CFU/m³", "2 CFU/m³", "Typing error")
ALARM = Alarm("B101.DP1", "B101", Condition.LOW, Severity.ACTION, AlarmState.ACKNOWLEDGED, NOON - 5, NOON)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = open_records(tmp_path / "records.db", time)
    desk = Desk(RULES)
    for person in (KELLER, MOREAU):
        make_account(records, time, person, desk=desk)
    with records.transaction() as connection:
        alarms.save(connection, [ALARM])
    yield AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: MOREAU, time, desk=desk)
    records.close()


def as_person(context: AppContext, person: Person) -> AppContext:
    return replace(context, person=lambda: person)


def written(context: AppContext, about: About = PLATE) -> list[Annotation]:
    with context.records.reading() as connection:
        return annotations.about(connection, [about.object])


def signed(context: AppContext, person: Person, id: int) -> str | None:
    mine = as_person(context, person)
    seen = ask(mine, None, SIGNABLE, str(id)).seen
    return sign(mine, None, SIGNABLE, str(id), seen, Typed(person.account, PASSWORD, ""))


def test_an_operator_comments_on_a_reading(context: AppContext) -> None:
    assert add(context, PLATE, COMMENT) is None
    (one,) = written(context)
    assert (one.by, one.reason, one.standing) == ("j.moreau", "Door was open", Standing.HOLDS)


def test_a_comment_without_words_says_what_is_missing(context: AppContext) -> None:
    words = add(context, PLATE, replace(COMMENT, reason=" "))
    assert words is not None and "Say why" in words
    assert written(context) == []


def test_an_alarm_is_commented_on(context: AppContext) -> None:
    about = About(f"alarm {ALARM.id}", ALARM.onset, ALARM.onset)
    assert add(context, about, COMMENT) is None
    with context.records.reading() as connection:
        said = said_about(connection, [about.object])
    (one,) = said.about[about.object]
    assert said_words(one, said.names) == "Comment 1 by J. Moreau: Door was open"


@pytest.mark.parametrize(
    "object", ["point B999.DP1", "alarm B101.DP1/low/1", "room B999", "site revision 4", "account m.keller", ""]
)
def test_nothing_is_written_about_what_there_is_not(context: AppContext, object: str) -> None:
    with pytest.raises(NotAllowedError):
        add(context, About(object, NOON, NOON), COMMENT)


def test_a_batch_is_commented_on_where_it_was_made(context: AppContext) -> None:
    with context.records.transaction() as connection:
        batches.record(connection, BatchStarted("P-1", "B101", NOON - 5, "mes"), NOON)
    about = About("batch P-1", NOON - 5, NOON - 5)
    assert add(context, about, COMMENT) is None
    assert [one.reason for one in written(context, about)] == [COMMENT.reason]
    assert about_words(context.site(), about).startswith("Batch P-1, ")
    with pytest.raises(NotAllowedError):
        add(context, About("batch P-2", NOON - 5, NOON - 5), COMMENT)


def test_nothing_is_written_about_what_lies_in_other_areas(context: AppContext) -> None:
    elsewhere = as_person(context, replace(MOREAU, areas=frozenset()))
    for about in (PLATE, About("room B101", NOON, NOON), About(f"alarm {ALARM.id}", NOON, NOON)):
        with pytest.raises(NotAllowedError):
            add(elsewhere, about, COMMENT)


def test_a_viewer_writes_nothing(context: AppContext) -> None:
    with pytest.raises(NotAllowedError):
        add(as_person(context, VIEWER), PLATE, COMMENT)


def test_a_correction_holds_when_qa_has_signed_it(context: AppContext) -> None:
    assert add(context, PLATE, CORRECTION) is None
    (one,) = written(context)
    assert one.standing is Standing.WAITS
    assert signed(context, KELLER, one.id) is None
    (held,) = written(context)
    assert held.standing is Standing.HOLDS


def test_who_wrote_a_correction_does_not_sign_it(context: AppContext) -> None:
    assert add(as_person(context, KELLER), PLATE, CORRECTION) is None
    with pytest.raises(NotToBeSignedError, match="another person"):
        signed(context, KELLER, written(context)[0].id)


def test_a_comment_and_what_was_refused_are_not_signed(context: AppContext) -> None:
    add(context, PLATE, COMMENT)
    add(context, PLATE, CORRECTION)
    comment, correction = written(context)
    assert refuse(as_person(context, KELLER), correction.id, "The plate shows 12") is None
    with pytest.raises(NotToBeSignedError, match="no such correction"):
        signed(context, KELLER, comment.id)
    with pytest.raises(NotToBeSignedError, match="was refused"):
        signed(context, KELLER, correction.id)


def test_a_correction_is_refused_only_with_a_reason(context: AppContext) -> None:
    add(context, PLATE, CORRECTION)
    words = refuse(as_person(context, KELLER), written(context)[0].id, "")
    assert words is not None and "Say why" in words
    assert written(context)[0].standing is Standing.WAITS


def test_what_an_annotation_is_about_is_said_in_words(context: AppContext) -> None:
    suite = context.site()
    assert about_words(suite, PLATE) == "B101 Room pressure (B101.DP1), 21 Nov 2026 13:00:00"
    alarm = About("alarm B101.DP1/no-data/5", NOON, NOON)
    assert about_words(suite, alarm) == "Alarm: Room pressure (B101.DP1) no data, 22 Nov 2026 13:00:00"
    assert about_words(suite, About("point GONE.T1", NOON, NOON + 1000)).startswith("point GONE.T1, 22 Nov")


def test_what_a_stretch_reads_is_left_to_the_person(context: AppContext) -> None:
    assert reads_now(context, About("point B101.DP1", NOON, NOON + 5)) == ""
    assert reads_now(context, PLATE) == ""
