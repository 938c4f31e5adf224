"""What a site file becomes, with the defaults filled in."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from facility.instants import DAY, HOUR, MINUTE, SECOND
from facility.limit import ALL_ROOM_STATES, Consecutive, Limit, RoomState, Severity, Side
from facility.site import CascadeStep, Door, Grade, IsoClass, Rectangle
from facility.site_errors import SiteFileError
from facility.site_file import load_site, parse_site
from tests.facility.sites import SMALL, changed

PARTICLES = "- {quantity: particles, size: 0.5}"


def limits_of(text: str, point: str) -> tuple[Limit, ...]:
    return parse_site(text, "north.yaml").points[point].limits


def with_particle_limits(*limits: str) -> str:
    return changed((PARTICLES, f"- {{quantity: particles, size: 0.5, limits: [{', '.join(limits)}]}}"))


def test_a_site_file_becomes_a_site() -> None:
    site = parse_site(SMALL, "north.yaml")
    assert (site.id, site.name, site.timezone, site.simulated) == ("north", "North", "Europe/Zurich", False)
    assert list(site.rooms) == ["N1", "N2", "Z1"]
    assert site.rooms["N1"].plan == Rectangle(0, 0, 10, 10)
    assert site.doors == (Door(("N1", "N2")),)
    assert site.text == SMALL


def test_a_workstation_is_a_room_inside_its_room() -> None:
    assert parse_site(SMALL, "").rooms["Z1"].inside == "N1"


def test_a_room_belongs_to_the_only_area() -> None:
    assert {room.area for room in parse_site(SMALL, "").rooms.values()} == {"N"}


def test_a_room_may_have_an_iso_class_in_steps_of_one_half() -> None:
    site = parse_site(changed(("grade: C", "iso_class: 7.5")), "")
    assert site.rooms["N2"].classification == IsoClass(7.5)


def test_a_point_is_named_after_its_instrument_and_particles_after_their_size_too() -> None:
    assert list(parse_site(SMALL, "").points) == ["N1.PC1.p0_5", "N1.PC1.p5_0", "N1.DP1", "N1.T1", "N1.VA1"]


def test_a_point_may_have_an_id_and_a_name_of_its_own() -> None:
    site = parse_site(changed((PARTICLES, "- {id: fine, name: Fine dust, quantity: particles, size: 0.5}")), "")
    assert site.points["fine"].name == "Fine dust"


def test_an_instrument_keeps_its_serial_number_to_the_letter() -> None:
    counter = parse_site(SMALL, "").instruments["N1.PC1"]
    assert (counter.serial, counter.calibration_due, counter.nominal_volume) == ("0042", date(2030, 3, 14), 28.3)


def test_an_interval_is_read_with_its_unit() -> None:
    instruments = parse_site(SMALL, "").instruments
    assert instruments["N1.PC1"].interval == 60 * SECOND
    assert instruments["N1.VA1"].interval == DAY


def test_a_pressure_point_against_another_room_is_a_step_of_the_cascade() -> None:
    assert parse_site(SMALL, "").cascade == (CascadeStep("N1.DP1", "N1", "N2"),)


def test_a_pressure_point_against_the_outside_has_no_lower_room() -> None:
    outside = changed(("against: N2", "against: outside"))
    assert parse_site(outside, "").cascade == (CascadeStep("N1.DP1", "N1", None),)


def test_silence_is_an_alarm_after_three_intervals_and_not_before_30_seconds() -> None:
    points = parse_site(SMALL, "").points
    assert points["N1.PC1.p0_5"].silent_after == 3 * MINUTE
    assert points["N1.DP1"].silent_after == 30 * SECOND


def test_silence_of_viable_air_is_no_alarm() -> None:
    assert parse_site(SMALL, "").points["N1.VA1"].silent_after is None


def test_a_site_says_itself_when_silence_is_an_alarm() -> None:
    assert (
        parse_site(changed(("interval: 5 s", "interval: 5 s\n        silent_after: 2 min")), "")
        .points["N1.DP1"]
        .silent_after
        == 2 * MINUTE
    )
    assert (
        parse_site(changed(("interval: 5 s", "interval: 5 s\n        silent_after: never")), "")
        .points["N1.DP1"]
        .silent_after
        is None
    )


@pytest.mark.parametrize(
    ("room_class", "severity"),
    [
        ("grade: A", Severity.ACTION),
        ("grade: B", Severity.ACTION),
        ("grade: C", Severity.ALERT),
        ("iso_class: 5", Severity.ALERT),
    ],
)
def test_a_broken_instrument_calls_for_action_in_grades_a_and_b(room_class: str, severity: Severity) -> None:
    assert parse_site(changed(("grade: B", room_class)), "").points["N1.T1"].fault_severity is severity


def test_a_site_says_itself_how_bad_a_broken_instrument_is() -> None:
    alert = changed(("interval: 5 s", "interval: 5 s\n        fault_severity: alert"))
    assert parse_site(alert, "").points["N1.DP1"].fault_severity is Severity.ALERT


def test_without_a_word_the_limits_of_annex_1_hold_in_a_graded_room() -> None:
    limits = limits_of(SMALL, "N1.PC1.p0_5")
    assert {(limit.value, limit.source) for limit in limits} == {
        (352_000, "EU GMP Annex 1:2022, Table 5"),
        (3_520, "EU GMP Annex 1:2022, Table 5"),
    }


def test_without_a_word_the_limits_of_iso_14644_hold_in_a_room_with_an_iso_class() -> None:
    (limit,) = limits_of(changed(("grade: B", "iso_class: 7")), "N1.PC1.p0_5")
    assert (limit.value, limit.source) == (352_000, "ISO 14644-1:2015, Table 1")


def test_a_room_with_two_standards_keeps_the_stricter_limit() -> None:
    two = changed(("grade: B", "iso_class: 5\n    standards: [fda2004, usp797]"))
    (limit,) = limits_of(two, "N1.VA1")
    assert (limit.value, limit.operator, limit.source) == (1, "≥", "FDA Aseptic Processing Guidance 2004, Table 1")


def test_a_cell_that_the_standard_leaves_open_is_no_limit() -> None:
    for state in ALL_ROOM_STATES - {RoomState.AT_REST, RoomState.NOT_IN_USE}:
        limits = limits_of(changed(("grade: B", "grade: D")), "N1.PC1.p0_5")
        assert not any(state in limit.room_states for limit in limits)


def test_an_unclassified_room_has_no_limits_but_its_own() -> None:
    unclassified = changed(("    grade: B\n", ""))
    assert limits_of(unclassified, "N1.PC1.p0_5") == ()
    assert len(limits_of(unclassified, "N1.T1")) == 2


def test_a_step_between_grades_has_the_least_pressure_of_annex_1() -> None:
    (limit,) = limits_of(SMALL, "N1.DP1")
    assert (limit.side, limit.value) == (Side.LOW, 10)


def test_a_step_within_a_grade_has_no_limit_by_default() -> None:
    assert limits_of(changed(("grade: C", "grade: B")), "N1.DP1") == ()


def test_a_limit_entry_with_two_sides_makes_two_limits() -> None:
    low, high = limits_of(SMALL, "N1.T1")
    expected = Limit(Severity.ALERT, Side.LOW, 18, on_delay=10 * MINUTE, deadband=0.3, rationale="slow")
    assert low == expected
    assert high == replace(expected, side=Side.HIGH, value=23)


def test_a_stricter_limit_of_the_site_stands_in_place_of_the_standard_in_its_room_states() -> None:
    limits = limits_of(with_particle_limits("{severity: action, high: 3000, room_states: [at rest]}"), "N1.PC1.p0_5")
    by_state = {state: limit.value for limit in limits for state in limit.room_states}
    assert by_state == {RoomState.IN_OPERATION: 352_000, RoomState.AT_REST: 3_000, RoomState.NOT_IN_USE: 3_520}


def test_a_limit_like_the_standards_may_have_a_delay_or_ask_for_several_in_a_row_with_a_reason() -> None:
    text = with_particle_limits(
        "{severity: action, high: 3520, rule: 2 in a row, room_states: [at rest, not in use], rationale: 'note 2'}"
    )
    resting = next(limit for limit in limits_of(text, "N1.PC1.p0_5") if RoomState.AT_REST in limit.room_states)
    assert resting.rule == Consecutive(2)
    assert resting.source == "site"


def test_an_alert_level_stands_beside_the_action_limit() -> None:
    text = with_particle_limits("{severity: alert, high: 100000, room_states: [in operation]}")
    in_operation = [x for x in limits_of(text, "N1.PC1.p0_5") if RoomState.IN_OPERATION in x.room_states]
    assert [(limit.severity, limit.value) for limit in in_operation] == [
        (Severity.ALERT, 100_000),
        (Severity.ACTION, 352_000),
    ]


def test_a_looser_limit_is_taken_with_the_reason_why_the_standard_does_not_apply() -> None:
    text = with_particle_limits(
        "{severity: action, high: 500000, room_states: [in operation], standard_does_not_apply: powder}"
    )
    limits = limits_of(text, "N1.PC1.p0_5")
    in_operation = next(limit for limit in limits if RoomState.IN_OPERATION in limit.room_states)
    assert (in_operation.value, in_operation.rationale, in_operation.exempt) == (500_000, "", "powder")
    assert {limit.exempt for limit in limits if limit != in_operation} == {""}


def test_own_limits_stand_beside_those_of_a_limit_set() -> None:
    text = changed(("limit_set: climate}", "limit_set: climate, limits: [{severity: action, high: 24}]}"))
    assert [limit.value for limit in limits_of(text, "N1.T1")] == [18, 23, 24]


def test_an_own_limit_stands_in_place_of_the_one_in_the_limit_set_in_its_room_states() -> None:
    own = "{severity: alert, high: 24, room_states: [cleaning]}"
    limits = limits_of(changed(("limit_set: climate}", f"limit_set: climate, limits: [{own}]}}")), "N1.T1")
    high = {state: limit.value for limit in limits if limit.side is Side.HIGH for state in limit.room_states}
    assert high == dict.fromkeys(RoomState, 23) | {RoomState.CLEANING: 24}


def test_an_own_alert_level_is_not_held_against_the_action_limit_that_it_does_not_replace() -> None:
    own = "{severity: action, low: 16, high: 22}, {severity: alert, high: 21}"
    limits = limits_of(changed(("limit_set: climate}", f"limit_set: climate, limits: [{own}]}}")), "N1.T1")
    assert [limit.value for limit in limits] == [18, 21, 16, 22]


def test_a_grade_is_read_from_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "north.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_site(path).rooms["N1"].classification is Grade.B


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError, match=r"missing\.yaml:1: cannot be read: No such file"):
        load_site(tmp_path / "missing.yaml")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "photo.yaml"
    path.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(SiteFileError, match="is not UTF-8 text"):
        load_site(path)


def test_a_slow_instrument_is_given_the_time_to_be_found_frozen() -> None:
    slow = parse_site(changed(("interval: 5 s", "interval: 10 min")), "north.yaml").points["N1.DP1"].conditions.frozen
    quick = parse_site(SMALL, "north.yaml").points["N1.DP1"].conditions.frozen
    assert slow is not None and quick is not None
    assert (slow.after, quick.after) == (200 * MINUTE, HOUR)
