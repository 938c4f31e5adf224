"""What calls nobody, by the API: who may put aside what, and who sees it."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from facility.alarm import Condition, HoldKind
from facility.holds import Hold
from facility.instants import HOUR
from facility.limit import Severity
from facility.roles import Right, Role
from storage.records import commands, holds
from storage.records.commands import ApproveShelving, EndHold, Reset, Shelve, TakeOutOfService
from storage.records.people import accounts, api_tokens
from tests.app.api_world import ALARM, POINT, ApiWorld, api_world
from tests.app.parts import NOON
from tests.people import ANN

SHELVED = Hold(1_001, HoldKind.SHELVED, POINT, Condition.LOW, Severity.ALERT, NOON, "ann", "filter", HOUR, since=NOON)
ASKED = Hold(1_002, HoldKind.SHELVED, POINT, None, Severity.ACTION, NOON, "ann", "cleaning", HOUR)
AWAY = Hold(
    1_003, HoldKind.OUT_OF_SERVICE, "instrument:DP1", None, Severity.ACTION, NOON, "ann", "x", HOUR, since=NOON
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    folder: Path = tmp_path_factory.mktemp("holds")
    with api_world(folder) as world:
        with world.context.records.transaction() as connection:
            holds.save(connection, [SHELVED, ASKED, AWAY])
        yield world


def ask(
    world: ApiWorld, path: str, role: Role, sent: dict[str, Any] | None = None, token: str = ""
) -> tuple[int, Any]:
    client = world.server.test_client()
    headers = {"Authorization": f"Bearer {token or world.tokens[role]}"}
    address = f"/api/v1{path}"
    answer = (
        client.get(address, headers=headers) if sent is None else client.post(address, headers=headers, json=sent)
    )
    return answer.status_code, answer.json


def newest(world: ApiWorld) -> object:
    with world.context.records.reading() as connection:
        every = commands.submitted(connection, range(1, 10_000))
    return every[max(every)].command


def test_whoever_looks_sees_what_calls_nobody(world: ApiWorld) -> None:
    status, told = ask(world, "/holds", Role.VIEWER)
    assert status == HTTPStatus.OK
    assert [(hold["hold"], hold["kind"], hold["since"] is None) for hold in told["holds"]] == [
        (1_001, "shelved", False),
        (1_002, "shelved", True),
        (1_003, "out of service", False),
    ]


def test_a_program_shelves_approves_takes_out_of_service_brings_back_and_resets(world: ApiWorld) -> None:
    shelve = {"of": POINT, "condition": "low", "minutes": 30, "reason": "filter"}
    for path, sent, expected in (
        ("/holds/shelved", shelve, Shelve(POINT, Condition.LOW, Severity.ALERT, HOUR // 2, "filter")),
        ("/holds/out-of-service", {"of": POINT, "hours": 1, "reason": "x"}, TakeOutOfService(POINT, HOUR, "x")),
        ("/holds/1002/approval", {"comment": "seen"}, ApproveShelving(1_002, POINT, "seen")),
        ("/holds/1001/end", {"reason": "in"}, EndHold(1_001, HoldKind.SHELVED, POINT, "in")),
        (f"/alarms/{ALARM.id}/reset", {"comment": "closed"}, Reset(ALARM.id, "closed")),
    ):
        status, told = ask(world, path, Role.QA, sent)
        assert (status, told["outcome"]) == (HTTPStatus.OK, "done"), told
        assert newest(world) == expected


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        ("/holds/1002/approval", {"comment": "x"}, "engineer"),
        ("/holds/out-of-service", {"of": POINT, "hours": 1, "reason": "x"}, "engineer"),
        ("/holds/1003/end", {"reason": "x"}, "out of service"),
    ],
)
def test_an_operator_shelves_and_no_more(world: ApiWorld, path: str, sent: dict[str, Any], words: str) -> None:
    status, told = ask(world, path, Role.OPERATOR, sent)
    assert status == HTTPStatus.FORBIDDEN
    assert words in told["detail"]


def test_nothing_is_put_aside_without_a_reason_or_for_too_long(world: ApiWorld) -> None:
    for wrong in ({"reason": " "}, {"minutes": 1441}, {"minutes": 0}, {"condition": "lower"}):
        status, _ = ask(world, "/holds/shelved", Role.QA, {"of": POINT, "minutes": 30, "reason": "x", **wrong})
        assert status == HTTPStatus.BAD_REQUEST


def test_who_is_admitted_to_other_areas_sees_and_ends_nothing_here(world: ApiWorld) -> None:
    with world.context.records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "e.lsewhere", name="E", role=Role.QA, areas=frozenset({"another"}))
        token = api_tokens.make(connection, NOON, ANN, "e.lsewhere", "t", frozenset(Right), NOON + HOUR)
    assert ask(world, "/holds", Role.QA, token=token)[1] == {"holds": []}
    assert ask(world, "/holds/1001/end", Role.QA, {"reason": "x"}, token)[0] == HTTPStatus.NOT_FOUND
    for place in (POINT, "source:gateway"):
        shelve = {"of": place, "minutes": 30, "reason": "x"}
        assert ask(world, "/holds/shelved", Role.QA, shelve, token)[0] == HTTPStatus.FORBIDDEN
