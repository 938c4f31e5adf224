"""A limit is set in the text of a site file: the site differs in this limit, the text where it is written."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from facility.instants import MINUTE
from facility.limit import ALL_ROOM_STATES, Consecutive, Limit, RoomState, Severity, Side
from facility.site_edit import SiteEditError, cells, set_limit
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from tests.facility.sites import SMALL, changed

DEMO = (Path(__file__).parents[2] / "sites" / "demo.yaml").read_text(encoding="utf-8")
DEMO_SITE = parse_site(DEMO, "demo.yaml")
OPERATION = frozenset({RoomState.IN_OPERATION})
WHY = '"History: 95 % of a year."'

BLOCK = """\
            limits:
              # The first of two.
              - severity: alert     # early
                low: 18
                high: 23            # of the mapping
                room_states:
                  - in operation
                  - at rest
                rationale: >
                  Told in
                  two lines.

              # The second.
              - {severity: action, high: 24,   # kept
                 low: 17}
            # The end.
"""


def with_own_limits(limits: str) -> str:
    """The small site with limits of the thermometer's own, each written over several lines."""
    return changed(
        ("          - {quantity: temperature, limit_set: climate}\n", f"          - quantity: temperature\n{limits}")
    )


def high(value: float, states: frozenset[RoomState] = ALL_ROOM_STATES, severity: Severity = Severity.ALERT) -> Limit:
    return Limit(severity, Side.HIGH, value, room_states=states, rationale="History: 95 % of a year.")


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """Between the first and the last line that differ: what stood there, and what stands there."""
    before, after = old.splitlines(), new.splitlines()
    first = next(n for n, (a, b) in enumerate(zip([*before, ""], [*after, ""], strict=False)) if a != b)
    last = next(n for n, (a, b) in enumerate(zip(before[::-1], after[::-1], strict=False)) if a != b)
    return before[first : len(before) - last], after[first : len(after) - last]


def test_a_limit_where_there_was_none_is_written_as_the_points_own() -> None:
    text = set_limit(SMALL, "N1.VA1", high(4))
    assert text == changed(
        (
            "{quantity: viable_air}",
            '{quantity: viable_air, limits: [{severity: alert, high: 4, rationale: "History: 95 % of a year."}]}',
        )
    )


def test_a_limit_of_a_limit_set_is_replaced_at_one_point_and_kept_at_the_others() -> None:
    text = set_limit(
        DEMO,
        "B101.DP1",
        replace(cells(DEMO_SITE.points["B101.DP1"])[low_in_operation()], value=49.5, room_states=OPERATION),
    )
    old, new = changed_lines(DEMO, text)
    assert old == [
        "         points: [{quantity: differential_pressure, against: outside, limit_set: pressure B room}]}"
    ]
    assert new[0] == old[0].replace("}]}", ",")
    assert parse_site(text, "demo.yaml").points["B102.DP1"] == DEMO_SITE.points["B102.DP1"]


def low_in_operation() -> tuple[Severity, Side, RoomState]:
    return Severity.ALERT, Side.LOW, RoomState.IN_OPERATION


def test_an_own_limit_for_just_these_states_is_changed_in_place() -> None:
    text = with_own_limits(
        "            limits:\n"
        "              - severity: alert\n"
        "                high: 23  # was 24\n"
        "                rationale: old\n"
    )
    assert set_limit(text, "N1.T1", high(22.5)) == text.replace("high: 23 ", "high: 22.5 ").replace(
        "rationale: old", 'rationale: "History: 95 % of a year."'
    )


def test_an_own_limit_for_more_states_keeps_the_others() -> None:
    text = with_own_limits("            limits:\n              - {severity: alert, high: 23} # all\n")
    new = set_limit(text, "N1.T1", high(22, OPERATION))
    assert changed_lines(text, new)[1] == [
        "              - {severity: alert, high: 23, room_states: [at rest, cleaning, not in use]} # all",
        f"              - {{severity: alert, high: 22, room_states: [in operation], rationale: {WHY}}}",
    ]


def test_the_other_side_of_an_entry_stays_as_it_is() -> None:
    text = with_own_limits(BLOCK)
    old, new = changed_lines(text, set_limit(text, "N1.T1", high(22, OPERATION)))
    assert "                high: 23            # of the mapping" in old
    kept = [line for line in old if "high: 23" not in line]
    assert [line for line in new if line in kept] == kept
    assert [line for line in new if line not in kept] == [
        '              - {severity: alert, high: 23, room_states: [at rest], rationale: "Told in two lines."}',
        f"              - {{severity: alert, high: 22, room_states: [in operation], rationale: {WHY}}}",
    ]


def test_one_limit_for_all_states_takes_the_place_of_several() -> None:
    text = with_own_limits(
        "            limits:\n"
        "              - {severity: alert, high: 22, room_states: [in operation]}\n"
        "              # cold at night\n"
        "              - {severity: alert, high: 21, room_states: [at rest]}\n"
        "              - {severity: alert, low: 15}\n"
    )
    new = set_limit(text, "N1.T1", replace(high(20), rationale=""))
    assert changed_lines(text, new)[1] == [
        "              - {severity: alert, high: 20}",
        "              # cold at night",
    ]


def test_delays_and_rules_are_written_too() -> None:
    limit = replace(high(4), on_delay=2 * MINUTE, off_delay=MINUTE, deadband=0.5, rule=Consecutive(3), reached=True)
    text = set_limit(SMALL, "N1.VA1", limit)
    assert parse_site(text, "small").points["N1.VA1"].limits[0] == limit


