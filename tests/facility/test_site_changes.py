"""What a new site file changes, in words that an approver understands; nothing goes unsaid."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from facility.causes import Cause, Which
from facility.conditions import Conditions, Frozen, Invalid, Rate
from facility.escalation import EVERYBODY, OnCall
from facility.excursion import Grouping
from facility.instants import HOUR, MINUTE, SECOND
from facility.limit import EXEMPT, Consecutive, Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.retention import Retention
from facility.site import Area, Door, Grade, IsoClass, Rectangle, Site, Station
from facility.site_changes import Kind, decides, differences
from facility.site_changes import lines as lines_of
from facility.site_file import parse_site
from facility.suppression import Suppression
from tests.facility.sites import SMALL, changed

SITE = parse_site(SMALL, "north.yaml")


def after(*replacements: tuple[str, str]) -> tuple[str, ...]:
    return told(SITE, parse_site(changed(*replacements), "north.yaml"))


def told(old: Site | None, new: Site) -> tuple[str, ...]:
    return lines_of(differences(old, new))


def with_limits(*limits: Limit) -> Site:
    points = {**SITE.points, "N1.DP1": replace(SITE.points["N1.DP1"], limits=limits)}
    return replace(SITE, points=points)


PRESSURE = Limit(Severity.ACTION, Side.LOW, 10, on_delay=30 * SECOND)


def test_the_same_site_has_no_differences() -> None:
    assert told(SITE, parse_site(SMALL, "north.yaml")) == ()


def test_comments_and_the_order_of_rooms_are_no_difference() -> None:
    start, end = SMALL.index("  - id: N2\n"), SMALL.index("  - id: Z1\n")
    moved = "# moved\n" + SMALL[:start] + SMALL[end : SMALL.index("doors:")] + SMALL[start:end] + "doors:\n"
    moved += "  - {between: [N2, N1]}\n"
    assert told(SITE, parse_site(moved, "")) == ()


def test_the_first_site_is_described_in_one_line() -> None:
    assert told(None, SITE) == ("site north described for the first time: 3 rooms, 4 instruments, 5 points",)


def test_a_limit_that_is_changed_is_told_with_old_and_new_value_and_delay() -> None:
    before = with_limits(PRESSURE)
    now = with_limits(replace(PRESSURE, value=8, on_delay=60 * SECOND))
    assert told(before, now) == ("N1.DP1 action low: 10 Pa to 8 Pa, on-delay 30 s to 1 min",)


def test_a_limit_of_some_room_states_is_told_with_them() -> None:
    resting = replace(PRESSURE, room_states=frozenset({RoomState.AT_REST}))
    before, now = with_limits(PRESSURE, resting), with_limits(PRESSURE, replace(resting, deadband=1.5))
    assert told(before, now) == ("N1.DP1 action low (at rest): deadband 0 Pa to 1.5 Pa",)


def test_room_states_that_a_limit_gains_are_told() -> None:
    resting = replace(PRESSURE, room_states=frozenset({RoomState.AT_REST}))
    now = with_limits(replace(resting, room_states=frozenset({RoomState.AT_REST, RoomState.CLEANING})))
    (line,) = told(with_limits(resting), now)
    assert line == "N1.DP1 action low (at rest, cleaning): room states at rest to at rest, cleaning"


def test_a_limit_that_is_added_or_removed_is_told_whole() -> None:
    high = Limit(Severity.ALERT, Side.HIGH, 3_520_000, reached=True, rule=Consecutive(2), on_delay=MINUTE)
    assert told(with_limits(), with_limits(high)) == ("N1.DP1 alert high ≥ 3,520,000 Pa, 2 in a row, 1 min added",)
    assert told(with_limits(high), with_limits()) == ("N1.DP1 alert high ≥ 3,520,000 Pa, 2 in a row, 1 min removed",)


def test_rooms_points_and_instruments_are_added_and_retired_by_name() -> None:
    lines = after(
        ("      - id: N1.T1\n        name: Temperature\n", "      - id: N1.T2\n        name: Temperature\n"),
        ("rooms:\n", "rooms:\n  - {id: N9, name: Store, plan: {x: 20, y: 0, width: 5, height: 5}}\n"),
    )
    assert lines == (
        "room N9 added",
        "instrument N1.T1 retired",
        "instrument N1.T2 added",
        "point N1.T1 retired",
        "point N1.T2 added: alert low < 18 °C, 10 min; alert high > 23 °C, 10 min",
    )


def test_a_room_of_another_grade_is_told_with_the_limits_that_follow_from_it() -> None:
    lines = after(("grade: B", "grade: C"))
    assert "room N1: classification grade B to grade C" in lines
    assert any(
        line.startswith("N1.PC1.p0_5 action high (in operation): 352,000 /m³ to 3,520,000 /m³") for line in lines
    )
    assert any(line.startswith("N1.DP1 action low < 10 Pa") and line.endswith(" removed") for line in lines)


def test_another_calibration_date_is_told() -> None:
    assert after(("2030-03-14", "2031-03-12")) == ("instrument N1.PC1: calibration due 2030-03-14 to 2031-03-12",)


def test_an_alarm_of_silence_that_is_switched_off_is_told() -> None:
    lines = after(("interval: 5 s", "interval: 5 s\n        silent_after: never"))
    assert lines == ("point N1.DP1: silent after 30 s to none",)


def test_a_step_against_another_room_is_told() -> None:
    assert after(("against: N2", "against: outside")) == (
        "point N1.DP1: name 'Step to N2' to 'Room pressure'",
        "pressure point N1.DP1 from N1 to N2 removed",
        "pressure point N1.DP1 from N1 to outside added",
    )


OTHER_SITES = [
    replace(SITE, id="south"),
    replace(SITE, name="South"),
    replace(SITE, timezone="UTC"),
    replace(SITE, language="de"),
    replace(SITE, areas=(Area("N", "Other"),)),
    replace(SITE, rooms={}),
    replace(SITE, doors=()),
    replace(SITE, instruments={}),
    replace(SITE, points={}),
    replace(SITE, cascade=()),
    replace(SITE, simulated=True),
    replace(SITE, retention=Retention(10, 30, "traceability")),
    replace(SITE, stations=(Station("main", ("N",)),)),
    replace(SITE, on_call=OnCall(policies=(EVERYBODY,))),
    replace(SITE, causes=(Cause("pressure", "Pressure is lost", Which(), Which(), SECOND),)),
    replace(
        SITE,
        suppressions=(
            Suppression("cleaning", "Being cleaned", frozenset({RoomState.CLEANING}), Which(), Severity.ALERT),
        ),
    ),
    replace(SITE, grouping=Grouping(same_room=SECOND)),
]
"""A site for each field, in which that field is another. `text` is kept beside and not compared."""
COMPARED = [field.name for field in fields(Site) if field.compare]


def test_every_field_of_a_site_is_compared() -> None:
    assert len(OTHER_SITES) == len(COMPARED)


@pytest.mark.parametrize("other", OTHER_SITES, ids=COMPARED)
def test_a_site_with_any_field_changed_differs_in_both_directions(other: Site) -> None:
    assert told(SITE, other)
    assert told(other, SITE)


CHANGED_FIELDS: list[tuple[str, str, str, Any]] = [
    ("rooms", "N1", "name", "Other"),
    ("rooms", "N1", "area", "M"),
    ("rooms", "N1", "classification", IsoClass(7.5)),
    ("rooms", "N1", "classification", None),
    ("rooms", "N1", "plan", Rectangle(0, 0, 10, 10.5)),
    ("rooms", "Z1", "inside", None),
    ("rooms", "N1", "state_unknown_after", None),
    ("rooms", "N1", "response", "Close the hatch."),
    ("instruments", "N1.PC1", "name", "Other"),
    ("instruments", "N1.PC1", "room", "N2"),
    ("instruments", "N1.PC1", "serial", None),
    ("instruments", "N1.PC1", "calibration_due", date(2040, 1, 1)),
    ("instruments", "N1.PC1", "interval", 30 * SECOND),
    ("instruments", "N1.PC1", "nominal_volume", None),
    ("points", "N1.PC1.p0_5", "name", "Other"),
    ("points", "N1.PC1.p0_5", "room", "N2"),
    ("points", "N1.PC1.p0_5", "instrument", "N1.T1"),
    ("points", "N1.PC1.p0_5", "quantity", Quantity.CO2),
    ("points", "N1.PC1.p0_5", "size", 0.3),
    ("points", "N1.PC1.p0_5", "limits", ()),
    ("points", "N1.PC1.p0_5", "silent_after", None),
    ("points", "N1.PC1.p0_5", "fault_severity", Severity.ALERT),
    ("points", "N1.PC1.p0_5", "conditions", Conditions(frozen=Frozen(HOUR, 0.5))),
    ("points", "N1.PC1.p0_5", "conditions", Conditions(rate=Rate(5, MINUTE, Severity.ALERT))),
    ("points", "N1.PC1.p0_5", "conditions", Conditions(invalid=Invalid(3, HOUR))),
    ("points", "N1.PC1.p0_5", "conditions", Conditions(range=(0, 1000))),
    ("points", "N1.PC1.p0_5", "conditions", Conditions(reversal=Limit(Severity.ACTION, Side.LOW, 0))),
]


@pytest.mark.parametrize(("kind", "id", "field", "value"), CHANGED_FIELDS)
def test_any_field_of_a_room_instrument_or_point_that_changes_is_told(
    kind: str, id: str, field: str, value: Any
) -> None:
    things = getattr(SITE, kind)
    other = replace(SITE, **{kind: things | {id: replace(things[id], **{field: value})}})
    lines = told(SITE, other)
    assert lines
    assert all(id in line for line in lines)


def test_the_list_of_fields_above_is_complete() -> None:
    named = {(kind, field) for kind, _, field, _ in CHANGED_FIELDS}
    for kind in ("rooms", "instruments", "points"):
        thing = next(iter(getattr(SITE, kind).values()))
        assert {(kind, field.name) for field in fields(thing) if field.name != "id"} <= named


@pytest.mark.parametrize(
    "other",
    [
        replace(PRESSURE, severity=Severity.ALERT),
        replace(PRESSURE, side=Side.HIGH),
        replace(PRESSURE, value=10.25),
        replace(PRESSURE, reached=True),
        replace(PRESSURE, on_delay=0),
        replace(PRESSURE, off_delay=1),
        replace(PRESSURE, deadband=0.5),
        replace(PRESSURE, rule=Consecutive(2)),
        replace(PRESSURE, at_once=5),
        replace(PRESSURE, latched=True),
        replace(PRESSURE, room_states=frozenset({RoomState.CLEANING})),
        replace(PRESSURE, source="EU GMP Annex 1:2022, 4.14"),
        replace(PRESSURE, rationale="doors"),
        replace(PRESSURE, response="Close the door."),
        replace(PRESSURE, exempt="powder"),
    ],
    ids=[field.name for field in fields(Limit)],
)
def test_any_field_of_a_limit_that_changes_is_told(other: Limit) -> None:
    assert told(with_limits(PRESSURE), with_limits(other))


def test_a_standard_that_no_longer_applies_is_told_with_its_reason() -> None:
    (line,) = told(with_limits(PRESSURE), with_limits(replace(PRESSURE, value=8, exempt="Powder is weighed here")))
    assert line == f"N1.DP1 action low {EXEMPT}: 10 Pa to 8 Pa, because 'Powder is weighed here'"


def test_doors_that_come_and_go_are_told() -> None:
    other = replace(SITE, doors=(Door(("Z1", "N1")),))
    assert told(SITE, other) == ("door between N1 and N2 removed", "door between N1 and Z1 added")


def test_a_grade_is_told_by_its_letter() -> None:
    rooms = {**SITE.rooms, "N1": replace(SITE.rooms["N1"], classification=Grade.A)}
    assert told(SITE, replace(SITE, rooms=rooms)) == ("room N1: classification grade B to grade A",)


def test_each_difference_names_its_object_field_old_and_new() -> None:
    before, now = with_limits(PRESSURE), with_limits(replace(PRESSURE, value=8, on_delay=60 * SECOND))
    found = [(d.kind, d.object, d.field, d.old, d.new) for d in differences(before, now)]
    assert found == [
        (Kind.LIMIT, "N1.DP1 action low", "value", "10 Pa", "8 Pa"),
        (Kind.LIMIT, "N1.DP1 action low", "on_delay", "30 s", "1 min"),
    ]


DECISIVE = {
    ("rooms", "classification"),
    ("rooms", "inside"),
    ("points", "room"),
    ("points", "instrument"),
    ("points", "quantity"),
    ("points", "size"),
    ("points", "limits"),
    ("points", "silent_after"),
    ("points", "fault_severity"),
    ("points", "conditions"),
    ("rooms", "state_unknown_after"),
}


@pytest.mark.parametrize(("kind", "id", "field", "value"), CHANGED_FIELDS)
def test_what_an_alarm_depends_on_decides_and_names_and_places_do_not(
    kind: str, id: str, field: str, value: Any
) -> None:
    things = getattr(SITE, kind)
    other = replace(SITE, **{kind: things | {id: replace(things[id], **{field: value})}})
    assert decides(differences(SITE, other)) == ((kind, field) in DECISIVE)


def test_a_point_or_room_that_comes_or_goes_decides_and_a_door_does_not() -> None:
    assert decides(differences(SITE, replace(SITE, points={})))
    assert decides(differences(replace(SITE, rooms={}), SITE))
    assert not decides(differences(SITE, replace(SITE, doors=())))
    assert decides(differences(SITE, replace(SITE, simulated=True)))
