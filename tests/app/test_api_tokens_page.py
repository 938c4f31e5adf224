"""Whoever is signed in makes tokens for programs, with the password, for no more than the role may."""

import dataclasses
from collections.abc import Iterator

import pytest

from app.api.table import OPERATIONS
from app.pages.api import CHANGING, READING, layout, make_token
from app.pages.page import Address
from facility.instants import DAY
from facility.people import Person
from facility.roles import RIGHTS, Right, Role
from storage.records.people import api_tokens, credentials
from storage.records.people.api_tokens import ApiToken
from storage.records.trail import audit
from tests.app.api_world import ApiWorld, account_of, api_world
from tests.app.parts import NOON
from tests.people import ANN

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("tokens")) as world:
        yield world


def signed_in(world: ApiWorld, role: Role) -> ApiWorld:
    """The world, as somebody of this role with PASSWORD sees it."""
    person = Person(account_of(role), "The one", role, "test")
    hashed = world.context.desk.passwords.hash(PASSWORD)
    with world.context.records.transaction() as connection:
        credentials.set_password(connection, NOON, ANN, person.account, hashed, one_time=False, remember=0)
    return dataclasses.replace(world, context=dataclasses.replace(world.context, person=lambda: person))


def newest(world: ApiWorld, role: Role) -> ApiToken:
    with world.context.records.reading() as connection:
        return api_tokens.of_account(connection, account_of(role))[0]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.QA, Role.ADMINISTRATOR])
@pytest.mark.parametrize("changes", [False, True])
def test_a_token_is_made_for_what_was_chosen_and_the_role_may(world: ApiWorld, role: Role, changes: bool) -> None:
    context = signed_in(world, role).context
    token, problem = make_token(context, "Weekly report", "30", changes, PASSWORD, "")
    assert (problem, token.startswith(api_tokens.PREFIX)) == ("", True)
    made = newest(world, role)
    assert made.rights == (CHANGING if changes else READING) & RIGHTS[role]
    assert made.expires == NOON + 30 * DAY
    with world.context.records.reading() as connection:
        row = audit.rows(connection, audit.AuditFilter(action="API token made"), limit=1)[0]
    assert row.actor == account_of(role)


def test_the_page_shows_every_operation_and_ones_own_tokens_only(world: ApiWorld) -> None:
    shown = str(layout(signed_in(world, Role.ENGINEER).context, Address("/api", {}, {})))
    assert all(operation.path in shown for operation in OPERATIONS)
    assert "You have no token" not in shown
    assert "the.qa" not in shown


def test_no_token_may_ever_manage_accounts_or_sign() -> None:
    assert CHANGING.isdisjoint({Right.MANAGE_ACCOUNTS, Right.APPROVE, Right.REVIEW_TRAIL, Right.DRAFT})


@pytest.mark.parametrize(
    ("name", "days", "password", "words"),
    [
        ("Report", "30", "wrong", "Account and password do not fit together."),
        ("Report", "30", None, "Account and password do not fit together."),
        (" ", "30", PASSWORD, "Give it a name of up to 60 characters"),
        ("a\x00b", "30", PASSWORD, "Give it a name of up to 60 characters"),
        ("Report", "10000", PASSWORD, "Choose for how long it holds."),
    ],
)
def test_what_is_not_right_makes_no_token(
    world: ApiWorld, name: str, days: str, password: str | None, words: str
) -> None:
    context = signed_in(world, Role.OPERATOR).context
    before = newest(world, Role.OPERATOR)
    token, problem = make_token(context, name, days, False, password, None)
    assert token == ""
    assert problem.startswith(words)
    assert newest(world, Role.OPERATOR) == before
