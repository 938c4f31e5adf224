"""What people are told of an event, and when; in which words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.notifications import back_off
from alerts.notifications.gsm import LENGTH, fitted, plain
from alerts.notifications.telling import APART, LATE_WAIT, telling, telling_late
from alerts.notifications.texts import Scene, addressed, compose, summary
from alerts.rooms import RoomStates
from facility.alarm import Held, HoldKind
from facility.instants import DAY, MINUTE, SECOND
from facility.limit import RoomState, Severity
from facility.plant_events import RoomStateSet
from facility.site_file import parse_site
from storage.records.notifications import Purpose, Recipient
from storage.records.told_alarms import Told
from tests.alerts.telling import SITE, START, answered, pressure, returned
from tests.facility.sites import SMALL

ALERT = pressure(Severity.ALERT)
ACTION = pressure()
OTHER = pressure(room="N2")
IN_OPERATION = RoomStates({"N1": RoomStateSet("N1", RoomState.IN_OPERATION, START, "plant")})
SCENE = Scene(SITE, START + MINUTE, IN_OPERATION, {"N1": ["CT-0042"]}, "https://cw.example")


def told(*alarms: object, at: int = START) -> dict[str, Told]:
    return {a.id: Told(a.severity, a.returned is None, at) for a in alarms}  # type: ignore[attr-defined]


def purpose(members: list[object], before: dict[str, Told], now: int = START + DAY) -> Purpose | None:
    found = telling("E-2025-0001", members, before, now)  # type: ignore[arg-type]
    return found.purpose if found else None


def test_an_event_is_told_once() -> None:
    assert purpose([ACTION], {}) is Purpose.NEW
    assert purpose([ACTION], told(ACTION)) is None
    assert purpose([answered(ACTION)], told(ACTION)) is None


def test_getting_worse_and_returning_are_told() -> None:
    assert purpose([ACTION], told(ALERT)) is Purpose.WORSE
    assert purpose([returned(ACTION)], told(ACTION)) is Purpose.RETURNED
    assert purpose([returned(ACTION)], told(returned(ACTION))) is None


def test_getting_worse_is_told_at_once_and_anything_else_a_minute_after_the_last_message() -> None:
    now = START + SECOND
    assert telling("E", [ACTION], told(ALERT), now).due == now  # type: ignore[union-attr]
    assert telling("E", [ACTION, OTHER], told(ACTION), now).due == START + APART  # type: ignore[union-attr]
    assert telling("E", [returned(ACTION)], told(ACTION), now).due == START + APART  # type: ignore[union-attr]


def test_another_alarm_of_an_event_and_one_that_comes_back_are_more_of_it() -> None:
    assert purpose([ACTION, OTHER], told(ACTION)) is Purpose.MORE
    assert purpose([ACTION], told(returned(ACTION))) is Purpose.MORE


def test_an_alarm_that_returned_before_anybody_was_told_is_told_all_the_same() -> None:
    assert purpose([returned(ACTION)], {}) is Purpose.NEW


def test_what_is_answered_already_or_held_or_a_task_calls_nobody() -> None:
    held = replace(ACTION, held=Held(HoldKind.SHELVED, START, START + DAY, "ann", "leak test"))
    assert purpose([answered(ACTION)], {}) is None
    assert purpose([held], {}) is None
    assert purpose([pressure(Severity.ADVISORY)], {}) is None


def test_late_alarms_are_gathered_into_a_summary() -> None:
    late = replace(ACTION, retrospective=True)
    assert telling("E", [late], {}, START) is None
    found = telling_late("E", [late], {}, START)
    assert found is not None
    assert (found.purpose, found.gathered, found.due) == (Purpose.SUMMARY, True, START + LATE_WAIT)


def test_a_late_alarm_waits_for_its_summary_while_its_event_calls() -> None:
    late = replace(OTHER, retrospective=True)
    assert purpose([ACTION, late], {}) is Purpose.NEW
    found = telling_late("E", [ACTION, late], told(ACTION), START)
    assert found is not None
    assert (found.alarms, found.due) == ((late,), START + LATE_WAIT)


def test_a_message_says_everything_that_the_person_called_needs() -> None:
    words = compose(SCENE, "E-2025-0042", [ACTION], Purpose.NEW)
    assert words.subject == (
        "ACTION N1 Filling, grade B: Pressure 8.2\u202fPa < 10.0\u202fPa since 03:12 (E-2025-0042)"
    )
    assert words.body == (
        "Excursion E-2025-0042.\n\n"
        "ACTION  N1 Filling, grade B\n"
        "  Pressure 8.2\u202fPa < 10.0\u202fPa\n"
        "  Point N1.DP1\n"
        "  Since 23 Nov 2025 03:12:30 (Europe/Zurich)\n"
        "  Worst 7.9\u202fPa\n"
        "  Why this limit: guidance value\n\n"
        "N1 Filling, grade B: in operation, batch CT-0042\n\n"
        "Answer it here:\nhttps://cw.example/excursions/E-2025-0042"
    )


def test_a_text_to_a_phone_is_one_text_with_the_number_of_the_message_at_its_end() -> None:
    words = compose(SCENE, "E-2025-0042", [ACTION], Purpose.NEW)
    message = addressed(
        words,
        id="E-2025-0042/new",
        at=START,
        purpose=Purpose.NEW,
        severity=Severity.ACTION,
        event="E-2025-0042",
        alarms=[ACTION],
        recipient=Recipient("ann", "Ann", 1, "+41"),
        site=SITE,
    )
    assert message.short == (
        "ACTION N1 Filling: Pressure 8.2 Pa < 10.0 Pa since 03:12. https://cw.example/answer#"
        f"...................... Batch CT-0042. in operation. #{message.number}"
    )
    assert f"Message {message.number} of Cleanwatch" in message.body


def test_a_message_says_what_to_do_as_the_limit_has_it_or_else_the_room() -> None:
    room = SMALL.replace("    name: Filling\n", "    name: Filling\n    response: Close the hatch.\n")
    both = room.replace(
        "against: N2}", "against: N2, limits: [{severity: action, low: 10, response: Stop filling.}]}"
    )
    for text, response in ((SMALL, None), (room, "Close the hatch."), (both, "Stop filling.")):
        words = compose(replace(SCENE, site=parse_site(text, "site.yaml")), "E-2025-0042", [ACTION], Purpose.NEW)
        assert (f"What to do: {response}" in words.body) is (response is not None)
        assert (f" {response}" in words.more) is (response is not None)


def test_worse_and_returned_say_so() -> None:
    worse = compose(SCENE, "E-2025-0042", [ACTION], Purpose.WORSE)
    back = compose(SCENE, "E-2025-0042", [returned(ACTION)], Purpose.RETURNED)
    assert worse.subject.startswith("NOW ACTION N1")
    assert "it has got worse and has reached the action limit" in worse.body
    assert back.subject.startswith("Back inside, N1")
    assert "from 03:12 to 03:17" in back.subject
    assert "Nobody has acknowledged it yet." in back.body


def test_many_events_are_told_in_one_message_with_their_number() -> None:
    many = [(f"E-2025-{n:04}", [pressure(onset=START + n)]) for n in range(40)]
    words = summary(SCENE, many, "Many alarms at once")
    assert words.subject == "ACTION: 40 alarms in 1 room, 40 at the action limit. Many alarms at once"
    assert "- and 28 more" in words.body


def test_a_summary_of_one_alarm_speaks_of_one() -> None:
    words = summary(SCENE, [("E-2025-0001", [ACTION])], "Held back until now")
    assert words.subject == "ACTION: 1 alarm in 1 room, 1 at the action limit. Held back until now"


@given(
    st.lists(st.text(max_size=200), min_size=1, max_size=3), st.text(max_size=200), st.lists(st.text(max_size=200))
)
def test_no_text_to_a_phone_is_longer_than_one_text(heads: list[str], must: str, more: list[str]) -> None:
    text = fitted(heads, must, more, " #ABC234")
    assert len(text) <= LENGTH
    assert text.endswith(" #ABC234")


def test_a_text_to_a_phone_has_its_link_and_rather_leaves_out_the_name_of_the_room() -> None:
    where, link = (
        "ACTION, more alarms B101 Aseptic processing 1: " + "x" * 58,
        " https://cw.example/answer#" + "." * 22,
    )
    text = fitted([where, where.replace(" Aseptic processing 1", "")], link, [" Batch CT-26-0467."], " #ABC234")
    assert text == f"ACTION, more alarms B101: {'x' * 58}{link} Batch CT-26-0467. #ABC234"
    assert fitted(["x" * 200], link, (), " #ABC234").endswith(f"x{link} #ABC234")


def test_signs_that_phones_have_not_are_written_otherwise() -> None:
    assert plain("≥ 0.5 µm: 3,520 /m³, Zürich, ő, 雪") == ">= 0.5 um: 3,520 /m3, Zürich, o, ?"


def test_the_wait_for_the_next_attempt_doubles_up_to_five_minutes() -> None:
    assert [back_off.wait(n, 0.0) // SECOND for n in (1, 2, 3, 7, 8, 100)] == [5, 10, 20, 300, 300, 300]
    assert back_off.wait(1, 1.0) == 6 * SECOND


@pytest.mark.parametrize(
    ("attempts", "known", "age", "over"),
    [(7, False, MINUTE, False), (8, False, MINUTE, True), (500, True, DAY - 1, False), (3, True, DAY, True)],
)
def test_what_fails_without_a_reason_is_given_up_sooner(attempts: int, known: bool, age: int, over: bool) -> None:
    assert back_off.is_over(attempts, known, START, START + age) is over
