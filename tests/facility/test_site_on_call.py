"""What a site file says of who is on call, and what is wrong with it in words."""

from datetime import datetime, time

import pytest

from facility.escalation import EVERYBODY, OnCall, Policy, Quiet, Step, policy_for
from facility.instants import HOUR, MINUTE, instant_of
from facility.limit import Severity
from facility.on_call import Calendar, Rota, Shift, Weekly
from facility.site_changes import decides, differences, lines
from facility.site_file import parse_site
from tests.facility.sites import SMALL, problems_of

ON_CALL = """\
on_call:
  rotas:
    - {id: first, name: First on call, handover: Monday 08:00, since: 2026-01-05, people: [ann, bob]}
    - id: deputies
      name: Deputies
      timezone: Europe/London
      calendar: https://calendar.example/deputies.ics
      accounts: {Dr. Keller: m.keller}
  policies:
    - id: action
      name: Action limits
      severities: [action]
      grades: [A, B]
      steps:
        - {rota: first, channels: [sms, mail], wait: 10 min}
        - {rota: deputies, people: [n.okafor]}
    - id: alert
      name: Alert levels
      severities: [alert]
      steps: [{everybody: true}]
      quiet: {begins: 22:00, ends: 06:00}
      when_returned: stop
  retrospective: {at: 07:30, rota: first}
"""
FILE = SMALL + ON_CALL


def test_rotas_and_policies_are_read() -> None:
    on_call = parse_site(FILE, "a").on_call
    first = Weekly(datetime.fromisoformat("2026-01-05T08:00"), (Shift(time(8), ("ann", "bob")),))
    deputies = Calendar("https://calendar.example/deputies.ics", (("Dr. Keller", "m.keller"),))
    assert on_call.rotas == {
        "first": Rota("first", "First on call", "Europe/Zurich", first),
        "deputies": Rota("deputies", "Deputies", "Europe/London", deputies),
    }
    action, alert = on_call.policies
    assert action.steps == (
        Step(("first",), channels=("sms", "mail"), wait=10 * MINUTE),
        Step(("deputies",), ("n.okafor",)),
    )
    assert (action.rounds, action.goes_on, alert.goes_on) == (3, True, False)
    assert alert.quiet == Quiet(time(22), time(6))


def test_the_first_policy_that_covers_an_alarm_is_its_policy_and_without_one_everybody_is_called() -> None:
    policies = parse_site(FILE, "a").on_call.policies
    assert policy_for(policies, Severity.ACTION, ["N"], ["B"]).id == "action"
    assert policy_for(policies, Severity.ALERT, ["N"], []).id == "alert"
    assert policy_for(policies, Severity.ACTION, ["N"], ["C"]) is EVERYBODY
    assert parse_site(SMALL, "a").on_call == OnCall()


def test_a_change_of_whom_an_alarm_calls_is_told_in_words_and_decides() -> None:
    new = FILE.replace("wait: 10 min", "wait: 5 min").replace("begins: 22:00", "begins: 21:00")
    found = differences(parse_site(FILE, "a"), parse_site(new, "b"))
    assert decides(found)
    assert lines(found) == (
        "escalation policy action: steps 1. rota first by sms or mail, then 10 min; 2. rota deputies and n.okafor, "
        "then 10 min to 1. rota first by sms or mail, then 5 min; 2. rota deputies and n.okafor, then 10 min",
        "escalation policy alert: quiet hours 22:00 to 06:00 to 21:00 to 06:00",
    )


def test_a_change_of_a_rota_is_told_in_words_and_needs_no_signature() -> None:
    new = FILE.replace("[ann, bob]", "[ann, cleo]").replace("at: 07:30", "at: 08:30")
    found = differences(parse_site(FILE, "a"), parse_site(new, "b"))
    assert not decides(found)
    assert lines(found) == (
        "rota first: each week from Monday 2026-01-05 08:00 on: ann, bob in turn to "
        "each week from Monday 2026-01-05 08:00 on: ann, cleo in turn",
        "on call: alarms found in late readings are told daily at 07:30 to rota first "
        "to daily at 08:30 to rota first",
    )


def test_a_new_policy_decides() -> None:
    found = differences(parse_site(SMALL, "a"), parse_site(FILE, "b"))
    assert decides(found)
    assert "rota first added" in lines(found)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Monday 08:00", "Tuesday 08:00", "2026-01-05 is a Monday; the handover is on Tuesday"),
        ("Monday 08:00", "Monday 8:00", "is no handover; write a day and a time, like Monday 08:00"),
        ("rota: first, channels", "rota: frist, channels", "rota frist is not described; did you mean first?"),
        ("rota: first, channels: [sms, mail], ", "", "says nobody; write one of rota, people, everybody: true"),
        ("https://", "http://", "is fetched by https only"),
        ("severities: [alert]", "severities: [alert, action]", "an action limit calls at any hour"),
        ("handover: Monday 08:00, ", "", "the key 'handover' is missing"),
        ("people: [n.okafor]}", "people: [n.okafor], wait: 0 s}", "the last step has to be given time to answer"),
        ("id: alert", "id: action", "there are two of the id action"),
        ("wait: 10 min", "wiat: 10 min", "the keys here are rota, people, everybody, channels, wait"),
        ("begins: 22:00", "begins: 25:00", "is no time of day; write hours and minutes, like 08:00"),
        ("people: [ann, bob]", "timezone: UTC", "a rota has people, or shifts"),
        ("people: [ann, bob]", "shifts: [{begins: 09:00, people: [ann]}]", "one shift must begin at the handover"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(old: str, new: str, told: str) -> None:
    assert old in FILE
    assert told in str(problems_of(FILE.replace(old, new, 1))[0])


def test_quiet_hours_go_over_midnight_and_follow_the_wall_clock() -> None:
    quiet = Quiet(time(22), time(6))

    def utc(text: str) -> int:
        return instant_of(datetime.fromisoformat(text + "Z"))

    assert quiet.until(utc("2026-01-10T20:59"), "Europe/Zurich") is None
    assert quiet.until(utc("2026-01-10T21:00"), "Europe/Zurich") == utc("2026-01-11T05:00")
    assert quiet.until(utc("2026-01-11T04:59"), "Europe/Zurich") == utc("2026-01-11T05:00")
    assert quiet.until(utc("2026-01-11T05:00"), "Europe/Zurich") is None
    night = utc("2026-03-28T21:00")
    assert quiet.until(night, "Europe/Zurich") == night + 7 * HOUR


def test_a_policy_is_for_its_own_areas() -> None:
    policy = Policy("n", "North", frozenset({Severity.ACTION}), (Step(everybody=True),), areas=("N",))
    assert policy.covers(Severity.ACTION, ["N"], []) and not policy.covers(Severity.ACTION, ["S"], ["A"])
    assert policy_for([policy], Severity.ACTION, ["S"], []) is EVERYBODY
