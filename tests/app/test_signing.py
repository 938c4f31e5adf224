"""A signature is asked for and given on the server: what is typed proves who signs, and nothing else is believed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Connection

from app.context import AppContext
from app.guard import NotAllowedError
from app.live.hub import Hub
from app.sign_in.desk import Desk
from app.signing import CHANGED, ENDED, NOT_YOURS, Signable, ToSign, Typed, ask, sign
from facility.instants import DAY, SECOND, Instant
from facility.people import CLEANWATCH, Person
from facility.roles import Right, Role
from storage.records import signatures
from storage.records.people import accounts, credentials, sessions
from storage.records.people.sessions import Session, Stage
from storage.records.signatures import Meaning, NotBy, NotToBeSignedError
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter
from tests.app.parts import NOON, NoSamples, Time, site
from tests.records import open_records
from tests.signing_in import RULES

PASSWORD = "four corners of the moon"
KELLER = Person("m.keller", "Maria Keller", Role.QA, "10.0.0.7")
TYPED = Typed("M.Keller", PASSWORD, "")


class Changes:
    """What a page would let be signed: the text of a change, which the page's own records keep."""

    def __init__(self) -> None:
        self.texts: dict[str, JSON] = {"12": "10 Pa to 8 Pa"}
        self.author = "p.brunner"

    def prepare(self, _context: AppContext, _connection: Connection, _person: Person, subject: str) -> ToSign:
        if subject not in self.texts:
            raise NotToBeSignedError(f"There is no change {subject}.")
        return ToSign(
            f"change {subject}",
            Meaning.APPROVAL,
            {"text": self.texts[subject]},
            f"Change {subject}",
            self.put_in_force,
            rules=(NotBy(self.author, "drafted"),),
        )

    def put_in_force(self, connection: Connection, at: Instant, person: Person) -> None:
        audit.append(connection, at, [AuditEntry(person.actor, "change in force", "change 12")])


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def signable(changes: Changes) -> Signable:
    return Signable("change", Right.APPROVE, changes.prepare)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = open_records(tmp_path / "records.db", time)
    desk = Desk(RULES)
    with records.transaction() as connection:
        accounts.make(connection, NOON - DAY, CLEANWATCH, "m.keller", name="Maria Keller", role=Role.QA)
        hash = desk.passwords.hash(PASSWORD)
        credentials.set_password(connection, NOON - DAY, CLEANWATCH, "m.keller", hash, one_time=False, remember=1)
    hub = Hub(lambda: suite, time)
    yield AppContext(lambda: suite, NoSamples(), records, hub, lambda: KELLER, time, desk=desk)
    records.close()


def session(context: AppContext, token: str = "one") -> Session:
    with context.records.transaction() as connection:
        return sessions.begin(
            connection, NOON, "m.keller", token, stage=Stage.SIGNED_IN, origin="10.0.0.7", browser="test"
        )


def given(
    context: AppContext, signable: Signable, now: Session | None, typed: Typed, subject: str = "12"
) -> str | None:
    return sign(context, now, signable, subject, ask(context, now, signable, subject).seen, typed)


def trail(context: AppContext, action: str) -> list[str]:
    with context.records.reading() as connection:
        return [row.data for row in audit.rows(connection, AuditFilter(action=action))]


def signed(context: AppContext, object: str = "change 12") -> int:
    with context.records.reading() as connection:
        return len(signatures.of(connection, object))


def test_the_deed_and_the_signature_are_done_together(context: AppContext, signable: Signable) -> None:
    assert given(context, signable, session(context), TYPED) is None
    assert signed(context) == 1
    assert len(trail(context, "change in force")) == 1


def test_what_is_said_with_a_signature_is_handed_to_the_deed(context: AppContext, signable: Signable) -> None:
    said: list[str] = []

    def prepare(context: AppContext, connection: Connection, person: Person, subject: str) -> ToSign:
        prepared = signable.prepare(context, connection, person, subject)
        return replace(prepared, commented=lambda _connection, _at, _person, comment: said.append(comment))

    with_comment = replace(TYPED, comment="As measured on Tuesday")
    assert given(context, replace(signable, prepare=prepare), session(context), with_comment) is None
    assert said == ["As measured on Tuesday"]


def test_neither_is_done_with_a_wrong_password_and_it_counts(context: AppContext, signable: Signable) -> None:
    wrong = replace(TYPED, password="three corners")
    words = given(context, signable, session(context), wrong)
    assert words is not None and "do not fit" in words
    assert signed(context) == 0
    assert trail(context, "change in force") == []
    (failed,) = trail(context, "proof to sign failed")
    assert json.loads(failed)["failures in a row"] == 1


