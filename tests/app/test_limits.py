"""One who asks too often waits, and nobody else does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import cookies
from app.limits import ALLOWANCES, Allowance, Buckets, Kind, Level, take
from app.sign_in.session_cookie import token_hash
from facility.instants import MINUTE, SECOND
from facility.roles import Role
from storage.records.people import sessions
from storage.records.people.sessions import Stage
from tests.app.api_world import ApiWorld, account_of, api_world
from tests.app.parts import NOON

TEN = Allowance(burst=10, a_minute=60)


def test_a_burst_is_let_through_and_then_one_a_second() -> None:
    buckets = Buckets({Kind.API: TEN})
    assert [buckets.take(Kind.API, "ann", NOON) for _ in range(12)] == [0] * 10 + [SECOND] * 2
    assert buckets.take(Kind.API, "ann", NOON + SECOND // 2) == SECOND // 2
    assert buckets.take(Kind.API, "ann", NOON + SECOND) == 0
    assert buckets.take(Kind.API, "ann", NOON + SECOND) == SECOND


def test_one_does_not_wait_for_another_nor_one_kind_for_another() -> None:
    buckets = Buckets({Kind.API: Allowance(1, 1), Kind.COPIES: Allowance(1, 1)})
    assert buckets.take(Kind.API, "ann", NOON) == 0
    assert buckets.take(Kind.API, "ann", NOON) == MINUTE
    assert buckets.take(Kind.API, "ben", NOON) == 0
    assert buckets.take(Kind.COPIES, "ann", NOON) == 0


def test_any_number_of_addresses_takes_bounded_memory() -> None:
    buckets = Buckets(most=100)
    for n in range(1000):
        buckets.take(Kind.WAY_IN, str(n), NOON)
    assert len(buckets) == 100


@given(st.lists(st.integers(0, 10 * SECOND), max_size=200), st.integers(1, 20), st.integers(1, 600))
def test_never_more_than_the_burst_and_what_has_filled_up_since(pauses: list[int], burst: int, a_minute: int) -> None:
    allowance, level, now, taken = Allowance(burst, a_minute), None, NOON, 0
    for pause in pauses:
        now += pause
        level, wait = take(allowance, level, now)
        taken += wait == 0
        assert 0 <= level.left <= burst
        assert taken <= burst + (now - NOON) * a_minute / MINUTE + 1e-6


@given(st.floats(0, 10), st.integers(-MINUTE, MINUTE))
def test_who_waits_as_long_as_told_is_let_through_also_when_the_clock_was_set_back(left: float, moved: int) -> None:
    level, wait = take(TEN, Level(left, NOON), NOON + moved)
    assert wait == 0 or take(TEN, level, NOON + moved + wait)[1] == 0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("limits")) as world:
        yield world


def test_a_program_that_asks_too_often_is_told_when_to_come_again(world: ApiWorld) -> None:
    def ask(role: Role) -> tuple[int, str | None]:
        headers = {"Authorization": f"Bearer {world.tokens[role]}"}
        answer = client.get("/api/v1/roles", headers=headers)
        return answer.status_code, answer.headers.get("Retry-After")

    client = FlaskClient(world.server)
    burst = ALLOWANCES[Kind.API].burst
    assert {ask(Role.VIEWER) for _ in range(burst)} == {(200, None)}
    assert ask(Role.VIEWER) == (429, "1")
    assert ask(Role.QA) == (200, None)


def test_signing_in_is_limited_by_address_and_told_in_words(world: ApiWorld) -> None:
    def sign_in(address: str) -> tuple[int, str]:
        answer = world.server.test_client().post("/sign-out", headers={}, environ_base={"REMOTE_ADDR": address})
        return answer.status_code, answer.text

    for _ in range(ALLOWANCES[Kind.WAY_IN].burst):
        assert sign_in("192.0.2.7")[0] != 429
    assert sign_in("192.0.2.7") == (429, "Too much was asked for at once. Try again in 1 s.\n")
    assert sign_in("192.0.2.8")[0] != 429


def test_a_body_that_is_too_large_is_not_read(world: ApiWorld, tmp_path: Path) -> None:
    answer = world.server.test_client().post("/sign-in", data=b"x" * (5 * 1024 * 1024))
    assert answer.status_code == 413


def test_live_values_are_never_refused(world: ApiWorld) -> None:
    with world.context.records.transaction() as connection:
        sessions.begin(
            connection, NOON, account_of(Role.QA), token_hash("s"), stage=Stage.SIGNED_IN, origin="", browser=""
        )
    client = world.server.test_client()
    client.set_cookie(cookies.SESSION, "s")
    most = max(allowance.burst for allowance in ALLOWANCES.values())
    assert {client.get("/live/full").status_code for _ in range(most + 1)} == {200}
