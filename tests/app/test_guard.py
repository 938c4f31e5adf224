"""The gate before everything: who is let through, who is sent where, and in which words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dash import Dash, Input, Output
from werkzeug.test import Client

from app import guard, proxy
from app.guard import UndeclaredError
from app.refusals import PAUSE, Refusals
from app.server import create_app
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import MINUTE
from facility.limit import Severity
from facility.roles import Role
from storage.records import alarms
from tests.app.house import House
from tests.app.house import house as a_house
from tests.app.parts import NOON, site
from tests.people import MOREAU

VIEWER = replace(MOREAU, account="v.viewer", role=Role.VIEWER)
ANSWER = "..answer.opened@"
STANDING = Alarm(
    "B101.DP1", "B101", Condition.LOW, Severity.ACTION, AlarmState.UNACKNOWLEDGED, onset=NOON, raised=NOON
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path, site()) as found:
        yield found


def acknowledging(app: Dash) -> str:
    """The callback that sends an acknowledgement."""
    return next(output for output in guard.needs_of_callbacks(app) if output.startswith(ANSWER))


@pytest.mark.parametrize("page", ["/", "/rooms", "/rooms/B101?tab=2", "/nowhere"])
def test_nobody_is_sent_to_sign_in_and_back_to_the_same_page(house: House, page: str) -> None:
    answer = house.client.get(page)
    assert answer.status_code == 302
    back = {"/": "", "/rooms/B101?tab=2": "?to=/rooms/B101%3Ftab%3D2"}.get(page, f"?to={page}")
    assert answer.headers["Location"] == f"/sign-in{back}"


@pytest.mark.parametrize(
    "address",
    ["/_dash-layout", "/_dash-dependencies", "/assets/main.js", "/live", "/live/full", "/live/history", "/static/x"],
)
def test_nobody_gets_nothing_else(house: House, address: str) -> None:
    answer = house.client.get(address)
    assert answer.status_code == 401
    assert "Sign in" in answer.text


def test_a_callback_of_nobody_is_refused_in_json_and_in_words(house: House) -> None:
    answer = house.call(acknowledging(house.app))
    assert answer.status_code == 401
    assert "Sign in" in json.loads(answer.text)["problem"]


@pytest.mark.parametrize("address", ["/healthz", "/assets/favicon.svg", "/assets/2-base.css"])
def test_the_way_in_is_open_to_anybody(house: House, address: str) -> None:
    with house.client.get(address) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("address", ["/readyz", "/metrics"])
def test_what_watches_the_server_asks_from_this_machine(house: House, address: str) -> None:
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert house.client.get(address, environ_base=far).status_code == 401
    assert house.client.get(address).status_code != 401
    house.person = MOREAU
    assert house.client.get(address, environ_base=far).status_code == 403


@pytest.mark.parametrize("address", ["/readyz", "/metrics"])
def test_what_a_proxy_on_this_machine_hands_on_is_not_from_this_machine(house: House, address: str) -> None:
    browser = Client(proxy.behind(house.app.server, ()))
    near = {"REMOTE_ADDR": "127.0.0.1"}
    assert browser.get(address, environ_base=near).status_code != 401
    assert browser.get(address, environ_base=near, headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401


def test_no_way_round_leads_from_what_is_open_to_what_is_not(house: House) -> None:
    assert house.client.get("/assets/fonts/../main.js").status_code == 401


def test_a_callback_is_refused_to_a_role_before_it_runs_whatever_the_browser_sends(house: House) -> None:
    house.person = VIEWER
    answer = house.call(acknowledging(house.app))
    assert answer.status_code == 403
    assert json.loads(answer.text)["problem"] == (
        "To acknowledge alarms you need the role operator, QA or engineer; you are signed in as viewer."
    )


@pytest.mark.parametrize("body", [{}, {"output": "nowhere.children"}, {"output": ["a"]}, [], "x"])
def test_a_callback_that_is_not_there_is_not_found(house: House, body: object) -> None:
    house.person = MOREAU
    assert house.client.post("/_dash-update-component", json=body).status_code == 404


def test_a_refusal_is_on_record_with_who_and_what(house: House) -> None:
    house.person = VIEWER
    house.call(acknowledging(house.app))
    (row,) = house.refused()
    assert row.actor == VIEWER.account
    assert row.object.startswith("callback ..answer.opened")
    assert "you are signed in as viewer" in row.data


def test_a_loop_of_refusals_cannot_fill_the_trail(house: House) -> None:
    refusals = Refusals(house.records, house.time)
    for _ in range(50):
        refusals.note(VIEWER, "view x", "no")
    house.time.now += PAUSE - MINUTE
    refusals.note(VIEWER, "view y", "no")
    house.time.now += MINUTE
    refusals.note(VIEWER, "view x", "no")
    newest, other, first = house.refused()
    assert (first.object, other.object, newest.object) == ("view x", "view y", "view x")
    assert json.loads(newest.data)["not written down"] == 49


def test_an_app_with_a_callback_that_does_not_say_what_it_needs_does_not_start(house: House) -> None:
    @house.app.callback(Output("somewhere", "children"), Input("elsewhere", "value"))
    def undeclared(value: str) -> str:
        return value

    def view() -> str:
        return ""

    house.app.server.add_url_rule("/undeclared", view_func=view)
    with pytest.raises(UndeclaredError, match=r"view view, callback somewhere\.children"):
        guard.guard(house.app, house.context, Refusals(house.records, house.time))


@pytest.mark.parametrize(("role", "answers"), [(Role.OPERATOR, True), (Role.VIEWER, False)])
def test_a_button_that_would_be_refused_is_not_shown(house: House, role: Role, answers: bool) -> None:
    with house.records.transaction() as connection:
        alarms.save(connection, [STANDING])
    house.person = replace(MOREAU, role=role)
    for page in ("/", "/alarms", "/rooms/B101"):
        assert ("acknowledge-asked" in house.page(page)) is answers
    assert ("room-state-open" in house.page("/rooms/B101")) is answers


def test_another_machine_that_has_the_token_may_watch(house: House) -> None:
    watched = create_app(replace(house.context, watcher_token="a-long-token")).server.test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}
    for token, status in (("a-long-token", 200), ("another", 401), ("", 401)):
        given = {"Authorization": f"Bearer {token}"}
        assert watched.get("/metrics", environ_base=far, headers=given).status_code == status
