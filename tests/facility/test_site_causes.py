"""Rules by which one alarm explains others, as a site file writes them."""

import pytest

from facility.alarm import Condition
from facility.causes import Cause, Which
from facility.excursion import Grouping
from facility.instants import MINUTE
from facility.quantities import Quantity
from facility.site_changes import differences, lines
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from tests.facility.sites import SMALL

RULE = """
causes:
  - id: pressure
    name: Pressure is lost
    alarm: {quantities: [differential_pressure], conditions: [low]}
    explains: {quantities: [particles], conditions: [high]}
    within: 20 min
"""


def test_a_rule_says_which_alarms_explain_which_and_for_how_long() -> None:
    site = parse_site(SMALL + RULE, "site.yaml")
    assert site.causes == (
        Cause(
            "pressure",
            "Pressure is lost",
            Which(quantities=(Quantity.PRESSURE,), conditions=(Condition.LOW,)),
            Which(quantities=(Quantity.PARTICLES,), conditions=(Condition.HIGH,)),
            20 * MINUTE,
        ),
    )
    assert not site.causes[0].anywhere


def test_how_near_alarms_must_be_is_a_key_of_the_site() -> None:
    site = parse_site(SMALL + "excursions: {same_room: 1 h}\n", "site.yaml")
    assert site.grouping == Grouping(60 * MINUTE, Grouping().same_time)
    assert parse_site(SMALL, "site.yaml").grouping == Grouping()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (RULE.replace("conditions: [low]", "points: [N1.DP2]"), "point N1.DP2 is not described; did you mean N1.DP1"),
        (RULE.replace("conditions: [high]", "rooms: [N9]"), "room N9 is not described"),
        (RULE.replace("{quantities: [particles], conditions: [high]}", "{}"), "every alarm of the site; say which"),
        (RULE + RULE.replace("causes:\n", "").lstrip("\n"), "there are two causes pressure"),
        (RULE.replace("20 min", "0 s"), "must be longer than nothing"),
        (RULE.replace("[low]", "[lower]"), "lower"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_told_in_words(rule: str, message: str) -> None:
    with pytest.raises(SiteFileError) as refused:
        parse_site(SMALL + rule, "site.yaml")
    assert any(message in problem.message for problem in refused.value.problems), refused.value.problems


def test_a_changed_rule_decides_and_is_told_in_words() -> None:
    old, new = parse_site(SMALL, "a"), parse_site(SMALL + RULE, "b")
    changed = parse_site(SMALL + RULE.replace("20 min", "30 min").replace("[low]", "[low, no data]"), "c")
    assert lines(differences(old, new)) == ("cause pressure added",)
    found = differences(new, changed)
    assert lines(found) == (
        "cause pressure: alarm differential_pressure low to differential_pressure low, no data, "
        "within 20 min to 30 min",
    )
    assert all(difference.decides for difference in found)
    wider = differences(old, parse_site(SMALL + "excursions: {same_room: 1 h}\n", "d"))
    assert lines(wider) == ("excursions: same room 30 min to 1 h",)
