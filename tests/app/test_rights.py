"""Everything that can be asked for, walked as every role, as nobody and with an ended session.

What has to be allowed is the one table of rights and what each view and callback declares. The views themselves are
replaced by one that says it was reached: here it matters only who is let through to them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps

import pytest
from dash import Dash
from werkzeug.routing import Rule

from app import asking, guard
from app.guard import CALLBACKS, PAGES, Access, Need
from app.pages.page import Page
from app.pages.registry import PAGES as ALL_PAGES
from facility.instants import SECOND
from facility.people import Person
from facility.roles import RIGHTS, Right, Role
from storage.records import revisions
from storage.records.people import sessions
from tests.app.house import House, house
from tests.app.parts import NOON, site
from tests.facility.sites import SMALL
from tests.people import MOREAU
from tests.signing_in import make_account, session_cookie_for

REACHED = "reached"
FAR = {"REMOTE_ADDR": "192.0.2.7"}
"""Not this machine, which may look at what is for machines."""
PEOPLE = {role: replace(MOREAU, account=f"the.{role.value}".lower(), role=role) for role in Role}
PERSONS = [role for role in Role if role is not Role.WALL]

ACTING = {
    "answer.opened": Right.ACKNOWLEDGE,
    "room-state.opened": Right.SET_ROOM_STATE,
    "accounts-why.opened": Right.MANAGE_ACCOUNTS,
    "account-why.opened": Right.MANAGE_ACCOUNTS,
    "account-new.opened": Right.MANAGE_ACCOUNTS,
    "account-new-made.children": Right.MANAGE_ACCOUNTS,
    "display-new-made.children": Right.MANAGE_ACCOUNTS,
}
"""What these callbacks do must never need less."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The real app, with a site in force."""
    with house(tmp_path_factory.mktemp("rights"), site()) as found:
        with found.records.transaction() as connection:
            revisions.add(
                connection, NOON, in_force_from=0, author=MOREAU.actor, reason="first", text=SMALL, differences=[]
            )
        yield found


@pytest.fixture
def walked(here: House) -> Iterator[House]:
    """The same, but its views say only that they were reached."""
    views = dict(here.app.server.view_functions)
    here.app.server.view_functions.update({name: _reached(view) for name, view in views.items()})
    yield here
    here.app.server.view_functions.update(views)


