from facility.site_advice import advice
from facility.site_file import parse_site
from tests.facility.sites import SMALL, changed

LEVELS = "points:\n          - {quantity: particles, size: 0.5}"
WITH_ALERT_LEVEL = (
    "points:\n          - {quantity: particles, size: 0.5, limits: "
    "[{severity: alert, high: 500, rationale: trend}, {severity: action, high: 3520, rationale: standard}]}"
)


def test_particles_in_grade_a_without_an_alert_level_are_told_of() -> None:
    found = advice(parse_site(changed(("grade: B", "grade: A")), "north.yaml"))
    assert [sentence.split(",")[0] for sentence in found] == ["N1.PC1.p0_5", "N1.PC1.p5_0"]
    assert "EU GMP Annex 1:2022, 9.17" in found[0]
    assert "at rest" in found[0]


def test_an_alert_level_is_enough_and_other_grades_need_none() -> None:
    assert advice(parse_site(SMALL, "north.yaml")) == ()
    found = advice(parse_site(changed(("grade: B", "grade: A"), (LEVELS, WITH_ALERT_LEVEL)), "north.yaml"))
    assert [sentence.split(",")[0] for sentence in found] == ["N1.PC1.p5_0"]
