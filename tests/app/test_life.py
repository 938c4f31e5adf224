"""The links to all that happened to one thing: there for whoever reads the trail, and for nobody else."""

from pathlib import Path

import pytest

from app.components.alarm_history import history_table
from app.components.baked import markup
from facility.people import Person
from facility.roles import Role
from facility.site_file import parse_site
from tests.app.house import house
from tests.app.parts import NOON
from tests.app.test_exempt import ALARM
from tests.facility.sites import SMALL

SITE = parse_site(SMALL, "north.yaml")


@pytest.mark.parametrize(
    ("role", "areas", "there"),
    [
        (Role.QA, None, True),
        (Role.ADMINISTRATOR, None, True),
        (Role.VIEWER, None, False),
        (Role.QA, frozenset(area.id for area in SITE.areas), False),
    ],
)
def test_a_room_has_one_for_who_reads_the_whole_trail(
    role: Role, areas: frozenset[str] | None, there: bool, tmp_path: Path
) -> None:
    with house(tmp_path, SITE) as opened:
        opened.person = Person("s.brandt", "S. Brandt", role, "test", areas)
        assert ("/audit?object=room+N1" in opened.page("/rooms/N1")) is there


def test_an_alarm_of_the_history_leads_to_what_happened_to_that_alarm() -> None:
    address = f"/audit?object=alarm+N1.PC1.p0_5%2Fhigh%2F{NOON}"
    assert address in markup(history_table(SITE, [ALARM], NOON, trail=True))
    assert "/audit" not in markup(history_table(SITE, [ALARM], NOON))