def test_too_many_wrong_passwords_lock_the_account(context: AppContext, signable: Signable) -> None:
    context.desk.rules = replace(RULES, most_failures=2)
    now = session(context)
    for _ in range(2):
        given(context, signable, now, replace(TYPED, password="wrong"))
    words = given(context, signable, now, TYPED)
    assert words is not None and "locked" in words
    assert signed(context) == 0


def test_nothing_is_signed_in_a_session_that_has_ended_while_the_password_was_proven(
    context: AppContext, signable: Signable
) -> None:
    now = session(context)
    with context.records.transaction() as connection:
        accounts.change(
            connection,
            NOON,
            CLEANWATCH,
            "m.keller",
            name="Maria Keller",
            role=Role.VIEWER,
            areas=None,
            reason="moved",
        )
    assert given(context, signable, now, TYPED) == ENDED
    assert signed(context) == 0
    assert trail(context, "change in force") == []


def test_the_first_signature_of_a_session_needs_the_account_too_and_the_next_the_password_alone(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    changes.texts["13"] = "8 Pa to 9 Pa"
    now, alone = session(context), Typed("", PASSWORD, "")
    assert ask(context, now, signable, "12").first
    assert given(context, signable, now, alone) == NOT_YOURS
    assert given(context, signable, now, TYPED) is None
    assert not ask(context, now, signable, "13").first
    assert given(context, signable, now, alone, "13") is None


def test_another_session_begins_with_all_components_again(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    changes.texts["13"] = "8 Pa to 9 Pa"
    assert given(context, signable, session(context), TYPED) is None
    assert ask(context, session(context, "two"), signable, "13").first


def test_without_a_session_every_signature_needs_all_components(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    changes.texts["13"] = "8 Pa to 9 Pa"
    assert given(context, signable, None, TYPED) is None
    assert ask(context, None, signable, "13").first


def test_an_authenticator_is_asked_for_at_the_first_signature_only(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    changes.texts["13"] = "8 Pa to 9 Pa"
    secret = pyotp.random_base32()
    with context.records.transaction() as connection:
        credentials.propose_totp(connection, "m.keller", secret)
        credentials.confirm_totp(connection, NOON - DAY, KELLER.actor, "m.keller", 1, ())
    now = session(context)
    assert ask(context, now, signable, "12").with_code
    assert given(context, signable, now, TYPED) is not None
    code = pyotp.TOTP(secret).at(datetime.fromtimestamp(NOON // SECOND, UTC))
    assert given(context, signable, now, replace(TYPED, code=code)) is None
    assert not ask(context, now, signable, "13").with_code
    assert given(context, signable, now, Typed("", PASSWORD, ""), "13") is None


def test_somebody_elses_account_is_refused_and_on_record_without_what_was_typed(
    context: AppContext, signable: Signable
) -> None:
    other = Typed("p.brunner", PASSWORD, "")
    assert given(context, signable, session(context), other) == NOT_YOURS
    (row,) = trail(context, "signature refused")
    assert "brunner" not in row


def test_what_has_changed_since_it_was_seen_is_not_signed(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    now = session(context)
    seen = ask(context, now, signable, "12").seen
    changes.texts["12"] = "10 Pa to 1 Pa"
    assert sign(context, now, signable, "12", seen, TYPED) == CHANGED
    assert signed(context) == 0
    assert trail(context, "change in force") == []


def test_a_rule_is_said_before_a_password_is_asked_for(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    changes.author = "m.keller"
    with pytest.raises(NotToBeSignedError, match="You have drafted it yourself"):
        ask(context, session(context), signable, "12")


def test_a_rule_holds_also_when_the_dialog_was_passed_by(
    context: AppContext, signable: Signable, changes: Changes
) -> None:
    seen = ask(context, None, signable, "12").seen
    changes.author = "m.keller"
    words = sign(context, session(context), signable, "12", seen, TYPED)
    assert words is not None and "another person has to sign this" in words
    assert trail(context, "change in force") == []


def test_what_does_not_exist_cannot_be_signed(context: AppContext, signable: Signable) -> None:
    assert sign(context, session(context), signable, "99", "", TYPED) is not None
    assert signed(context) == 0


def test_who_has_no_password_here_is_told_so_before_being_asked_for_one(
    context: AppContext, signable: Signable
) -> None:
    elsewhere = replace(context, person=lambda: replace(KELLER, account="s.on"))
    with pytest.raises(NotToBeSignedError, match="no password here"):
        ask(elsewhere, None, signable, "12")


def test_nobody_and_who_has_not_the_right_are_refused(context: AppContext, signable: Signable) -> None:
    operator = replace(KELLER, role=Role.OPERATOR)
    for other in (replace(context, person=lambda: None), replace(context, person=lambda: operator)):
        with pytest.raises(NotAllowedError):
            sign(other, None, signable, "12", "", TYPED)
