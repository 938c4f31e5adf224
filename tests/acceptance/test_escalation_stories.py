"""How an alarm finds a person who answers, told as time lines."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from alerts.escalator import AT_ONCE
from facility.escalation import Policy, Quiet, Step
from facility.instants import HOUR, MINUTE, SECOND, datetime_of
from facility.limit import Severity
from facility.on_call import Rota, Shift, Weekly
from facility.people import Person
from facility.quantities import Quantity
from facility.reading import Reading
from facility.roles import Role
from facility.site import Point
from storage.records import on_call
from storage.records.escalations import State
from storage.samples.commit import Intake
from tests.acceptance.on_call import OnCallStory, calls
from tests.acceptance.story import MIDNIGHT
from tests.alerts.examples import ACTION, ALERT, high, low, point

ACTIONS = Policy(
    "action", "Action limits", frozenset({ACTION}), (calls("anna"), calls("ben"), calls("cleo")), rounds=2
)
ALERTS = Policy("alert", "Alert levels", frozenset({ALERT}), (calls("cleo", wait=30 * MINUTE),), goes_on=False)
CLEO = Person("cleo", "Cleo", Role.OPERATOR, "test")
PRESSURE = point(
    low(10, severity=Severity.ALERT, on_delay=30 * SECOND),
    low(9, severity=Severity.ACTION, on_delay=2 * MINUTE),
    silent_after=None,
)

Tell = Callable[..., OnCallStory]


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Tell]:
    stories: list[OnCallStory] = []

    def begin(
        *points: Point, policies: tuple[Policy, ...] = (ACTIONS, ALERTS), rotas: tuple[Rota, ...] = ()
    ) -> OnCallStory:
        stories.append(OnCallStory(tmp_path, *points, policies=policies, rotas=rotas))
        return stories[-1]

    yield begin
    for story in stories:
        story.close()


def test_at_night_nobody_answers_so_the_deputy_is_called_and_answers(tell: Tell) -> None:
    story = tell(PRESSURE)
    story.reads(8)
    story.at("00:29")
    assert story.called == []
    story.at("00:30")
    assert story.called == ["00:30 Cleo new"]
    story.at("02:00")
    assert story.called[1:] == ["02:00 Anna worse"]
    story.at("11:59")
    assert story.called[2:] == []
    story.at("12:00")
    assert story.called[2:] == ["12:00 Ben unanswered"]
    story.at("12:40").answers(by="Ben")
    story.at("01:30:00")
    assert story.called[3:] == []
    assert (story.escalation().state, story.escalation().ended_by) == (State.ANSWERED, "Ben")


def test_the_rota_says_who_is_called_but_for_whoever_has_taken_the_night(tell: Tell) -> None:
    first, deputies = (
        Rota(id, id, "UTC", Weekly(datetime_of(MIDNIGHT).replace(tzinfo=None), (Shift(time(0), people),)))
        for id, people in (("first", ("anna", "cleo")), ("deputies", ("ben",)))
    )
    steps = (Step(rotas=("first",)), Step(rotas=("deputies",)), Step(rotas=("nobody",)), Step(everybody=True))
    night = replace(ACTIONS, steps=steps)
    story = tell(PRESSURE, policies=(night, ALERTS), rotas=(first, deputies))
    with story.records.transaction() as connection:
        on_call.override(connection, story.now, CLEO, "first", "cleo", story.now, story.now + HOUR, "swapped")
    story.reads(8).at("22:00")
    assert story.called[1:] == [
        "02:00 Cleo worse",
        "12:00 Ben unanswered",
        "22:00 Anna unanswered",
        "22:00 Ben unanswered",
        "22:00 Cleo unanswered",
    ]


def test_those_who_were_called_are_told_that_all_is_back(tell: Tell) -> None:
    story = tell(PRESSURE).reads(8)
    story.at("12:00").answers(by="Ben").at("14:00").reads(12).at("16:00")
    assert story.called[3:] == ["14:00 Anna returned", "14:00 Ben returned", "14:00 Cleo returned"]


def test_nobody_at_all_answers(tell: Tell) -> None:
    story = tell(PRESSURE).reads(8)
    story.at("58:00")
    told = [line for line in story.called if "unanswered" in line]
    assert told == [
        "12:00 Ben unanswered",
        "22:00 Cleo unanswered",
        "32:00 Anna unanswered",
        "42:00 Ben unanswered",
        "52:00 Cleo unanswered",
    ]
    story.at("01:02:00")
    assert story.escalation().state is State.EXHAUSTED
    assert "escalation exhausted" in [row.action for row in story.audit()]
    story.at("02:00:00").answers()
    assert story.escalation().state is State.ANSWERED


def test_an_alert_that_goes_away_by_itself_calls_nobody_else(tell: Tell) -> None:
    story = tell(point(low(10, severity=Severity.ALERT, on_delay=30 * SECOND), silent_after=None))
    story.reads(9.5).at("05:00").reads(12).at("40:00")
    assert story.called == ["00:30 Cleo new", "05:00 Cleo returned"]
    assert story.escalation().state is State.RETURNED


def test_an_alert_in_quiet_hours_calls_when_they_end_and_an_action_limit_at_once(tell: Tell) -> None:
    quiet = replace(ALERTS, quiet=Quiet(time(2), time(4)))
    story = tell(PRESSURE, policies=(ACTIONS, quiet))
    story.reads(9.5).at("20:00")
    assert story.called == []
    story.reads(8).at("22:00")
    assert story.called == ["22:00 Anna worse"]


@pytest.mark.parametrize(("room", "called"), [("A101", ["00:00 Cleo new"]), ("B101", [])])
def test_particles_in_grade_a_call_at_their_alert_level_in_quiet_hours_too(
    tell: Tell, room: str, called: list[str]
) -> None:
    counter = replace(point(high(1, ALERT), silent_after=None, room=room), quantity=Quantity.PARTICLES, size=5.0)
    story = tell(counter, policies=(replace(ALERTS, quiet=Quiet(time(2), time(4))),))
    story.reads(20)
    assert story.called == called


def test_after_a_restart_the_next_call_is_made_and_none_is_made_again(tell: Tell) -> None:
    story = tell(PRESSURE).reads(8)
    story.at("02:00").restarts().begin()
    story.at("12:00")
    assert story.called == ["00:30 Cleo new", "02:00 Anna worse", "12:00 Ben unanswered"]


def test_a_site_without_policies_calls_everybody_and_again_until_somebody_answers(tell: Tell) -> None:
    story = tell(point(low(9), silent_after=None), policies=())
    story.reads(8).at("10:00")
    assert story.called == [
        "00:00 Anna new",
        "00:00 Ben new",
        "00:00 Cleo new",
        "10:00 Anna unanswered",
        "10:00 Ben unanswered",
        "10:00 Cleo unanswered",
    ]
    story.answers().at("01:00:00")
    assert len(story.called) == 6


def test_in_a_flood_the_most_severe_call_with_the_alarms_and_all_others_in_turn(tell: Tell) -> None:
    alerts = [point(high(10, severity=ALERT), id=f"B101.T{n}", silent_after=None) for n in range(2 * AT_ONCE)]
    actions = [point(high(10, severity=ACTION), id=f"B101.U{n}", silent_after=None) for n in range(5)]
    story = tell(*alerts, *actions, policies=(ACTIONS, ALERTS))
    story.store.append(
        [Intake("test", [Reading(one.id, story.now, 11.0, 0, story.now) for one in (*alerts, *actions)])]
    )
    story.engine.step(0)
    story.follower.step()
    first = story.called
    assert len(first) == AT_ONCE
    assert sum("Anna" in call for call in first) == len(actions)
    story.escalator.step()
    assert len(story.called) == len(alerts) + len(actions)
    assert story.escalator.step() is False
