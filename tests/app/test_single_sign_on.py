"""Single sign-on against a real provider on loopback, which checks clients, secrets, addresses and nonces."""

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwk, jwt
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app import asking, cookies
from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from app.sign_in.desk import Desk
from app.sign_in.provider import Provider
from facility.roles import Role
from storage.records import schema
from storage.records.database import Records
from storage.records.people import accounts, external_identities, sessions
from storage.records.people.accounts import AccountState
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.app.parts import NoSamples, Time, site
from tests.people import MOREAU
from tests.records import open_records
from tests.signing_in import RULES, make_account

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from oidc_provider_mock import run_server_in_thread

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config")  # the provider's own, in our process

BACK = "http://localhost/sign-in/provider/back"
SUBJECT = "248289761001"
ADMIN = replace(MOREAU, account="a.admin", role=Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider at which Cleanwatch is registered, and nobody else."""
    with run_server_in_thread(require_client_registration=True, require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        asked = {"redirect_uris": [BACK], "token_endpoint_auth_method": "client_secret_basic"}
        told = requests.post(f"{issuer}/oauth2/clients", json=asked, timeout=10).json()
        yield Provider(issuer, told["client_id"], told["client_secret"], "Example ID")


class Door:
    """An app whose people may come by a provider, and a browser at its door."""

    def __init__(self, records: Records, provider: Provider) -> None:
        suite, self.time, self.records, self.provider = site(), Time(), records, provider
        hub = Hub(lambda: suite, self.time)
        desk = Desk(RULES, provider=provider)
        self.context = AppContext(
            lambda: suite, NoSamples(), records, hub, lambda: asking.person(self.context), self.time, desk=desk
        )
        make_account(records, self.time, MOREAU, desk=desk)
        self.browser: FlaskClient = create_app(self.context).server.test_client()

    def link(self, subject: str = SUBJECT) -> None:
        with self.records.transaction() as connection:
            external_identities.link(
                connection, 1, ADMIN.actor, MOREAU.account, self.provider.issuer, subject, "works here"
            )

    def to_provider(self, to: str = "/rooms/B101") -> str:
        """The address of the provider that the button leads to."""
        return self.browser.get(f"/sign-in/provider?to={to}").headers["Location"]

    def consent(self, there: str, subject: str = SUBJECT) -> str:
        """What the person does at the provider; the address that the browser is sent back to."""
        answer = requests.post(there, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.headers["Location"].startswith(BACK), answer.text
        return answer.headers["Location"]

    def come_back(self, address: str) -> TestResponse:
        parts = urlsplit(address)
        return self.browser.get(f"{parts.path}?{parts.query}")

    def enter(self, subject: str = SUBJECT) -> TestResponse:
        return self.come_back(self.consent(self.to_provider(), subject))

    def is_in(self) -> bool:
        return self.browser.get("/_dash-layout").status_code == 200

    def failures(self) -> list[str]:
        with self.records.reading() as connection:
            return [row.data for row in audit.rows(connection, AuditFilter(action="sign-in failed"))]


@pytest.fixture
def door(tmp_path: Path, provider: Provider) -> Iterator[Door]:
    records = open_records(tmp_path / "records.db", Time())
    yield Door(records, provider)
    records.close()


def test_who_is_linked_comes_in_by_the_provider_and_to_the_page_that_was_wanted(door: Door) -> None:
    door.link()
    answer = door.enter()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rooms/B101")
    assert door.is_in()
    with door.records.reading() as connection:
        (session,) = sessions.open_now(connection, MOREAU.account)
        (row,) = audit.rows(connection, AuditFilter(action="signed in"))
    assert door.provider.issuer in row.data
    assert session.account == MOREAU.account


def test_the_way_to_the_provider_has_pkce_state_and_nonce_and_no_secret(door: Door) -> None:
    there = door.to_provider()
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert door.provider.client_secret not in there


def test_whom_nobody_has_linked_is_told_what_to_tell_an_administrator_and_is_on_record(door: Door) -> None:
    answer = door.enter("999")
    assert answer.status_code == 403
    assert "Tell an administrator your name at Example ID: 999" in answer.text
    assert not door.is_in()
    (row,) = door.failures()
    assert '"subject":"999"' in row


@pytest.mark.parametrize("state", [AccountState.LOCKED, AccountState.RETIRED])
def test_an_account_that_is_not_active_lets_nobody_in(door: Door, state: AccountState) -> None:
    door.link()
    with door.records.transaction() as connection:
        accounts.set_state(connection, 1, ADMIN.actor, MOREAU.account, state, "left")
    assert state.value in door.enter().text
    assert not door.is_in()
    assert len(door.failures()) == 1


def test_an_answer_that_this_browser_did_not_ask_for_lets_nobody_in(door: Door) -> None:
    door.link()
    address = door.consent(door.to_provider())
    door.browser.delete_cookie("cleanwatch_provider", path="/sign-in")
    assert door.come_back(address).status_code == 403
    assert not door.is_in()


def test_an_answer_counts_once(door: Door) -> None:
    door.link()
    address = door.consent(door.to_provider())
    door.come_back(address)
    door.browser.delete_cookie(cookies.SESSION)
    assert door.come_back(address).status_code == 403
    assert not door.is_in()


def test_who_says_no_at_the_provider_is_back_at_the_door(door: Door) -> None:
    door.to_provider()
    answer = door.browser.get("/sign-in/provider/back?error=access_denied&state=x")
    assert answer.status_code == 403
    assert "let nobody in" in answer.text


def test_a_provider_that_calls_itself_something_else_is_not_trusted(tmp_path: Path, provider: Provider) -> None:
    records = open_records(tmp_path / "records.db", Time())
    door = Door(records, replace(provider, issuer=provider.issuer + "/"))
    answer = door.browser.get("/sign-in/provider")
    assert answer.status_code == 403
    assert "does not answer as it should" in answer.text
    records.close()


def test_a_provider_that_is_away_keeps_nobody_from_the_password(tmp_path: Path, provider: Provider) -> None:
    records = open_records(tmp_path / "records.db", Time())
    door = Door(records, replace(provider, issuer="http://127.0.0.1:9"))
    answer = door.browser.get("/sign-in/provider")
    assert "Sign in with a password, or later" in answer.text
    assert 'name="password"' in answer.text
    records.close()


@pytest.mark.parametrize("fault", ["nothing", "nonce", "aud", "iss", "key", "exp", "unsigned"])
def test_a_token_that_is_wrong_in_one_thing_lets_nobody_in(
    door: Door, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The provider's own answer, but for its ID token, which is made anew with one fault."""
    door.link()
    address = door.consent(door.to_provider())
    ours = jwk.generate_key("RSA", 2048, parameters={"kid": "forged"})
    post = requests.Session.request

    def forge(self: requests.Session, method: str, url: str, **more: object) -> requests.Response:
        answer = post(self, method, url, **more)  # type: ignore[arg-type]  # handed on as it came
        if url.endswith("/jwks") and fault != "key":
            answer._content = json.dumps(jwk.KeySet([ours]).as_dict()).encode()
        if url.endswith("/oauth2/token"):
            told = answer.json()
            claims = jwt.decode(told["id_token"], jwk.KeySet.import_key_set(_keys(door.provider))).claims
            wrong = {"nonce": "x", "aud": "another", "iss": "http://other.example", "exp": 1}
            claims.update({fault: wrong[fault]} if fault in wrong else {})
            told["id_token"] = jwt.encode({"alg": "RS256", "kid": "forged"}, claims, ours)
            if fault == "unsigned":
                told["id_token"] = "eyJhbGciOiJub25lIn0." + told["id_token"].split(".")[1] + "."
            answer._content = json.dumps(told).encode()
        return answer

    monkeypatch.setattr(requests.Session, "request", forge)
    assert door.come_back(address).status_code == (303 if fault == "nothing" else 403)
    assert door.is_in() is (fault == "nothing")


def _keys(provider: Provider) -> jwk.KeySetSerialization:
    with requests.Session() as plain:
        answer: jwk.KeySetSerialization = plain.send(
            requests.Request("GET", f"{provider.issuer}/jwks").prepare(), timeout=10
        ).json()
        return answer


def test_who_has_no_password_here_is_told_so_where_one_would_be_asked_for(door: Door) -> None:
    with door.records.transaction() as connection:
        connection.execute(delete(schema.credentials))
    door.link()
    door.enter()
    for address in ("/account/password", "/account/authenticator"):
        shown = door.browser.get(address)
        assert (shown.status_code, "Cleanwatch has no password of yours" in shown.text) == (200, True)
        assert "<form" not in shown.text


def test_signing_out_there_too_is_offered_after_signing_out_here(door: Door) -> None:
    door.link()
    assert "Sign out at Example ID too" not in door.browser.get("/sign-in").text
    door.enter()
    door.browser.post("/sign-out")
    assert "Sign out at Example ID too" in door.browser.get("/sign-in").text
    there = door.browser.get("/sign-in/provider/leave").headers["Location"]
    asked = parse_qs(urlsplit(there).query)
    assert there.startswith(f"{door.provider.issuer}/oauth2/end_session?")
    assert asked["post_logout_redirect_uri"] == ["http://localhost/sign-in"]
    assert asked["id_token_hint"][0].count(".") == 2