@pytest.mark.parametrize(
    "rationale", ["# : {[*&!|>'\"%@`,]}", "Übergröße: µ \U0001f600", "a\nb\tc \\ d", "no", " blank "]
)
def test_a_rationale_may_be_any_text(rationale: str) -> None:
    text = set_limit(SMALL, "N1.VA1", replace(high(4), rationale=rationale))
    assert parse_site(text, "small").points["N1.VA1"].limits[0].rationale == rationale.strip()


@pytest.mark.parametrize("begin", ["", "\ufeff", "# ä \U0001f600\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_how_lines_end_and_what_stands_above_do_not_matter(begin: str, newline: str) -> None:
    text = (begin + with_own_limits(BLOCK)).replace("\n", newline)
    new = set_limit(text, "N1.T1", high(22, OPERATION))
    assert new.startswith(begin.rstrip())
    assert new.count("\n") == new.count(newline)


def test_a_file_that_does_not_end_its_last_line_is_ended() -> None:
    text = SMALL[: SMALL.index("  - id: N2")].replace(
        "{quantity: differential_pressure, against: N2}", "{quantity: co2}"
    )
    text = text.replace("          - {quantity: viable_air}\n", "          - quantity: viable_air")
    assert set_limit(text, "N1.VA1", replace(high(4), rationale="")).endswith(
        "          - quantity: viable_air\n            limits: [{severity: alert, high: 4}]\n"
    )


def test_a_limit_looser_than_the_standard_is_refused_with_the_words_of_the_check() -> None:
    with pytest.raises(SiteFileError, match="is looser than > 10 CFU/m³ of EU GMP Annex 1:2022, Table 6"):
        set_limit(SMALL, "N1.VA1", high(11, severity=Severity.ACTION))


def test_an_alert_level_outside_the_action_limit_is_refused() -> None:
    with pytest.raises(SiteFileError, match="lies outside the action limit"):
        set_limit(SMALL, "N1.VA1", high(11))


def test_a_point_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        set_limit(SMALL, "N1.VA2", high(4))


def test_comments_between_the_keys_stay() -> None:
    text = with_own_limits(
        "            limits: [{severity: alert, low: 18, # a, b,\n             high: 23 # c\n             }]\n"
    )
    assert changed_lines(text, set_limit(text, "N1.T1", replace(high(22), rationale="")))[1] == [
        "              # c",
        "             }, {severity: alert, high: 22}]",
    ]


def test_what_cannot_be_taken_out_cleanly_is_left_to_a_person() -> None:
    text = with_own_limits(
        "            limits:\n"
        "              - {severity: alert, high: 22, room_states: [in operation]}\n"
        "              -\n"
        "                # - not in winter\n"
        "                {severity: alert, high: 21, room_states: [at rest]}\n"
    )
    with pytest.raises((SiteEditError, SiteFileError)):
        set_limit(text, "N1.T1", high(20))


@settings(max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    point=st.sampled_from([point.id for point in DEMO_SITE.points.values() if point.limits]),
    which=st.integers(0, 15),
    states=st.frozensets(st.sampled_from(RoomState)),
    tighter=st.floats(0, 0.1),
)
def test_in_the_demo_site_one_limit_differs_and_nothing_else(
    point: str, which: int, states: frozenset[RoomState], tighter: float
) -> None:
    before = DEMO_SITE.points[point]
    cell = sorted(cells(before))[which % len(cells(before))]
    old = cells(before)[cell]
    value = round(old.value + (tighter if cell[1] is Side.LOW else -tighter), 4)
    new = replace(old, value=value, room_states=states | {cell[2]}, rationale="Of a year.")
    try:
        text = set_limit(DEMO, point, new)
    except SiteFileError:  # a tightened limit of one state may be looser than the standard's of another
        return
    after = parse_site(text, "demo.yaml")
    wanted = replace(new, source="site", room_states=frozenset())
    assert cells(after.points[point]) == cells(before) | {(*cell[:2], state): wanted for state in new.room_states}
    assert replace(after, points={**after.points, point: before}) == DEMO_SITE
    assert comments(text) == comments(DEMO)
    assert len(changed_lines(DEMO, text)[0]) <= 3


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


def test_a_limit_looser_than_the_standards_is_written_with_the_reason_and_taken_back_without_it() -> None:
    looser = replace(high(500_000, OPERATION, Severity.ACTION), exempt="Powder is weighed here.")
    text = set_limit(SMALL, "N1.PC1.p0_5", looser)
    assert cells(parse_site(text, "").points["N1.PC1.p0_5"])[
        (Severity.ACTION, Side.HIGH, RoomState.IN_OPERATION)
    ] == (replace(looser, room_states=frozenset()))
    back = set_limit(text, "N1.PC1.p0_5", high(300_000, OPERATION, Severity.ACTION))
    assert "standard_does_not_apply" not in back
    with pytest.raises(SiteFileError, match="looser than"):
        set_limit(SMALL, "N1.PC1.p0_5", replace(looser, exempt=""))


def test_the_reason_why_the_standard_does_not_apply_is_rationale_enough() -> None:
    limit = replace(high(500_000, OPERATION, Severity.ACTION), rationale="", exempt="Powder is weighed here.")
    assert set_limit(SMALL, "N1.PC1.p0_5", limit).count("rationale") == SMALL.count("rationale")
