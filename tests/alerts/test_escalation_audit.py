"""What is stuck goes on, whose it ever was; who was not reached is made up for; gaps are told before they come."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import pytest

from alerts import whom
from alerts.escalation_audit import EscalationAudit
from alerts.events import by_excursion
from alerts.on_call_gaps import AHEAD, gaps
from facility.escalation import OnCall, Policy, Step
from facility.instants import DAY, MINUTE, datetime_of, instant_of
from facility.on_call import Rota, Shift, Weekly
from storage.records import alarm_steps, escalations, notifications
from tests.acceptance.on_call import OnCallStory, calls
from tests.acceptance.story import MIDNIGHT
from tests.alerts.examples import ACTION, low, point

PRESSURE = point(low(9), silent_after=None)
POLICY = Policy("action", "Action limits", frozenset({ACTION}), (calls("anna"), calls("ben")), rounds=1)


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Callable[..., OnCallStory]]:
    stories: list[OnCallStory] = []

    def begin(*policies: Policy) -> OnCallStory:
        stories.append(OnCallStory(tmp_path, PRESSURE, policies=policies or (POLICY,)))
        return stories[-1]

    yield begin
    for story in stories:
        story.close()


def audit_of(story: OnCallStory, station: str = "main") -> EscalationAudit:
    escalator = replace(story.escalator, station=station)
    return EscalationAudit(escalator, by_excursion)


def test_another_station_makes_the_calls_of_one_that_does_not_run(tell: Callable[..., OnCallStory]) -> None:
    story = tell().reads(8)
    other = audit_of(story, "south")
    story.now += 11 * MINUTE
    assert other.step() == []
    story.now += 2 * MINUTE
    (told,) = other.step()
    assert told == "escalation 1 of station main was stuck for 3 min; it goes on"
    assert story.called == ["00:00 Anna new", "13:00 Ben unanswered"]
    assert other.step() == [told]
    assert len(story.called) == 2


def test_where_no_message_of_a_call_was_taken_the_next_step_is_called_at_once(
    tell: Callable[..., OnCallStory],
) -> None:
    story = tell().reads(8)
    story.now += MINUTE
    watching = audit_of(story)
    assert watching.step() == []
    with story.records.transaction() as connection:
        sent = notifications.newest(connection, 10)
        notifications.fail(connection, [one.notification.id for one in sent], story.now, "no such number")
    (told,) = watching.step()
    assert told == "no message of the last call of escalation 1 was taken; the next is called"
    story.tell()
    assert story.called == ["00:00 Anna new", "01:00 Ben unanswered"]


def test_an_alarm_that_called_nobody_is_made_up_for(tell: Callable[..., OnCallStory]) -> None:
    story = tell()
    story.engine.step(0)
    super(OnCallStory, story).reads(8)
    with story.records.transaction() as connection:
        passed = alarm_steps.newest_number(connection)
        alarm_steps.set_passed(connection, "notifications", passed)
    story.tell()
    assert story.called == []
    story.now += 3 * MINUTE
    (told,) = audit_of(story).step()
    assert "had called nobody; it is made up for" in told
    assert story.called == ["03:00 Anna new"]


def test_an_alarm_that_is_back_has_called_where_the_policy_stops_then(tell: Callable[..., OnCallStory]) -> None:
    story = tell(replace(POLICY, goes_on=False)).reads(8)
    story.now += 3 * MINUTE
    story.reads(12)
    story.now += 3 * MINUTE
    assert audit_of(story).step() == []


def test_that_nobody_has_answered_is_told_until_somebody_does(tell: Callable[..., OnCallStory]) -> None:
    story = tell().reads(8).at("20:00")
    (told,) = audit_of(story).step()
    assert "everybody of policy Action limits was called once" in told
    story.answers()
    assert audit_of(story).step() == []
    with story.records.reading() as connection:
        assert escalations.running(connection) == []


def test_a_gap_is_told_a_week_before_it_comes_and_who_has_no_address(tell: Callable[..., OnCallStory]) -> None:
    story = tell()
    begins = datetime_of(MIDNIGHT).replace(tzinfo=None)
    weekly = Rota("first", "First", "UTC", Weekly(begins, (Shift(time(0), ("anna", "nobody.here")),)))
    later = Rota("later", "Later", "UTC", Weekly(begins.replace(year=2030), (Shift(time(0), ("anna",)),)))
    site = replace(story.site, on_call=OnCall({"first": weekly, "later": later}, (POLICY,)))
    assert instant_of(datetime.fromisoformat(f"{begins.isoformat()}Z")) == MIDNIGHT
    with story.records.reading() as connection:
        now = MIDNIGHT + DAY
        found = list(
            gaps(site, whom.duties(connection, site, now, now + AHEAD), whom.gather(connection, site, now), now)
        )
    assert [(gap.text, gap.now) for gap in found] == [
        ("nobody.here is on call in rota First, but there is no such account: from Fri 11 Oct 00:00", False),
        ("nobody is on call in rota Later: now", True),
    ]


def test_one_person_who_is_both_first_and_deputy_is_told(tell: Callable[..., OnCallStory]) -> None:
    story = tell()
    begins = datetime_of(MIDNIGHT).replace(tzinfo=None)
    rotas = {
        id: Rota(id, name, "UTC", Weekly(begins, (Shift(time(0), people),)))
        for id, name, people in (("first", "First", ("anna", "ben")), ("deputy", "Deputy", ("ben",)))
    }
    first, deputy = Step(rotas=("first",)), Step(rotas=("deputy",))
    policy = replace(POLICY, steps=(first, first, deputy, Step(everybody=True)))
    site = replace(story.site, on_call=OnCall(rotas, (policy,)))
    with story.records.reading() as connection:
        now = MIDNIGHT + DAY
        found = list(
            gaps(site, whom.duties(connection, site, now, now + AHEAD), whom.gather(connection, site, now), now)
        )
    assert [(gap.text, gap.now) for gap in found] == [
        (
            "Ben is on call in rota First and in rota Deputy: from Fri 11 Oct 00:00. "
            "Steps 2 and 3 of policy Action limits call nobody else",
            False,
        )
    ]
