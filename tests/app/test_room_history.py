"""What a room was doing: stretches of states, and what is told of them."""

from app.components.baked import markup
from app.components.room_history import FEW, hours, room_history_card
from app.room_history import TOLD, RoomHistory, Stretch, stretches
from facility.instants import HOUR
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from storage.records.batches import Run
from tests.app.parts import NOON, site

OPERATION, REST = RoomState.IN_OPERATION, RoomState.AT_REST


def said(state: RoomState, hours_ago: int, by: str = "plan", room: str = "B101") -> RoomStateSet:
    return RoomStateSet(room, state, NOON - hours_ago * HOUR, by)


def card(states: list[RoomStateSet], runs: list[Run] | None = None) -> str:
    history = RoomHistory(NOON - TOLD, NOON, stretches(states, NOON), runs or [], {"j.moreau": "J. Moreau"})
    return markup(room_history_card(site(), history))


def test_a_state_holds_until_the_next_and_one_that_is_said_again_goes_on() -> None:
    events = [said(REST, 2, "j.moreau"), said(OPERATION, 8), said(OPERATION, 5, "gateway")]
    assert stretches(events, NOON) == [
        Stretch(OPERATION, NOON - 8 * HOUR, NOON - 2 * HOUR, "plan"),
        Stretch(REST, NOON - 2 * HOUR, NOON, "j.moreau"),
    ]


def test_who_set_it_is_told_by_name_the_newest_first_and_the_older_unfold() -> None:
    words = card([said(OPERATION if n % 2 else REST, n, "j.moreau") for n in range(1, FEW + 3)])
    assert "In operation for 60 min, by J. Moreau" in words or "In operation for 1 h, by J. Moreau" in words
    assert "2 more in the last 7 days" in words


def test_batches_stand_beside_the_states() -> None:
    words = card(
        [said(OPERATION, 30)],
        [
            Run("CT-26-0417", "B101", NOON - 5 * HOUR, None),
            Run("CT-26-0416", "B101", NOON - 9 * HOUR, NOON - 6 * HOUR),
        ],
    )
    assert "Batch CT-26-0417, goes on" in words
    assert "Batch CT-26-0416, until 07:00" in words
    assert words.count('class="lane') == 2


def test_a_week_in_which_nothing_was_said_says_how_states_come() -> None:
    assert "Nothing was said in the last week" in card([])


def test_the_strip_is_marked_at_the_hours_of_the_site() -> None:
    assert [at - NOON for at in hours(NOON - 12 * HOUR, NOON, "Europe/Zurich")] == [-7 * HOUR, -HOUR]