def _reached(view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def reached(**_parts: object) -> str:
        return REACHED

    return reached


def requests_of(app: Dash) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every view but the one of callbacks."""
    return [
        (rule.endpoint, method, _address(rule))
        for rule in app.server.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint != CALLBACKS
    ]


def _address(rule: Rule) -> str:
    values = {name: "1" if converter.regex == r"\d+" else "x" for name, converter in rule._converters.items()}
    _, address = rule.build(values) or ("", rule.rule)
    return address


def ask(walked: House, method: str, address: str) -> tuple[int, str]:
    walked.time.now += SECOND  # nobody asks too often
    answer = walked.client.open(address, method=method, environ_base=FAR)
    return answer.status_code, answer.text


def may(person: Person | None, need: Need | None) -> bool:
    """What has to be, by the table of rights."""
    if need is Access.ANYBODY:
        return True
    if person is None or need is Access.MACHINES:
        return False
    return need is Access.SIGNED_IN or need in RIGHTS[person.role]


@pytest.mark.parametrize("role", PERSONS)
def test_every_view_lets_through_exactly_the_roles_of_the_table(walked: House, role: Role) -> None:
    walked.person = PEOPLE[role]
    needs, wrong = guard.needs_of_views(walked.app), []
    for endpoint, method, address in requests_of(walked.app):
        status, text = ask(walked, method, address)
        if (status, text == REACHED) != ((200, True) if may(walked.person, needs[endpoint]) else (403, False)):
            wrong.append((endpoint, method, needs[endpoint], status))
    assert wrong == []


@pytest.mark.parametrize("role", PERSONS)
def test_every_callback_lets_through_exactly_the_roles_of_the_table(walked: House, role: Role) -> None:
    walked.person = PEOPLE[role]
    needs = guard.needs_of_callbacks(walked.app)
    answers = {output: walked.call(output) for output in needs}
    reached = {output for output, answer in answers.items() if answer.text == REACHED}
    assert reached == {output for output, need in needs.items() if may(walked.person, need)}
    assert {answers[output].status_code for output in needs.keys() - reached} <= {403}


def test_a_wall_display_reaches_what_its_page_needs_and_nothing_else(walked: House) -> None:
    walked.person = PEOPLE[Role.WALL]
    needs = guard.needs_of_views(walked.app)
    open_to_all = {endpoint for endpoint, need in needs.items() if need is Access.ANYBODY}
    reached = {endpoint for endpoint, *where in requests_of(walked.app) if ask(walked, *where) == (200, REACHED)}
    assert reached - open_to_all == set(guard.FOR_WALLS)
    assert not any(walked.call(output).text == REACHED for output in guard.needs_of_callbacks(walked.app))


def test_nobody_reaches_anything_but_the_way_in(walked: House) -> None:
    walked.person = None
    assert reached_by_nobody(walked) == []


def test_an_ended_session_is_nobody(walked: House) -> None:
    person = PEOPLE[Role.ADMINISTRATOR]
    make_account(walked.records, walked.time, person)
    name, cookie = session_cookie_for(walked.records, walked.time, person.account)
    with walked.records.transaction() as connection:
        (session,) = sessions.open_now(connection)
        sessions.end(connection, walked.time(), person.actor, session.id, "left")
    walked.person = None
    walked.client.set_cookie(name, cookie)
    with walked.app.server.test_request_context(headers={"Cookie": f"{name}={cookie}"}):
        assert asking.person(walked.context) is None
    assert reached_by_nobody(walked) == []
    walked.client.delete_cookie(name)


def reached_by_nobody(walked: House) -> list[object]:
    """What was let through without a person and is not for anybody, or was refused in another way than it should."""
    needs = guard.needs_of_views(walked.app)
    wrong: list[object] = []
    for endpoint, method, address in requests_of(walked.app):
        status, text = ask(walked, method, address)
        right = (
            (200, True)
            if needs[endpoint] is Access.ANYBODY
            else (302, False)
            if endpoint in PAGES and method == "GET"
            else (401, False)
        )
        if (status, text == REACHED) != right:
            wrong.append((endpoint, method, status))
    for output in guard.needs_of_callbacks(walked.app):
        if (status := walked.call(output).status_code) != 401:
            wrong.append((output, status))
    return wrong


def test_the_callbacks_that_act_need_no_less_than_they_should(here: House) -> None:
    needs = guard.needs_of_callbacks(here.app)
    for begin, right in ACTING.items():
        found = [need for output, need in needs.items() if output.lstrip(".").startswith(begin)]
        assert found, f"no callback {begin}: name it anew here"
        assert set(found) == {right}


@pytest.mark.parametrize("role", PERSONS)
def test_every_page_is_drawn_for_the_roles_of_the_table_and_refused_to_the_others(here: House, role: Role) -> None:
    here.person = PEOPLE[role]
    refused = []
    for page in ALL_PAGES:
        if page.right not in RIGHTS[role]:
            assert f"you are signed in as {role.value}" in here.page(_filled(page.path))
            refused.append(f"page {page.path}")
    assert {row.object for row in here.refused() if row.actor == here.person.account} >= set(refused)
    navigation = here.page("/")
    for page in ALL_PAGES:
        if page.icon is not None:
            assert (f'href=\\"{page.path}\\"' in navigation) is (page.right in RIGHTS[role]), page.path


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.path)
def test_every_page_is_drawn_for_somebody_who_may_see_it(here: House, page: Page) -> None:
    here.person = next(person for role, person in PEOPLE.items() if page.right in RIGHTS[role])
    assert "Who may do what is the table of" not in here.page(_filled(page.path))


def _filled(path: str) -> str:
    return path.replace("<room>", "B101").replace("<account>", "nobody").replace("<", "").replace(">", "")
