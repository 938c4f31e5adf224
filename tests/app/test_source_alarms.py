"""How an alarm of a source is told where others tell their point and room."""

from dash.development.base_component import Component

from app.components.alarm_words import alarm_chip, limit_words, point_words, room_link
from app.components.baked import markup
from app.components.standing_alarms import standing_table
from app.standing import Standing
from facility.alarm import Alarm, AlarmState, Blinded, Condition, of_source
from facility.limit import Severity
from tests.app.parts import NOON, site

BLINDS = (Blinded("B101.DP1", "B101"), Blinded("B101.DP2", "B101"), Blinded("B102.T1", "B102"))


def lost(*blinds: Blinded) -> Alarm:
    return Alarm(
        point=of_source("gw-1"),
        room=blinds[0].room if blinds else "",
        condition=Condition.SOURCE_LOST,
        severity=Severity.ACTION,
        state=AlarmState.UNACKNOWLEDGED,
        onset=NOON,
        raised=NOON,
        blinds=blinds,
    )


def words(component: Component | str) -> str:
    """All text in a component."""
    if isinstance(component, str):
        return component
    children = getattr(component, "children", None) or []
    parts = children if isinstance(children, list | tuple) else [children]
    return "".join(words(part) for part in parts if isinstance(part, Component | str))


def test_it_is_told_by_the_name_of_the_source_and_by_what_it_blinds() -> None:
    alarm = lost(*BLINDS)
    assert point_words(site(), alarm.point) == "Source gw-1"
    assert limit_words(site(), alarm) == "three points not heard"
    assert words(room_link(site(), alarm)) == "B101 Aseptic processing 1, and one more room"
    assert words(alarm_chip(alarm)) == "SOURCE LOST"


def test_one_through_which_nothing_was_heard_yet_has_no_room() -> None:
    assert room_link(site(), lost()) == ""
    assert limit_words(site(), lost()) == "no point was heard through it"


def test_it_stands_in_the_table_of_standing_alarms() -> None:
    assert "Source gw-1" in markup(standing_table(Standing(site(), NOON, [lost(*BLINDS)], answering=True)))
