"""Who is on call, as people see and change it: the page, the operation, the command's words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import pytest

from app import on_call_acts
from app.api.on_call import OnCallAsked, who
from facility.escalation import OnCall, Policy, Step
from facility.instants import DAY, HOUR
from facility.limit import Severity
from facility.on_call import Rota, Shift, Weekly
from facility.people import Actor
from facility.roles import Role
from storage.records import channels, contacts, escalations, on_call
from storage.records.channels import Address
from storage.records.escalations import Escalation, Rung, Snapshot, Standing, State
from storage.records.people import accounts
from tests.app.house import House, house
from tests.app.parts import NOON, site
from tests.people import MOREAU

ROTA = Rota(
    "first",
    "First on call",
    "UTC",
    Weekly(datetime.fromisoformat("2026-11-02T08:00"), (Shift(time(8), ("s.brandt", "j.moreau")),)),
)
POLICY = Policy("action", "Action limits", frozenset({Severity.ACTION}), (Step(rotas=("first",)),))
RUNNING = Escalation(
    0,
    "main",
    "E-2026-0042",
    Severity.ACTION,
    Snapshot("action", "Action limits", (Rung("rota first", (), HOUR),), 3, True, None, "UTC"),
    {"B101.DP1/low/1": Standing.OUTSIDE},
    NOON,
    next_due=NOON + HOUR,
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, replace(site(), on_call=OnCall({"first": ROTA}, (POLICY,)))) as found:
        with found.records.transaction() as connection:
            setup = Actor("setup")
            sms = channels.add(connection, NOON, setup, "sms", Address("sms", "sms://", "x", True, True))
            for account, role in (("s.brandt", Role.QA), ("j.moreau", Role.OPERATOR), ("l.rossi", Role.VIEWER)):
                accounts.make(connection, NOON, setup, account, name=account.title(), role=role)
                contacts.set(connection, NOON, setup, account, sms.id, "+41790000000")
        found.person = MOREAU
        yield found


def swap(home: House, person: str, start: str, end: str, reason: str) -> str:
    state = {"rota.data": "first", "person.value": person, "start.value": start, "end.value": end}
    values = [(f"swap-{name}", value) for name, value in {**state, "reason.value": reason}.items()]
    output = next(
        output for output in home.app.callback_map if output.startswith("..swap.opened") and "content" in output
    )
    return str(home.call(output, [("swap-send.n_clicks", 1)], values).text)


def test_the_page_says_who_has_the_call_and_whom_an_alarm_calls(home: House) -> None:
    drawn = home.page("/on-call")
    assert "First on call: S.Brandt until Mon 23 Nov 08:00." in drawn
    assert "Nobody is being called. Every alarm is answered." in drawn
    assert "rota first, then 10 min" in drawn


def test_a_swap_is_made_with_a_reason_shown_and_withdrawn(home: House) -> None:
    assert "Say why" in swap(home, "j.moreau", "2026-11-23T20:00", "2026-11-24T06:00", " ")
    assert "may not acknowledge" in swap(home, "l.rossi", "2026-11-23T20:00", "2026-11-24T06:00", "x")
    assert "from when and until when" in swap(home, "j.moreau", "", "2026-11-24T06:00", "x")
    assert "concert" in swap(home, "j.moreau", "2026-11-23T20:00", "2026-11-24T06:00", "concert")
    with home.records.reading() as connection:
        (made,) = on_call.overrides(connection, NOON, NOON + 14 * DAY)
    assert (made.account, made.by) == ("j.moreau", MOREAU.account)
    on_call_acts.withdraw(home.context, made.number, "called off")
    assert "concert. Withdrawn by J.Moreau: called off" in home.page("/on-call")
    with home.records.reading() as connection:
        assert on_call.overrides(connection, NOON, NOON + 14 * DAY) == []


def test_a_swap_begins_as_the_rest_of_the_duty_that_runs_by_the_clock_of_the_rota(home: House) -> None:
    home.time.now = NOON + 90_000
    assert on_call_acts.rest_of_duty(home.context, "first") == ("2026-11-22 12:01:00", "2026-11-23 08:00:00")


def test_a_program_asks_who_is_on_call(home: House) -> None:
    home.time.now = NOON
    with home.records.transaction() as connection:
        on_call.override(connection, NOON, MOREAU, "first", "j.moreau", NOON, NOON + HOUR, "dentist")
    answer = who(home.context, OnCallAsked())
    assert [(duty.account, duty.override, duty.until) for duty in answer.duties] == [("j.moreau", True, NOON + HOUR)]
    later = who(home.context, OnCallAsked(at="2026-11-23T08:00:00Z"))
    assert [duty.account for duty in later.duties] == ["j.moreau"]


def test_who_only_looks_cannot_swap(home: House) -> None:
    home.person = replace(MOREAU, role=Role.VIEWER)
    assert '"disabled": true' in home.page("/on-call")
    assert "you need the role" in swap(home, "j.moreau", "2026-11-23T20:00", "2026-11-24T06:00", "x")
    with home.records.reading() as connection:
        assert on_call.overrides(connection, NOON, NOON + 14 * DAY) == []


def test_what_is_being_called_is_shown_with_the_next_step_and_what_nobody_answered(home: House) -> None:
    with home.records.transaction() as connection:
        saved = escalations.save(connection, RUNNING)
    assert "E-2026-0042" in home.page("/on-call") and "round 1 of 3" in home.page("/on-call")
    with home.records.transaction() as connection:
        escalations.save(connection, replace(saved, state=State.EXHAUSTED, next_due=None))
    assert "Nobody has answered" in home.page("/on-call")
    home.person = replace(MOREAU, areas=frozenset({"elsewhere"}))
    assert "E-2026-0042" not in home.page("/on-call")
