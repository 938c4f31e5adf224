"""The pages about changes: what a form makes of what is typed, and what is drawn for whom."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.components.draft_form import moment
from app.components.whole_file import checked, draft, text_of_upload
from app.pages import change, propose
from app.pages.changes import compared
from app.proposal import choices, typed
from app.proposal import propose as proposal_of
from facility.instants import DAY
from facility.people import Actor, Person
from facility.roles import Role
from facility.site_file import parse_site
from storage.records import change_steps, changes
from storage.records.changes import Change
from storage.records.trail.audit import JSON
from tests.app.house import House, house
from tests.facility.sites import SMALL

ENGINEER = Person("e.roth", "E. Roth", Role.ENGINEER, "test")
COLLEAGUE = Person("b.lang", "B. Lang", Role.ENGINEER, "test")
VIEWER = Person("l.rossi", "L. Rossi", Role.VIEWER, "test")
SITE = parse_site(SMALL, "north.yaml")
PARTICLES, CLIMATE = "N1.PC1.p0_5", "N1.T1"
RENAMED = SMALL.replace("name: Filling", "name: Filling 1")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, SITE) as opened:
        with opened.records.transaction() as connection:
            change_steps.begin(connection, opened.time(), Actor("a.novak"), SMALL, "first")
        opened.person = ENGINEER
        yield opened


def fields(point: str = CLIMATE, which: int = 1, **changed: Any) -> dict[str, Any]:
    """What the form shows for a limit of a point, with some of it typed over."""
    why = {"rationale": "as QA asks"} if changed else {}
    return typed(SITE.points[point].limits[which]) | why | changed


def problems(point: str = CLIMATE, which: int = 1, **changed: Any) -> dict[str, str]:
    return dict(proposal_of(SMALL, point, fields(point, which, **changed)).problems)


def test_the_limits_of_a_point_are_offered_by_name() -> None:
    assert choices(SITE.points[CLIMATE]) == ["alert low", "alert high"]


def test_what_the_form_shows_for_a_limit_changes_nothing() -> None:
    assert proposal_of(SMALL, CLIMATE, fields()).found == ()


def test_what_is_typed_becomes_a_site_file_in_which_this_limit_is_another() -> None:
    proposal = proposal_of(SMALL, CLIMATE, fields(value="22.5", on_delay="15 min"))
    assert [d.words for d in proposal.found][:2] == ["23 °C to 22.5 °C", "on-delay 10 min to 15 min"]
    assert parse_site(proposal.text, "").points[CLIMATE].limits[1].value == 22.5


def test_each_mistake_is_said_at_its_field() -> None:
    assert set(problems(value="inf", deadband="nan")) == {"value", "deadband"}
    assert set(problems(value="warm", on_delay="soon", room_states=[])) == {"value", "on_delay", "room_states"}
    assert "nothing is left" in problems(value=18)["value"]
    assert "justified" in problems(rationale="")["rationale"]
    high = {"severity": "action", "side": "high", "room_states": ["in operation"]}
    assert "looser than" in problems(PARTICLES, 0, **high, value=500_000)["value"]
    assert problems(PARTICLES, 0, **high, value=500_000, exempt="powder") == {}


def test_another_limit_is_not_justified_by_what_was_said_of_the_present_one() -> None:
    said = typed(SITE.points[CLIMATE].limits[1])["rationale"]
    assert "the present limit" in problems(value=22.5, rationale=said)["rationale"]
    assert problems(response="Close the door", rationale=said) == {}


def drafted(app: House) -> Change:
    found = propose.draft(app.context, CLIMATE, 1, fields(value=22.5), "cooler", "asked for by QA", None)
    assert isinstance(found, Change)
    return found


def test_the_form_drafts_a_change_that_waits_for_two_others(app: House) -> None:
    assert drafted(app).differences == ("N1.T1 alert high: 23 °C to 22.5 °C, rationale 'slow' to 'as QA asks'",)
    mine = app.page("/changes/1")
    assert "Review by somebody else, with a signature" in mine
    assert "Withdraw" in mine and "Sign the review" not in mine
    app.person = COLLEAGUE
    theirs = app.page("/changes/1")
    assert "Refuse" in theirs and "Sign the review" in theirs
    app.person = VIEWER
    assert "Sign the review" not in app.page("/changes/1") and "Refuse" not in app.page("/changes/1")


def test_the_form_of_an_older_revision_is_drawn_up_again(app: House) -> None:
    whole = draft(app.context, RENAMED, "renamed", "", None)
    assert isinstance(whole, Change)
    assert change.do(app.context, whole.number, "put", "") is None
    said = propose.draft(app.context, CLIMATE, 1, fields(value=22.5), "cooler", "", None)
    assert isinstance(said, str) and "by now there is revision 2" in said


def test_what_waits_against_an_older_revision_says_so(app: House) -> None:
    drafted(app)
    whole = draft(app.context, RENAMED, "renamed", "", None)
    assert isinstance(whole, Change)
    change.do(app.context, whole.number, "put", "")
    app.person = COLLEAGUE
    assert "has to be drawn up again" in app.page("/changes/1")
    assert "Sign the review" not in app.page("/changes/1")
    assert "To be drawn up again" in app.page("/changes")


def test_two_revisions_are_compared_as_soon_as_there_are_two(app: House) -> None:
    assert "Compare" not in app.page("/changes")
    whole = draft(app.context, RENAMED, "renamed", "", None)
    assert isinstance(whole, Change) and change.do(app.context, whole.number, "put", "") is None
    assert "Compare" in app.page("/changes")


def test_a_file_is_checked_before_it_is_drafted(app: House) -> None:
    assert text_of_upload("data:;base64," + base64.b64encode(SMALL.encode()).decode()) == SMALL
    with pytest.raises(ValueError, match="not UTF-8"):
        text_of_upload("data:;base64," + base64.b64encode(b"\xff\xfe").decode())
    found, usable = checked(app.context, SMALL.replace("grade: B", "grade: E"), "site.yaml")
    assert not usable and "grade" in str(found)
    found, usable = checked(app.context, RENAMED, "site.yaml")
    assert usable and "Filling 1" in str(found)


def test_what_needs_no_signature_is_put_in_force_and_refused_ones_are_kept(app: House) -> None:
    whole = draft(app.context, RENAMED, "renamed", "", None)
    assert isinstance(whole, Change)
    assert "Put in force" in app.page("/changes/1")
    app.person = COLLEAGUE
    assert change.do(app.context, 1, "refuse", "") == "Say why it is refused: the reason goes on record."
    assert change.do(app.context, 1, "refuse", "wrong name") is None
    page = app.page("/changes")
    assert "Not taken" in page and "wrong name" in page


def test_a_change_may_be_wanted_for_a_moment_by_the_clocks_on_the_wall(app: House) -> None:
    assert moment("2026-12-01 06:00:00", "Europe/Zurich") == 1_796_101_200_000
    assert moment(None, "Europe/Zurich") is None
    said = draft(app.context, RENAMED, "renamed", "", "2001-01-01 06:00:00")
    assert isinstance(said, str) and "never in the past" in said


def test_the_attachment_of_a_draft_is_shown_with_it(app: House) -> None:
    text = proposal_of(SMALL, CLIMATE, fields(value=22.5)).text
    figures: JSON = {
        "readings used": 12_345,
        "points": ["N1.T1"],
        "methods": [{"method": "percentile", "alert": 22.5}],
    }
    with app.records.transaction() as connection:
        changes.draft(connection, app.time(), ENGINEER, text, "history", "", figures)
    page = app.page("/changes/1")
    assert all(words in page for words in ("Readings used", "12,345", "N1.T1", "Method", "percentile", "22.5"))


def test_programs_are_told_of_a_change_with_its_steps_and_the_site_file_that_it_proposes(app: House) -> None:
    drafted = draft(app.context, RENAMED, "A better name", "As on the door", None)
    assert isinstance(drafted, Change)
    assert change.do(app.context, drafted.number, "put", "As agreed") is None
    (listed,) = told(app, "/changes")["changes"]
    one = told(app, f"/changes/{drafted.number}")
    assert one == {**listed, "text": RENAMED}
    assert (one["state"], one["author"], one["reason"]) == ("in force", ENGINEER.account, "A better name")
    assert (one["controlled"], one["outdated"], one["revision"], one["signatures"]) == (False, False, 2, [])
    assert [(step["step"], step["by"], step["comment"]) for step in one["steps"]] == [
        ("put in force", ENGINEER.account, "As agreed")
    ]


def test_programs_are_told_that_a_change_waits_and_has_to_be_drawn_up_again(app: House) -> None:
    limit = draft(app.context, SMALL.replace("high: 23,", "high: 22,"), "Too tight", "", None)
    name = draft(app.context, RENAMED, "A better name", "", None)
    assert isinstance(limit, Change) and isinstance(name, Change)
    assert change.do(app.context, name.number, "put", "") is None
    waiting = told(app, f"/changes/{limit.number}")
    assert (waiting["state"], waiting["controlled"], waiting["outdated"]) == ("draft", True, True)
    assert waiting["differences"] == list(limit.differences) and waiting["revision"] is None


def told(app: House, path: str) -> Any:
    answer = app.client.get(f"/api/v1{path}", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 200, answer.text
    return answer.json


UPLOADS = st.text(max_size=40) | st.binary(max_size=200).map(
    lambda content: "data:;base64," + base64.b64encode(content).decode()
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(UPLOADS)
def test_whatever_is_uploaded_is_a_site_file_or_said_to_be_none(app: House, contents: str) -> None:
    try:
        text = text_of_upload(contents)
    except ValueError as error:
        assert str(error).endswith(".")
        return
    drawn, usable = checked(app.context, text, "site.yaml")
    assert drawn is not None and not usable


def test_two_revisions_are_compared_in_words(app: House) -> None:
    whole = draft(app.context, RENAMED, "renamed", "", None)
    assert isinstance(whole, Change)
    change.do(app.context, 1, "put", "")
    assert compared(app.context, 1, 2) == ("room N1: name 'Filling' to 'Filling 1'",)
    assert compared(app.context, 2, 1) == ("room N1: name 'Filling 1' to 'Filling'",)


def test_the_first_revision_waits_for_qa_until_it_is_signed(app: House) -> None:
    assert "First revision, in force without review." in app.page("/changes")
    app.person = Person("m.keller", "M. Keller", Role.QA, "test")
    assert '"name": "site-revision"' in app.page("/changes")


def test_who_is_admitted_to_some_areas_only_sees_no_changes_of_the_whole_site(app: House) -> None:
    app.person = Person("e.roth", "E. Roth", Role.ENGINEER, "test", frozenset({"N"}))
    assert "admitted to some of its areas only" in app.page("/changes")
    assert "admitted to some of its areas only" in app.page("/changes/1")
    assert "admitted to some of its areas only" in app.page(f"/propose/{CLIMATE}")


def test_what_takes_force_later_says_when(app: House) -> None:
    with app.records.transaction() as connection:
        drafted = changes.draft(
            connection, app.time(), ENGINEER, RENAMED, "renamed", wanted_from=app.time() + 2 * DAY
        )
        change_steps.put_in_force(connection, app.time(), ENGINEER.actor, drafted.number)
    assert "Approved, to take force" in app.page("/changes")
    assert "Take back" in app.page("/changes/1")
    assert change.do(app.context, 1, "back", "wrong name") is None
    assert "a change was taken back before it took force" in app.page("/changes")
