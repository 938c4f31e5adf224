"""Rules by which alarms call nobody while their room is not at work, as a site file writes them."""

import pytest

from facility.alarm import Condition
from facility.causes import Which
from facility.limit import RoomState, Severity
from facility.quantities import Quantity
from facility.site_changes import differences, lines
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from facility.suppression import Suppression
from tests.facility.sites import SMALL

RULE = """
suppressions:
  - id: cleaning
    name: Particles are expected
    room_states: [cleaning, not in use]
    alarms: {quantities: [particles], conditions: [high]}
"""


def test_a_rule_says_which_alarms_mean_nothing_in_which_room_states() -> None:
    site = parse_site(SMALL + RULE, "site.yaml")
    assert site.suppressions == (
        Suppression(
            "cleaning",
            "Particles are expected",
            frozenset({RoomState.CLEANING, RoomState.NOT_IN_USE}),
            Which(quantities=(Quantity.PARTICLES,), conditions=(Condition.HIGH,)),
            Severity.ALERT,
        ),
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            RULE.replace("conditions: [high]", "points: [N1.DP2]"),
            "point N1.DP2 is not described; did you mean N1.DP1",
        ),
        (RULE.replace("{quantities: [particles], conditions: [high]}", "{}"), "every alarm of the site; say which"),
        (RULE + RULE.replace("suppressions:\n", "").lstrip("\n"), "there are two suppressions cleaning"),
        (RULE.replace("[cleaning, not in use]", "[]"), "at least 1"),
        (RULE + "    up_to: advisory\n", "action"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_told_in_words(rule: str, message: str) -> None:
    with pytest.raises(SiteFileError) as refused:
        parse_site(SMALL + rule, "site.yaml")
    assert any(message in problem.message for problem in refused.value.problems), refused.value.problems


def test_a_changed_rule_decides_and_is_told_in_words() -> None:
    old, new = parse_site(SMALL, "a"), parse_site(SMALL + RULE, "b")
    changed = parse_site(SMALL + RULE.replace(", not in use", "") + "    up_to: action\n", "c")
    added, found = differences(old, new), differences(new, changed)
    assert lines(added) == ("suppression cleaning added",)
    assert lines(found) == (
        "suppression cleaning: room states cleaning, not in use to cleaning, up to alert to action",
    )
    assert all(difference.decides for difference in (*added, *found))
