"""The page of the wall display."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from facility.people import Person
from facility.roles import Role
from tests.app.house import House, house
from tests.app.test_areas import CORRIDOR, two_areas
from tests.people import MOREAU

DISPLAY = Person("display/1", "Corridor", Role.WALL, "test")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, two_areas()) as found:
        yield found


def test_the_wall_has_a_plan_of_each_area_and_needs_nothing_of_dash(here: House) -> None:
    here.person = DISPLAY
    page = here.client.get("/wall").text
    assert re.findall(r'data-area="(\w+)"', page) == ["B", "C"]
    assert "_dash" not in page
    assert "Simulated data" in page


def test_who_may_see_some_areas_only_gets_a_wall_of_these(here: House) -> None:
    here.person = replace(DISPLAY, areas=CORRIDOR.areas)
    page = here.client.get("/wall").text
    assert re.findall(r'data-area="(\w+)"', page) == ["C"]
    assert "B101" not in page


def test_names_of_a_site_file_are_written_as_text_and_not_as_markup(here: House) -> None:
    here.person = DISPLAY
    page = here.client.get("/wall").text
    assert "<culture>" not in page
    found = re.search(r'<script type="application/json" id="rooms">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1])["B102"] == "Cell <culture> & co"


def test_a_person_finds_back_from_the_wall_and_a_display_is_led_nowhere(here: House) -> None:
    here.person = MOREAU
    assert '<a href="/">Suite B</a>' in here.client.get("/wall").text
    here.person = DISPLAY
    assert '<a href="/">' not in here.client.get("/wall").text


def test_a_display_is_shown_the_wall_whatever_page_is_asked_for_and_nothing_else(here: House) -> None:
    here.person = DISPLAY
    for page in ("/", "/rooms/B101", "/alarms", "/on-call"):
        answer = here.client.get(page)
        assert (answer.status_code, answer.location) == (302, "/wall")
    for kept in ("/api/v1/alarms", "/live/history?points=B101.DP1", "/_dash-layout"):
        assert here.client.get(kept).status_code == 403
    for needed in ("/live/full", "/assets/wall.js", "/assets/wall.css"):
        with here.client.get(needed) as answer:
            assert answer.status_code == 200


def test_the_theme_is_kept_in_the_address_where_somebody_chose_one(here: House) -> None:
    here.person = DISPLAY
    chosen = here.client.get("/wall?theme=dark").text
    assert 'data-theme="dark"' in chosen
    assert "theme.js" not in chosen
    assert "theme.js" in here.client.get("/wall").text
    assert "plaid" not in here.client.get("/wall?theme=plaid").text


def test_who_is_not_let_in_is_sent_to_sign_in_and_back_to_the_wall(here: House) -> None:
    here.person = None
    answer = here.client.get("/wall?sound=on")
    assert (answer.status_code, answer.location) == (302, "/sign-in?to=/wall%3Fsound%3Don")
