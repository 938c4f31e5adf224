"""Mistakes in a site file: where they are, what is wrong, and what would be right. All of them at once."""

import pytest

from facility.site_file import parse_site
from tests.facility.sites import SMALL, changed, problem_of, problems_of

PARTICLES = "- {quantity: particles, size: 0.5}"
PRESSURE = "- {quantity: differential_pressure, against: N2}"
COUNTER = "rooms[N1].instruments[N1.PC1]"
STEP = "rooms[N1].instruments[N1.DP1]"
CLIMATE = "rooms[N1].instruments[N1.T1].points[1]"


def with_limits(*limits: str) -> str:
    return changed((PARTICLES, f"- {{quantity: particles, size: 0.5, limits: [{', '.join(limits)}]}}"))


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("grade: C", "grade: E", "rooms[N2].grade", "unknown grade 'E'; one of A, B, C, D"),
        (
            "grade: C",
            "grad: C",
            "rooms[N2].grad",
            "unknown key 'grad'; did you mean grade?; the keys here are id, name",
        ),
        ("name: Corridor", "name:", "rooms[N2].name", "has no value"),
        ("name: Corridor", "name: [a, b]", "rooms[N2].name", "should be plain text"),
        (
            "interval: 5 s",
            "interval: 5",
            f"{STEP}.interval",
            "'5' is no duration; write a number and ms, s, min, h or d",
        ),
        ("interval: 5 s", "interval: 0 s", f"{STEP}.interval", "must be longer than nothing, like 60 s"),
        ("size: 5}", "size: big}", f"{COUNTER}.points[2].size", "'big' is no number"),
        ("28.3", ".inf", f"{COUNTER}.nominal_volume", "'.inf' is no number"),
        ("28.3", "-1", f"{COUNTER}.nominal_volume", "must be more than 0"),
        ("2030-03-14", "14.3.2030", f"{COUNTER}.calibration_due", "'14.3.2030' is no date; write year-month-day"),
        ("2030-03-14", "2030-02-30", f"{COUNTER}.calibration_due", "'2030-02-30' is no date; write year-month-day"),
        ("Europe/Zurich", "Europe/Zurik", "timezone", "unknown time zone 'Europe/Zurik'; write one like"),
        ("Europe/Zurich", "Europe/Zurik", "timezone", "did you mean Europe/Zurich?"),
        (
            "Europe/Zurich",
            "Europe/Zurich\nlanguage: klingon",
            "language",
            "no language 'klingon'; there are en (English), ",
        ),
        ("id: north", "id: no/rth", "id", "'no/rth' is no id; use up to 40 letters, digits"),
        ("id: N2\n", "id: outside\n", "rooms[outside].id", "'outside' is no id"),
        ("id: Z1", "id: N2", "rooms[N2].id", "there are two rooms N2; give each an id of its own"),
        ("id: N1.T1", "id: N1.DP1", "rooms[N1].instruments[N1.DP1].id", "there are two instruments N1.DP1"),
        ("size: 5}", "size: 0.5}", f"{COUNTER}.points[2].id", "there are two points N1.PC1.p0_5"),
        ("inside: N1", "inside: N11", "rooms[Z1].inside", "room N11 is not described; did you mean N1?"),
        ("inside: N1", "inside: Z1", "rooms[Z1].inside", "a zone is inside another room, not inside itself"),
        ("grade: C", "inside: Z1", "rooms[N2].inside", "Z1 is a zone itself; a zone is inside a room"),
        ("against: N2", "against: n2", f"{STEP}.points[1].against", "room n2 is not described; did you mean N2?"),
        (
            "against: N2",
            "against: N1",
            f"{STEP}.points[1].against",
            "measured against another room, or against outside",
        ),
        (
            "limit_set: climate",
            "limit_set: clim",
            f"{CLIMATE}.limit_set",
            "limit set clim is not described; did you mean",
        ),
        ("limit_set: climate", "size: 5", f"{CLIMATE}.size", "a size belongs to particles, not to temperature"),
        ("limit_set: climate", "against: N2", f"{CLIMATE}.against", "belongs to differential_pressure, not to"),
        (", size: 0.5", "", f"{COUNTER}.points[1]", "particles need a size in µm, like size: 0.5"),
        ("[N1, N2]", "[N1, N22]", "doors[1].between[2]", "room N22 is not described; did you mean N2?"),
        ("[N1, N2]", "[N1, N1]", "doors[1].between", "a door is between two rooms"),
        ("[N1, N2]", "[N1]", "doors[1].between", "should have at least 2, has 1"),
        ("[N1, N2]", "[N1, N2, Z1]", "doors[1].between", "should have at most 2, has 3"),
        (
            "[N1, N2]}",
            "[N1, N2]}\n  - {between: [N2, N1]}",
            "doors[2].between",
            "the door between N2 and N1 is described",
        ),
        (
            "grade: C",
            "grade: C\n    iso_class: 7",
            "rooms[N2].iso_class",
            "a room has a grade or an ISO class, not both",
        ),
        (
            "grade: C",
            "iso_class: 7.3",
            "rooms[N2].iso_class",
            "there is no ISO class 7.3; classes go in steps of 0.5",
        ),
        ("grade: C", "iso_class: 10", "rooms[N2].iso_class", "must be at most 9"),
        (
            "grade: C",
            "grade: C\n    standards: [iso14644]",
            "rooms[N2].standards[1]",
            "speaks of ISO classes; N2 has a grade",
        ),
        (
            "grade: C",
            "iso_class: 7\n    standards: [annex1]",
            "rooms[N2].standards[1]",
            "speaks of grades; N2 has an ISO",
        ),
        ("grade: C", "standards: [annex1]", "rooms[N2].standards[1]", "annex1 needs a grade or an iso_class in N2"),
        ("grade: C", "grade: C\n    standards: []", "rooms[N2].standards", "should have at least 1, has 0"),
        ("grade: C", "grade: C\n    area: M", "rooms[N2].area", "area M is not described"),
        (
            "{x: 10, y: 0, width: 10, height: 10}",
            "[10, 0]",
            "rooms[N2].plan",
            "should be keys with values: x, y, width",
        ),
        (
            "interval: 5 s",
            "interval: 5 s\n        silent_after: 4 s",
            f"{STEP}.silent_after",
            "shorter than the interval",
        ),
        ("rationale: slow", "reached: no", "limit_sets.climate[1]", "a delay has to be justified"),
        ("low: 18, high: 23", "severity: action", "limit_sets.climate[1].severity", "written twice; first in line 8"),
    ],
)
def test_a_mistake_is_told_with_its_line_its_key_and_what_would_be_right(
    old: str, new: str, key: str, said: str
) -> None:
    text = changed((old, new))
    line = SMALL[: SMALL.index(old)].count("\n") + new.rstrip().count("\n") + 1
    assert any((p.line, p.key) == (line, key) and said in p.message for p in problems_of(text))


