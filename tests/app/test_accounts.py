"""What administrators do with accounts, invitations and wall displays, at the server as a browser meets it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app import account_acts, asking
from app.account_acts import Fields, NotDoneError
from app.context import AppContext
from app.guard import NotAllowedError
from app.live.hub import Hub
from app.server import create_app
from app.sign_in import presence
from app.sign_in.desk import Desk
from facility.instants import DAY
from facility.people import Person
from facility.roles import Right, Role
from storage.records.database import Records
from storage.records.people import accounts, api_tokens, credentials, displays, sessions
from storage.records.people.accounts import AccountState
from storage.records.schema import accounts as accounts_table
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.app.parts import NOON, NoSamples, Time, site
from tests.people import MOREAU
from tests.records import open_records
from tests.signing_in import PASSWORD, RULES, make_account, session_cookie_for

ADMIN = replace(MOREAU, account="a.admin", name="Andrea Admin", role=Role.ADMINISTRATOR)
TRUSTED = 600.0
"""Seconds for which the records are not asked again who somebody is: longer than these tests take."""
NEW = Fields("Vera Berger", Role.VIEWER, frozenset({"B"}))


class Office:
    """An app with an administrator and an operator; who acts is whom a test says."""

    def __init__(self, records: Records, time: Time) -> None:
        suite = site()
        self.records, self.time = records, time
        self.person: Person | None = ADMIN
        self.context = AppContext(
            lambda: suite, NoSamples(), records, Hub(lambda: suite, time), self._who, time, desk=Desk(RULES, TRUSTED)
        )
        self.app = create_app(self.context)
        for person in (ADMIN, MOREAU):
            make_account(records, time, person, desk=self.context.desk)

    def _who(self) -> Person | None:
        return self.person or asking.person(self.context)

    def browser(self) -> FlaskClient:
        """A browser at which nobody is signed in."""
        self.person = None
        client: FlaskClient = self.app.server.test_client()
        return client

    def end(self, session: int) -> Any:
        """Press the button on the page of accounts that ends a session, and say why."""
        output = next(output for output in self.app.callback_map if output.startswith("..accounts-why.opened@"))
        parts = [part.split("@")[0].rsplit(".", 1) for part in output.strip(".").split("...")]
        body = {
            "output": output,
            "outputs": [{"id": id, "property": name} for id, name in parts],
            "inputs": [{"id": "accounts-why-send", "property": "n_clicks", "value": 1}],
            "state": [
                {"id": "accounts-why-act", "property": "data", "value": {"act": "end", "of": str(session)}},
                {"id": "accounts-why-reason", "property": "value", "value": "left the desk"},
            ],
            "changedPropIds": ["accounts-why-send.n_clicks"],
        }
        return self.app.server.test_client().post("/_dash-update-component", json=body)

    def trail(self, object: str) -> list[str]:
        with self.records.reading() as connection:
            return [row.action for row in reversed(audit.rows(connection, AuditFilter(object=object)))]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    time = Time()
    records = open_records(tmp_path / "records.db", time)
    yield Office(records, time)
    records.close()


def token_of(address: str) -> str:
    return address.partition("#")[2]


def test_who_is_invited_sets_a_password_by_the_link_once_and_signs_in(office: Office) -> None:
    made, address = account_acts.make(office.context, "v.berger", NEW, "starts on Monday")
    assert (made.name, made.role, made.areas) == ("Vera Berger", Role.VIEWER, frozenset({"B"}))
    browser, form = office.browser(), {"new": PASSWORD, "again": PASSWORD, "link": token_of(address)}
    assert "Choose your password" in browser.get("/invited").text
    assert browser.post("/invited", data=form).location == "/sign-in"
    again = browser.post("/invited", data=form)
    assert (again.status_code, "holds no longer" in again.text, 'type="password"' in again.text) == (410, True, False)
    entered = browser.post("/sign-in", data={"account": "v.berger", "password": PASSWORD})
    assert (entered.status_code, entered.location) == (303, "/")
    assert browser.get("/_dash-layout").status_code == 200
    assert office.trail("account v.berger") == [
        "account made",
        "link made",
        "link used",
        "password set",
        "link refused",
        "signed in",
    ]


def test_a_password_that_is_refused_does_not_use_up_the_link(office: Office) -> None:
    _, address = account_acts.make(office.context, "v.berger", NEW, "starts on Monday")
    browser, link = office.browser(), token_of(address)
    refused = browser.post("/invited", data={"new": "short", "again": "short", "link": link})
    assert refused.status_code == 422
    assert re.search(f'name="link"[^>]* value="{link}"', refused.text)
    assert browser.post("/invited", data={"new": PASSWORD, "again": PASSWORD, "link": link}).status_code == 303


def test_an_invitation_is_worth_nothing_when_the_account_is_retired(office: Office) -> None:
    _, address = account_acts.make(office.context, "v.berger", NEW, "starts on Monday")
    account_acts.retire(office.context, "v.berger", "does not come")
    form = {"new": PASSWORD, "again": PASSWORD, "link": token_of(address)}
    assert "holds no longer" in office.browser().post("/invited", data=form).text


def test_a_reset_ends_sessions_tokens_and_password_and_gives_a_link(office: Office) -> None:
    session_cookie_for(office.records, office.time, MOREAU.account)
    with office.records.transaction() as connection:
        token = api_tokens.make(connection, NOON, MOREAU.actor, MOREAU.account, "report", {Right.LOOK}, NOON + DAY)
        accounts.set_state(connection, 1, ADMIN.actor, MOREAU.account, AccountState.LOCKED, "failures")
    address = account_acts.reset(office.context, MOREAU.account, True, "forgotten, seen in person")
    with office.records.reading() as connection:
        account = accounts.find(connection, MOREAU.account)
        assert account is not None
        assert account.state is AccountState.ACTIVE
        assert sessions.open_now(connection, MOREAU.account) == []
        held = api_tokens.find(connection, token)
        assert held is not None
        assert held.revoked_at is not None
        credential = credentials.of(connection, MOREAU.account)
    assert credential is not None
    assert not office.context.desk.passwords.fits(credential.hash, PASSWORD)
    browser = office.browser()
    new = "another seventeen tiles"
    assert browser.post("/invited", data={"new": new, "again": new, "link": token_of(address)}).status_code == 303


def test_role_and_areas_are_changed_with_a_reason_and_the_old_value_on_record(office: Office) -> None:
    account_acts.change(office.context, MOREAU.account, Fields("J. Moreau", Role.QA, frozenset({"B"})), "promoted")
    with office.records.reading() as connection:
        (row, *_) = audit.rows(connection, AuditFilter(object="account j.moreau", action="account changed"))
    assert '"role":["operator","QA"]' in row.data
    assert '"reason":"promoted"' in row.data
    assert row.actor == ADMIN.account


def test_who_signs_out_is_out_at_once_though_the_records_are_not_asked_at_each_request(office: Office) -> None:
    name, cookie = session_cookie_for(office.records, office.time, MOREAU.account)
    browser, copy = office.browser(), office.browser()
    for one in (browser, copy):
        one.set_cookie(name, cookie)
        assert one.get("/_dash-layout").status_code == 200
    with office.records.transaction() as connection:
        connection.execute(update(accounts_table).values(name="Somebody Else"))
    assert "Somebody Else" not in browser.get("/_dash-layout").text
    browser.post("/sign-out")
    assert copy.get("/_dash-layout").status_code == 401


def test_a_session_is_ended_by_an_administrator_at_once(office: Office) -> None:
    name, cookie = session_cookie_for(office.records, office.time, MOREAU.account)
    with office.records.reading() as connection:
        (session,) = sessions.open_now(connection)
    browser = office.browser()
    browser.set_cookie(name, cookie)
    assert browser.get("/_dash-layout").status_code == 200
    office.person = ADMIN
    assert office.end(session.id).status_code == 200
    office.person = None
    assert browser.get("/_dash-layout").status_code == 401
    assert browser.post("/_dash-update-component", json={}).status_code == 401


def test_nobody_manages_the_own_account(office: Office) -> None:
    for act in (
        lambda: account_acts.change(office.context, "A.Admin", Fields("A", Role.QA, None), "more"),
        lambda: account_acts.retire(office.context, ADMIN.account, "gone"),
        lambda: account_acts.reset(office.context, ADMIN.account, True, "lost"),
        lambda: account_acts.link(office.context, ADMIN.account, "https://id.example", "7", "easier"),
    ):
        with pytest.raises(NotDoneError, match="your own account"):
            act()


def test_the_last_administrator_cannot_be_retired(office: Office) -> None:
    office.person = replace(ADMIN, account="somebody.else")
    with pytest.raises(NotDoneError, match="only administrator"):
        account_acts.retire(office.context, ADMIN.account, "gone")


def test_everything_needs_a_reason_and_the_right(office: Office) -> None:
    with pytest.raises(NotDoneError, match="Say why"):
        account_acts.retire(office.context, MOREAU.account, "  ")
    office.person = replace(ADMIN, role=Role.QA)
    with pytest.raises(NotAllowedError, match="you need the role administrator"):
        account_acts.retire(office.context, MOREAU.account, "left")
    with pytest.raises(NotAllowedError):
        account_acts.make_display(office.context, "Corridor", None)


def test_a_wall_display_is_let_in_by_its_link_looks_and_can_do_nothing(office: Office) -> None:
    address = account_acts.make_display(office.context, "Corridor", None)
    wall, form = office.browser(), {"link": token_of(address)}
    assert address.startswith("/wall-in#")
    assert "let_in" not in wall.get("/wall-in").text
    entered = wall.post("/wall-in", data=form)
    assert (entered.status_code, entered.location) == (303, "/wall")
    assert token_of(address) not in entered.headers["Set-Cookie"]
    assert "HttpOnly" in entered.headers["Set-Cookie"]
    assert wall.get("/live/full").status_code == 200
    answer = next(output for output in office.app.callback_map if output.startswith("..answer.opened@"))
    assert wall.post("/_dash-update-component", json={"output": answer}).status_code == 403
    assert "holds no longer" in office.app.server.test_client().post("/wall-in", data=form).text


def test_a_display_that_is_revoked_sees_nothing_any_more(office: Office) -> None:
    address = account_acts.make_display(office.context, "Corridor", None)
    wall = office.browser()
    wall.post("/wall-in", data={"link": token_of(address)})
    with office.records.reading() as connection:
        (display,) = displays.all(connection)
    office.person = ADMIN
    account_acts.revoke_display(office.context, display.id, "taken down")
    office.person = None
    assert wall.get("/live/full").status_code == 401
    assert wall.get("/").location == "/sign-in"


def test_the_stream_of_a_display_ends_when_it_is_revoked(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LOOK_SECONDS", 0.0)
    address = account_acts.make_display(office.context, "Corridor", None)
    wall = office.browser()
    wall.post("/wall-in", data={"link": token_of(address)})
    with wall.get("/live") as answer:
        events = answer.iter_encoded()
        assert b"event: full" in next(events) + next(events)
        assert news(office, events, "one problem") is not None
        with office.records.transaction() as connection:
            displays.revoke(connection, 1, ADMIN.actor, 1, "taken down")
        assert news(office, events, "two problems") is None


def news(office: Office, events: Iterator[bytes], system: str) -> bytes | None:
    """What a stream says when something has changed; None where it has ended."""
    office.context.hub.say(system)
    office.context.hub.refresh()
    return next(events, None)
