"""No other site's page can have anything done here in the name of who is signed in."""

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app import cookies, csrf

TLS = "https://suite.example"


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    with client_of() as client:
        yield client


def client_of() -> FlaskClient:
    server = Flask("forms")

    @server.get("/form")
    def form() -> str:
        return f"<form>{csrf.field()}</form>"

    @server.post("/form")
    @server.post("/api/v1/form")
    def take() -> str:
        return "taken"

    @server.post("/sign-in")
    def sign_in() -> Response:
        response = Response("welcome", mimetype="text/html")
        cookies.put(response, cookies.session_name(), "the new session")
        return response

    csrf.protect(server)
    return FlaskClient(server)


def cookie(client: FlaskClient, name: str = csrf.COOKIE) -> str:
    found = client.get_cookie(name)
    assert found is not None
    return found.value


def post(client: FlaskClient, token: str, **headers: str) -> TestResponse:
    return client.post("/form", headers={csrf.HEADER: token, **headers})


def test_a_form_carries_the_token_of_its_page(client: FlaskClient) -> None:
    page = client.get("/form").text
    assert f'name="csrf_token" value="{cookie(client)}"' in page
    assert client.post("/form", data={csrf.FIELD: cookie(client)}).text == "taken"


def test_a_header_carries_it_as_well(client: FlaskClient) -> None:
    client.get("/form")
    assert post(client, cookie(client)).text == "taken"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_a_token_nothing_is_done(client: FlaskClient, method: str) -> None:
    client.get("/form")
    answer = client.open("/form", method=method)
    assert (answer.status_code, answer.text) == (403, f"{csrf.STALE}\n")


def test_a_cookie_alone_is_not_enough_nor_is_a_field_alone(client: FlaskClient) -> None:
    assert post(client, "t" * 43).status_code == 403
    client.set_cookie(csrf.COOKIE, "t" * 43)
    assert post(client, "").status_code == 403
    assert post(client, "u" * 43).status_code == 403


def test_an_empty_cookie_does_not_agree_with_an_empty_field(client: FlaskClient) -> None:
    client.set_cookie(csrf.COOKIE, "")
    assert client.post("/form", data={csrf.FIELD: ""}).status_code == 403


def test_a_token_is_worth_nothing_in_another_session(client: FlaskClient) -> None:
    client.set_cookie(cookies.SESSION, "mine")
    client.get("/form")
    mine = cookie(client)
    assert post(client, mine).text == "taken"
    client.set_cookie(cookies.SESSION, "yours")
    assert post(client, mine).status_code == 403


def test_who_is_signed_in_needs_the_sessions_token_whatever_cookie_was_planted(client: FlaskClient) -> None:
    client.set_cookie(cookies.SESSION, "mine")
    client.set_cookie(csrf.COOKIE, "t" * 43)
    assert post(client, "t" * 43).status_code == 403


def test_the_token_changes_with_sign_in(client: FlaskClient) -> None:
    client.get("/form")
    before = cookie(client)
    client.post("/sign-in", headers={csrf.HEADER: before})
    client.get("/form")
    assert cookie(client) != before
    assert post(client, before).status_code == 403
    assert post(client, cookie(client)).text == "taken"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_what_the_browser_calls_foreign_is_refused_even_with_the_token(client: FlaskClient, site: str) -> None:
    client.get("/form")
    answer = post(client, cookie(client), **{"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.text) == (403, f"{csrf.FOREIGN}\n")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://elsewhere"}, 403),
        ({"Origin": "http://localhost.elsewhere"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
def test_an_older_browser_tells_by_the_origin(client: FlaskClient, headers: Mapping[str, str], status: int) -> None:
    client.get("/form")
    assert post(client, cookie(client), **headers).status_code == status


def test_a_program_with_a_token_of_its_own_needs_none_of_these_at_the_api(client: FlaskClient) -> None:
    assert client.post("/api/v1/form", headers={"Authorization": "Bearer abc"}).text == "taken"
    assert client.post("/api/v1/form", headers={"Authorization": "Basic abc"}).status_code == 403
    assert client.post("/form", headers={"Authorization": "Bearer abc"}).status_code == 403


def test_our_script_may_read_the_token_and_by_tls_it_goes_by_tls_only(client: FlaskClient) -> None:
    assert client.get("/form").headers["Set-Cookie"].split("; ")[1:] == ["Path=/", "SameSite=Lax"]
    assert client.get("/form", base_url=TLS).headers["Set-Cookie"].split("; ")[1:] == [
        "Secure",
        "Path=/",
        "SameSite=Lax",
    ]


def test_the_sessions_cookie_is_for_this_host_alone_and_for_no_script(client: FlaskClient) -> None:
    client.get("/form", base_url=TLS)
    token = client.get_cookie(csrf.COOKIE, "suite.example")
    assert token is not None
    answer = client.post("/sign-in", base_url=TLS, headers={csrf.HEADER: token.value})
    assert answer.headers["Set-Cookie"] == (
        '__Host-cleanwatch_session="the new session"; Secure; HttpOnly; Path=/; SameSite=Lax'
    )


ANY = st.text(max_size=200)


@given(ANY, ANY, ANY, ANY)
def test_nothing_that_is_sent_breaks_the_check_or_gets_by(session: str, kept: str, given: str, origin: str) -> None:
    environ = {
        "HTTP_COOKIE": f"{cookies.SESSION}={session}; {csrf.COOKIE}={kept}".encode(errors="replace").decode(
            "latin-1"
        ),
        "HTTP_X_CSRFTOKEN": given.encode(errors="replace").decode("latin-1"),
        "HTTP_ORIGIN": origin.encode(errors="replace").decode("latin-1"),
    }
    answer = client_of().post("/form", environ_overrides=environ)
    assert answer.status_code == 403