def test_a_missing_key_is_told_at_what_it_is_missing_from() -> None:
    text = changed(("    name: Corridor\n", ""))
    line = text[: text.index("id: N2\n")].count("\n") + 1
    assert problem_of(text) == f"north.yaml:{line}: rooms[N2].name: the key 'name' is missing"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            ["{severity: action, high: 400000, room_states: [in operation]}"],
            "limits[1].high: > 400,000 /m³ is looser than > 352,000 /m³ of EU GMP Annex 1:2022, Table 5 for a room "
            "in operation; tighten it, or say why in standard_does_not_apply",
        ),
        (
            ["{severity: alert, high: 4000, room_states: [in operation, at rest]}"],
            "the alert level > 4,000 /m³ lies outside the action limit > 3,520 /m³ for a room at rest; bring it in",
        ),
        (
            ["{severity: alert, high: 400}", "{severity: alert, high: 300, room_states: [cleaning]}"],
            "limits[2].high: a second alert high for a room cleaning; one holds at a time",
        ),
        (["{severity: alert}"], "limits[1]: a limit needs low, high or both"),
        (["{severity: alert, high: -1}"], "-1 /m³ cannot be measured; possible is 0 to 10,000,000,000 /m³"),
        (
            ["{severity: alert, low: 10, high: 20, deadband: 5}"],
            "nothing is left between < 10 /m³ and > 20 /m³ with their deadbands for a room in operation",
        ),
        (["{severity: advisory, high: 1}"], "unknown severity 'advisory'; one of alert, action"),
        (["{severity: alert, high: 1, room_states: [at_rest]}"], "unknown room state 'at_rest'; one of in operation"),
        (["{severity: alert, high: 1, rule: 2 in a row}"], "has to be justified"),
        (["{severity: alert, high: 1, rule: 1.5 in a row}"], "'1.5 in a row' is no rule; write 3 in a row"),
        (["{severity: alert, high: 1, rule: 5 of 3}"], "'5 of 3' cannot be; write the smaller number first"),
        (["{severity: alert, high: 1, rule: 3 of 5}"], "has to be justified"),
        (["{severity: alert, high: 1, rule: 200 in a row}"], "200 readings are too many"),
        (["{severity: alert, high: 1, rule: dose 60, on_delay: 5 s}"], "a dose is waited for already"),
        (["{severity: alert, high: 1, at_once: 2}"], "this limit waits for nothing"),
        (["{severity: alert, high: 1, at_once: 1, on_delay: 5 s}"], "not deeper than the high limit 1"),
        (["{severity: alert, low: 1, at_once: 2, on_delay: 5 s}"], "not deeper than the low limit 1"),
        (["{severity: alert, low: 1, high: 9, at_once: 10, on_delay: 5 s}"], "write low and high as two limits"),
        (["{severity: alert, low: 1, rule: rolling 1 m3, rationale: x}"], "rolling volume is of particles"),
        (["{severity: alert, high: 1, reached: perhaps}"], "'perhaps' is neither true nor false"),
    ],
)
def test_a_wrong_limit_is_told_with_what_would_be_right(limits: list[str], said: str) -> None:
    assert any(said in str(problem) for problem in problems_of(with_limits(*limits)))


