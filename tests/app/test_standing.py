"""What is told beside a standing alarm: who is called next, its excursion, and that there are more than are drawn."""

from dataclasses import replace
from xml.sax.saxutils import unescape

from plotly.io.json import to_json_plotly

from app.components.alarm_history import history_table
from app.components.baked import markup
from app.components.room_alarms import MOST as MOST_BANDS
from app.components.room_alarms import room_alarms
from app.components.standing_alarms import standing_table
from app.next_calls import NextCall, next_calls
from app.standing import MOST, Standing
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import HOUR, MINUTE
from facility.limit import Severity
from storage.records.escalations import Escalation, Rung, Snapshot, State
from storage.records.escalations import Standing as Waits
from storage.records.notifications import Recipient
from tests.app.parts import NOON, site

ALARM = Alarm(
    "B101.DP1", "B101", Condition.LOW, Severity.ACTION, AlarmState.UNACKNOWLEDGED, NOON - MINUTE, NOON, limit=36.0
)
KELLER = Recipient("m.keller", "M. Keller", 1, "+41790000000")
CALLING = Escalation(
    7,
    "main",
    "E-2026-0042",
    Severity.ACTION,
    Snapshot("action", "Action limits", (Rung("on call", (KELLER,), HOUR),), 3, True, None, "UTC"),
    {ALARM.id: Waits.OUTSIDE, "B102.T1/high/1": Waits.ANSWERED},
    NOON,
    next_due=NOON + 3 * MINUTE,
)


def drawn(**beside: object) -> str:
    standing = replace(Standing(site(), NOON, [ALARM], answering=True), **beside)  # type: ignore[arg-type]
    return unescape(markup(standing_table(standing)), {"&quot;": '"'})


def test_only_alarms_that_wait_for_an_answer_have_a_next_call() -> None:
    assert next_calls([CALLING], NOON) == {ALARM.id: NextCall(NOON + 3 * MINUTE, ("M. Keller",))}


def test_it_is_told_when_everybody_was_called_when_the_calls_end_and_when_nobody_makes_them() -> None:
    exhausted = next_calls([replace(CALLING, state=State.EXHAUSTED, next_due=None)], NOON)
    last = next_calls([replace(CALLING, round=3)], NOON)
    overdue = next_calls([CALLING], NOON + HOUR)
    assert "Everybody was called, and nobody has answered." in drawn(calls=exhausted)
    assert "it is told that nobody has answered" in drawn(calls=last)
    assert "A call is overdue" in drawn(calls=overdue, now=NOON + HOUR)


def test_the_next_call_and_the_excursion_stand_beside_the_state_in_the_list_and_in_the_room() -> None:
    calls, numbers = next_calls([CALLING], NOON), {ALARM.id: "E-2026-0042"}
    band = room_alarms(Standing(site(), NOON, [ALARM], calls=calls, excursions=numbers), site().rooms["B101"])
    for words in (drawn(calls=calls, excursions=numbers), markup(band)):
        assert "Next call 13:03, M. Keller" in words
        assert 'href="/excursions/E-2026-0042"' in words


def test_of_an_alarm_that_is_answered_nobody_is_called() -> None:
    answered = replace(ALARM, state=AlarmState.ACKNOWLEDGED)
    assert "Next call" not in drawn(found=[answered], calls={answered.id: NextCall(NOON, ("M. Keller",))})


def test_of_a_flood_so_many_are_drawn_and_the_others_counted() -> None:
    flood = [replace(ALARM, onset=NOON - n) for n in range(MOST + 4_800)]
    words = drawn(found=flood)
    assert words.count("data-alarm") == MOST
    assert "And 4,800 more" in words
    bands = room_alarms(Standing(site(), NOON, flood), site().rooms["B101"])
    assert len(bands) == MOST_BANDS + 1
    assert "4,988 more alarms stand here, 4,988 of them not acknowledged" in markup(bands[-1])


def test_a_history_without_alarms_says_so() -> None:
    assert "No alarm is found." in markup(history_table(site(), [], NOON))


def test_a_long_list_is_no_more_components_than_a_short_one() -> None:
    few, many = ([replace(ALARM, onset=NOON - n) for n in range(number)] for number in (1, 60))

    def components(found: list[Alarm]) -> int:
        standing = standing_table(Standing(site(), NOON, found, answering=True), choosing=True)
        history = history_table(site(), found, NOON, annotating=True)
        return str(to_json_plotly([standing, history])).count('"namespace"')

    assert components(many) == components(few)
