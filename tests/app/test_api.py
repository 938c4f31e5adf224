"""What programs are told by the API, and who is let in."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import asking, cookies
from app.api import problems
from app.api.table import OPERATIONS
from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from app.sign_in.session_cookie import token_hash
from facility.instants import DAY, HOUR, MINUTE, text_of
from facility.people import CLEANWATCH
from facility.roles import RIGHTS, Right, Role
from storage.records.people import accounts, api_tokens, sessions
from storage.records.people.accounts import AccountState
from storage.records.people.sessions import Stage
from storage.records.trail import audit
from tests.app.api_world import ALARM, PEOPLE, POINT, ApiWorld, account_of, api_world
from tests.app.parts import NOON, NoSamples, Time, site
from tests.people import ANN, MOREAU
from tests.records import open_records


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("api")) as world:
        yield world


def ask(world: ApiWorld, path: str, role: Role = Role.QA, status: int = 200, **more: Any) -> Any:
    """What the API answers to somebody of this role."""
    token = more.pop("token", world.tokens.get(role))
    method = "POST" if "json" in more or "data" in more else "GET"
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    answer = FlaskClient(world.server).open(f"/api/v1{path}", method=method, headers=headers, **more)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == ("application/json" if status == 200 else problems.MEDIA_TYPE)
    return answer.json


def test_a_point_has_its_newest_value_with_age_and_why_it_is_not_simply_valid(world: ApiWorld) -> None:
    newest = ask(world, f"/points/{POINT}")["newest"]
    assert (newest["value"], newest["validity"], newest["too_old"]) == (44.0, "valid", False)
    (suspect,) = ask(world, "/points?room=B102")["points"]
    assert suspect["newest"]["validity"] == "suspect"
    assert suspect["newest"]["too_old"]


def test_readings_come_in_pages_that_say_where_the_next_one_is(world: ApiWorld) -> None:
    asked = f"/points/{POINT}/readings?start={text_of(NOON - HOUR)}&end={text_of(NOON + MINUTE)}"
    whole = ask(world, asked)["readings"]
    assert len(whole) == 31
    assert whole[3]["reasons"] == ["flow off"]
    assert (whole[-1]["value"], whole[-1]["validity"]) == (None, "invalid")
    paged, address = [], f"{asked}&limit=12"
    while address:
        page = ask(world, address)
        paged += page["readings"]
        address = (page["next"] or "").removeprefix("/api/v1")
    assert paged == whole


def test_an_envelope_shows_the_worst_of_every_stretch(world: ApiWorld) -> None:
    asked = f"/envelope?point={POINT}&start={text_of(NOON - 30 * MINUTE)}&end={text_of(NOON)}&buckets=3"
    stretches = ask(world, asked)["stretches"]
    assert [(s["min"], s["max"], s["n"]) for s in stretches] == [(40, 49, 10), (50, 59, 10), (60, 69, 10)]


def test_history_comes_in_pages_newest_first(world: ApiWorld) -> None:
    first = ask(world, "/alarms?limit=1")
    assert [alarm["id"] for alarm in first["alarms"]] == [ALARM.id]
    second = ask(world, first["next"].removeprefix("/api/v1"))
    assert [(alarm["point"], alarm["acknowledgements"][0]["comment"]) for alarm in second["alarms"]] == [
        ("B102.T1", "Door was open")
    ]
    assert second["next"] is None


def test_an_alarm_is_acknowledged_in_the_persons_name(world: ApiWorld) -> None:
    ask(world, f"/alarms/{ALARM.id}/acknowledgements", json={"comment": "Seen", "severity": "action"})
    with world.context.records.reading() as connection:
        row = audit.rows(connection, audit.AuditFilter(action="command submitted", object=f"alarm {ALARM.id}"))[0]
    assert row.actor == "the.qa"
    assert '"origin":"API token test at 127.0.0.1"' in row.data


def test_what_the_engine_refuses_is_told_in_its_words(world: ApiWorld) -> None:
    sent = {"comment": "Seen", "severity": "alert"}
    problem = ask(world, f"/alarms/{ALARM.id}/acknowledgements", status=409, json=sent)
    assert problem["detail"] == "It has risen to action"


def test_the_trail_comes_in_pages_without_gaps(world: ApiWorld) -> None:
    seen, address = [], "/audit?limit=5"
    while address:
        page = ask(world, address)
        seen += [row["seq"] for row in page["rows"]]
        address = (page["next"] or "").removeprefix("/api/v1")
    assert seen == list(range(seen[0], 0, -1))


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_who_has_not_the_right_is_refused(world: ApiWorld, operation: Any, role: Role) -> None:
    path = operation.path.format(point="x", condition="high", onset=1, room="x", number=1, hold=1)
    may = operation.need not in list(Right) or operation.need in RIGHTS[role]
    token = {"Authorization": f"Bearer {world.tokens[role]}"}
    answer = FlaskClient(world.server).open(f"/api/v1{path}", method=operation.method, headers=token)
    assert (answer.status_code != 403) == may, answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_nobody_is_told_anything(world: ApiWorld, operation: Any) -> None:
    path = operation.path.format(point="x", condition="high", onset=1, room="x", number=1, hold=1)
    for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": "Bearer "}):
        answer = FlaskClient(world.server).open(f"/api/v1{path}", method=operation.method, headers=headers)
        expected = 403 if operation.method == "POST" and not headers else 401
        assert answer.status_code in (401, expected)
        assert answer.mimetype == problems.MEDIA_TYPE


def test_a_token_allows_no_more_than_it_was_made_for(world: ApiWorld) -> None:
    token = world.token(Role.QA, frozenset({Right.LOOK}))
    ask(world, "/points", token=token)
    ask(world, "/audit", token=token, status=403)
    assert ask(world, "/me", token=token)["rights"] == [Right.LOOK.value]


def test_a_token_allows_no_more_than_the_person_may(world: ApiWorld) -> None:
    ask(world, "/audit", token=world.token(Role.VIEWER, frozenset(Right)), status=403)


def test_a_token_that_expired_or_was_revoked_lets_nobody_in(world: ApiWorld) -> None:
    token = world.token(Role.QA, expires=NOON + HOUR)
    world.time.now += HOUR
    problem = ask(world, "/site", token=token, status=401)
    world.time.now = NOON
    assert problem["detail"].startswith("Nobody is signed in here")
    ask(world, "/site", token=token)
    with world.context.records.transaction() as connection:
        newest = api_tokens.of_account(connection, account_of(Role.QA))[0]
        api_tokens.revoke(connection, NOON, ANN, account_of(Role.QA), newest.id)
    ask(world, "/site", token=token, status=401)


def test_a_token_holds_no_longer_than_its_account(world: ApiWorld) -> None:
    with world.context.records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "l.eaver", name="L. Eaver", role=Role.VIEWER)
        token = api_tokens.make(connection, NOON, ANN, "l.eaver", "old", [Right.LOOK], NOON + DAY)
    ask(world, "/site", token=token)
    with world.context.records.transaction() as connection:
        accounts.set_state(connection, NOON, CLEANWATCH, "l.eaver", AccountState.RETIRED, "left")
    ask(world, "/site", token=token, status=401)


def test_a_token_opens_the_api_only(world: ApiWorld) -> None:
    headers = {"Authorization": f"Bearer {world.tokens[Role.QA]}"}
    client = FlaskClient(world.server)
    assert client.get("/_dash-layout", headers=headers).status_code == 401
    assert client.get("/live/full", headers=headers).status_code == 401


def test_a_browser_asks_by_its_session_and_needs_the_token_against_forgery_to_change_something(
    world: ApiWorld,
) -> None:
    with world.context.records.transaction() as connection:
        who = account_of(Role.OPERATOR)
        sessions.begin(connection, NOON, who, token_hash("s"), stage=Stage.SIGNED_IN, origin="", browser="")
    forged = FlaskClient(world.server)
    forged.set_cookie(cookies.SESSION, "s")
    assert forged.get("/api/v1/me").json["account"] == who  # type: ignore[index]  # it is an object
    answer = forged.post("/api/v1/rooms/B101/states", json={"state": "cleaning"})
    assert (answer.status_code, answer.mimetype) == (403, problems.MEDIA_TYPE)
    own = world.server.test_client()
    own.set_cookie(cookies.SESSION, "s")
    assert own.post("/api/v1/rooms/B101/states", json={"state": "cleaning"}).json == {
        "outcome": "done",
        "words": "Done.",
    }


@pytest.mark.parametrize(
    ("path", "where", "what"),
    [
        ("/points?romm=B101", "romm", "Extra inputs are not permitted"),
        ("/alarms?limit=0", "limit", "greater than or equal to 1"),
        ("/alarms?limit=1&limit=2", "limit", "more than once"),
        ("/alarms?start=yesterday", "start", "this is no moment; write it with its time zone"),
        ("/alarms?start=2026-11-22T08:35:00", "start", "write it with its time zone"),
        ("/alarms?severity=bad", "severity.0", "'advisory', 'alert' or 'action'"),
        (f"/points/{POINT}/readings?end={text_of(NOON)}", "start", "Field required"),
        (f"/points/{POINT}/readings?start={text_of(NOON)}&end={text_of(NOON)}", "end", "later than start"),
        (f"/points/{POINT}/readings?start={text_of(0)}&end={text_of(NOON)}", "end", "366 days after start at most"),
        ("/alarms?before=none", "before", "there is no such alarm, or none that you may see"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(world: ApiWorld, path: str, where: str, what: str) -> None:
    problem = ask(world, path, status=400)
    (fault,) = problem["errors"]
    assert fault["where"] == where
    assert what in fault["what"]
    assert what in problem["detail"]


@pytest.mark.parametrize(
    ("sent", "status", "what"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "Invalid JSON"),
        ({"data": b"state=cleaning"}, 415, "Send it as application/json."),
        ({"json": {"state": "asleep"}}, 400, "state: Input should be 'in operation'"),
        ({"json": {"state": "cleaning", "by": "somebody"}}, 400, "by: Extra inputs are not permitted"),
        ({"json": {"state": "c" * 100_000}}, 413, "The data value transmitted exceeds the capacity limit"),
    ],
)
def test_a_body_that_is_not_right_changes_nothing(
    world: ApiWorld, sent: dict[str, Any], status: int, what: str
) -> None:
    assert what in ask(world, "/rooms/B101/states", status=status, **sent)["detail"]


@pytest.mark.parametrize("path", ["/points/B999.X", "/rooms/B999/states?start=2026-01-01T00:00:00Z", "/nothing"])
def test_what_is_not_there_is_a_problem_and_no_page(world: ApiWorld, path: str) -> None:
    end = "&end=2026-02-01T00:00:00Z" if "?" in path else ""
    assert ask(world, path + end, status=404)["title"] == "Not Found"


def test_who_is_admitted_to_some_areas_sees_nothing_of_the_others(world: ApiWorld) -> None:
    with world.context.records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "e.lsewhere", name="E", role=Role.ENGINEER, areas=frozenset({"another"}))
        token = api_tokens.make(connection, NOON, ANN, "e.lsewhere", "t", frozenset(Right), NOON + DAY)
    assert ask(world, "/points", token=token)["points"] == []
    assert ask(world, "/alarms", token=token)["alarms"] == []
    assert ask(world, "/alarms/standing", token=token)["alarms"] == []
    assert ask(world, "/room-states", token=token)["states"] == []
    for path in (f"/points/{POINT}", f"/alarms/{ALARM.id}"):
        ask(world, path, token=token, status=404)
    ask(
        world,
        f"/alarms/{ALARM.id}/acknowledgements",
        token=token,
        status=404,
        json={"comment": "x", "severity": "action"},
    )
    ask(world, "/rooms/B101/states", token=token, status=404, json={"state": "cleaning"})
    for path in ("/revisions", "/revisions/1", "/audit", "/changes", "/changes/1"):
        ask(world, path, token=token, status=403)


@pytest.mark.parametrize("known", [True, False], ids=["while it is asked", "while it is asked who asks"])
def test_records_that_are_away_are_told_of(tmp_path: Path, known: bool) -> None:
    suite, time = site(), Time()
    records = open_records(tmp_path / "gone" / "records.db", time)
    records.close()
    shutil.rmtree(tmp_path / "gone")
    hub = Hub(lambda: suite, time)
    context = AppContext(
        lambda: suite,
        NoSamples(),
        records,
        hub,
        lambda: MOREAU if known else asking.person(context),
        time,
    )
    answer = FlaskClient(create_app(context).server).get("/api/v1/alarms", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.mimetype) == (503, problems.MEDIA_TYPE)
    assert answer.json is not None
    assert "the file was moved" in answer.json["detail"]
    records.close()