def test_a_step_looser_than_the_standard_is_refused() -> None:
    loose = "- {quantity: differential_pressure, against: N2, limits: [{severity: action, low: 8}]}"
    assert "< 8 Pa is looser than < 10 Pa of EU GMP Annex 1:2022, 4.14" in problem_of(changed((PRESSURE, loose)))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("frozen: {after: 90 s}", "frozen.after: too short to be told for an instrument that reads every 5 s: 100 s"),
        ("rate: {change: 5, within: 9 s}", "rate.within: too short to be told"),
        ("invalid: {readings: 3, within: 15 s}", "invalid.within: too short for 3 readings for an instrument"),
    ],
)
def test_a_condition_that_could_never_be_found_is_refused(condition: str, said: str) -> None:
    written = "- {quantity: differential_pressure, against: N2, conditions: {" + condition + "}}"
    assert said in problem_of(changed((PRESSURE, written)))


def test_a_mistake_in_a_limit_set_is_told_once_and_with_a_point_that_uses_it() -> None:
    second = "- {id: N1.T2, name: T2, interval: 60 s, points: [{quantity: temperature, limit_set: climate}]}"
    text = changed(("high: 23", "high: 230"), ("- id: N1.VA1", f"{second}\n      - id: N1.VA1"))
    assert problem_of(text) == (
        "north.yaml:8: limit_sets.climate[1].high: at N1.T1: 230 °C cannot be measured; possible is -200 to 150 °C"
    )


def test_many_mistakes_of_every_kind_are_told_at_once_in_the_order_of_the_file() -> None:
    text = changed(
        ("rationale: slow", "rational: slow"),
        ("grade: B", "grade: E"),
        ("interval: 5 s", "interval: 5 seconds"),
        ("inside: N1", "inside: M1"),
        ("[N1, N2]", "[N1, N3]"),
    )
    assert [problem.key for problem in problems_of(text)] == [
        "limit_sets.climate[1]",
        "limit_sets.climate[1].rational",
        "rooms[N1].grade",
        f"{STEP}.interval",
        "rooms[Z1].inside",
        "doors[1].between[2]",
    ]


def test_a_room_with_a_mistake_still_counts_as_described() -> None:
    assert problem_of(changed(("grade: C", "grade: E"))).endswith("unknown grade 'E'; one of A, B, C, D")


TWO_AREAS = ("  - {id: N, name: North}\n", "  - {id: N, name: North}\n  - {id: S, name: South}\n")


def test_with_several_areas_each_room_names_its_own() -> None:
    problems = problems_of(changed(TWO_AREAS))
    assert [problem.key for problem in problems] == ["rooms[N1]", "rooms[N2]", "rooms[Z1]"]
    assert all(problem.message == "the key 'area' is missing; there are several: N, S" for problem in problems)


def test_a_zone_in_another_area_than_its_room_is_told() -> None:
    areas = [(f"id: {room}\n", f"id: {room}\n    area: {area}\n") for room, area in (("N2", "N"), ("Z1", "S"))]
    text = changed(TWO_AREAS, ("  - id: N1\n", "  - id: N1\n    area: N\n"), *areas)
    assert problem_of(text).endswith("rooms[Z1].inside: Z1 and N1 are not in the same area")


def test_a_zone_may_leave_the_only_area_unsaid_where_its_room_names_it() -> None:
    parse_site(changed(("  - id: N1\n", "  - id: N1\n    area: N\n")), "north.yaml")


def test_an_empty_file_is_told_what_it_needs() -> None:
    assert "should be keys with values: id, name, timezone" in problem_of("")


def test_what_is_not_yaml_is_told_with_its_line() -> None:
    assert problem_of("id: a\nrooms: [b\nname: c").startswith("north.yaml:3: this is not YAML: ")


def test_a_character_that_yaml_forbids_is_told_with_its_line() -> None:
    assert problem_of("id: a\nname: \x07").startswith("north.yaml:2: the character")


def test_a_key_written_twice_is_told_with_both_lines() -> None:
    last = SMALL.count("\n") + 1
    assert problem_of(SMALL + "id: south\n") == f"north.yaml:{last}: id: written twice; first in line 1"


def test_aliases_are_not_read_so_that_a_small_file_cannot_become_an_enormous_site() -> None:
    bomb = SMALL + "more: &a [1, 2]\nmost: [*a, *a, *a]\n"
    assert any("aliases (*name) are not read" in problem.message for problem in problems_of(bomb))


def test_python_tags_are_not_read() -> None:
    problems = problems_of(changed(("name: Corridor", "name: !!python/object/apply:os.getcwd []")))
    assert any("the tag !!python/object/apply:os.getcwd is not read" in problem.message for problem in problems)


def test_a_file_nested_too_deeply_is_refused() -> None:
    assert "nested too deeply" in problem_of("- " * 2_000)
    assert "nested too deeply" in problem_of("[" * 900_000)


def test_a_file_too_large_is_refused() -> None:
    assert "a site file has at most 1,000,000" in problem_of("#" * 1_000_001)


def test_a_mistake_shows_no_more_of_a_long_text_than_a_person_wants_to_see() -> None:
    assert len(problem_of(changed(("grade: C", f"grade: {'C' * 5_000}")))) < 200
