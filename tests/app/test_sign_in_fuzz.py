"""Whatever is typed or sent at the way in: nobody gets in by it, nothing breaks, and nothing typed goes on record."""

from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import cookies, csrf
from facility.roles import Role
from storage.records.people import credentials
from storage.records.trail import audit
from tests.app.api_world import ApiWorld, account_of, api_world
from tests.app.parts import NOON
from tests.people import ANN
from tests.signing_in import PASSWORD

TOKEN = "t" * 43
QA = account_of(Role.QA)
TYPED = (
    st.text(max_size=40)
    | st.binary(max_size=40)
    | st.sampled_from(
        [QA, QA.upper(), "the.ｑａ", f" {QA}\u200b", "x" * 100_000, "\x00", "\ud800", "' OR 1=1 --", ""]
    )
)
FORMS = st.lists(
    st.tuples(st.sampled_from(["account", "password", "code", "to", "new", "again", "x"]), TYPED), max_size=6
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("sign-in")) as world:
        hashed = world.context.desk.passwords.hash(PASSWORD)
        with world.context.records.transaction() as connection:
            credentials.set_password(connection, NOON, ANN, QA, hashed, one_time=False, remember=0)
        yield world


def encoded(fields: list[tuple[str, str | bytes]]) -> bytes:
    """A form as a browser would send it, or as one never would."""
    pairs = [(csrf.FIELD, TOKEN), *fields]
    return "&".join(
        f"{name}={quote_plus(value if isinstance(value, bytes) else value.encode(errors='surrogatepass'))}"
        for name, value in pairs
    ).encode()


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["/sign-in", "/sign-in/code", "/sign-in/password"]), FORMS)
def test_no_form_lets_anybody_in_or_breaks(world: ApiWorld, path: str, fields: list[tuple[str, str | bytes]]) -> None:
    world.time.now += 3_600_000
    client = FlaskClient(world.server)
    client.set_cookie(csrf.COOKIE, TOKEN)
    answer = client.post(path, data=encoded(fields), content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500, answer.text
    assert client.get("/api/v1/me").status_code == 401


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_cookie_and_no_token_lets_anybody_in_or_breaks(world: ApiWorld, cookie: str, token: str) -> None:
    raw = {
        "HTTP_COOKIE": f"{cookies.SESSION}={cookie}".encode(errors="replace").decode("latin-1"),
        "HTTP_AUTHORIZATION": f"Bearer {token}".encode(errors="replace").decode("latin-1"),
    }
    client = FlaskClient(world.server)
    assert client.get("/api/v1/me", environ_overrides=raw).status_code == 401
    assert client.get("/live/full", environ_overrides=raw).status_code == 401


def test_the_right_password_does_let_in(world: ApiWorld) -> None:
    """Or the tests above could not fail."""
    world.time.now += 3_600_000
    client = FlaskClient(world.server)
    client.set_cookie(csrf.COOKIE, TOKEN)
    form = encoded([("account", QA), ("password", PASSWORD)])
    client.post("/sign-in", data=form, content_type="application/x-www-form-urlencoded")
    answer = client.get("/api/v1/me")
    assert answer.json is not None
    assert answer.json["account"] == QA


def test_a_password_typed_into_the_field_for_the_name_is_on_no_record(world: ApiWorld) -> None:
    client = FlaskClient(world.server)
    client.set_cookie(csrf.COOKIE, TOKEN)
    form = encoded([("account", PASSWORD), ("password", "")])
    client.post("/sign-in", data=form, content_type="application/x-www-form-urlencoded")
    with world.context.records.reading() as connection:
        assert not any(PASSWORD in row.data + row.object + row.actor for row in audit.rows(connection, limit=10_000))
