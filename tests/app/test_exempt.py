"""A limit that is looser than the standard's is marked, by symbol and word, wherever it is shown."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.components import acknowledge
from app.components.alarm_history import history_table
from app.components.baked import markup
from app.components.point_table import point_table
from app.components.room_alarms import room_alarms
from app.components.standing_alarms import standing_table
from app.copies.room_now import room_copy
from app.copies.tables import alarm_table
from app.live.hub import Hub
from app.pages.page import Address
from app.past_sites import sites_then
from app.standing import Standing
from app.trends.limit_words import limit_words
from facility.alarm import Alarm, AlarmState, Condition
from facility.limit import EXEMPT, Severity
from facility.people import CLEANWATCH, Person
from facility.roles import Role
from facility.site import Site
from facility.site_changes import differences, lines
from facility.site_file import parse_site
from storage.records.revisions import add
from tests.app.house import house
from tests.app.parts import NOON
from tests.facility.sites import SMALL, changed
from tests.records import open_records

LOOSER = "limits: [{severity: action, high: 500000, standard_does_not_apply: Powder is weighed here.}]"
STRICT = parse_site(SMALL, "north.yaml")
SITE = parse_site(changed(("size: 0.5}", f"size: 0.5, {LOOSER}}}")), "north.yaml")
POINT = "N1.PC1.p0_5"
ALARM = Alarm(
    POINT,
    "N1",
    Condition.HIGH,
    Severity.ACTION,
    AlarmState.UNACKNOWLEDGED,
    onset=NOON,
    raised=NOON,
    value=600_000.0,
    limit=500_000.0,
    operator=">",
)


def table(site: Site) -> str:
    return markup(point_table(site, Hub(lambda: site, lambda: NOON), site.rooms["N1"], proposing=False))


def test_in_the_room_with_the_reason() -> None:
    assert EXEMPT in table(SITE) and "Powder is weighed here." in table(SITE)
    assert EXEMPT not in table(STRICT)


def test_beside_its_line_in_a_trend() -> None:
    (looser,) = (limit for limit in SITE.points[POINT].limits if limit.exempt)
    assert limit_words(looser) == f"action &gt; 500,000, {EXEMPT}"


def test_at_an_alarm_in_the_list_the_history_the_room_and_the_dialog() -> None:
    shown = [
        standing_table(Standing(SITE, NOON, [ALARM])),
        history_table(SITE, [ALARM], NOON),
        *room_alarms(Standing(SITE, NOON, [ALARM]), SITE.rooms["N1"]),
        acknowledge._summary(SITE, SITE, ALARM),
    ]
    assert all(EXEMPT in markup(part) for part in shown)


def test_in_a_copy_of_alarms(tmp_path: Path) -> None:
    with closing(open_records(tmp_path / "records.db", lambda: NOON)) as records, records.reading() as connection:
        copied = alarm_table(connection, SITE, [ALARM], "UTC", then={})
    assert f"> 500,000 {EXEMPT}" in copied.rows[0]


def test_in_a_copy_of_a_room(tmp_path: Path) -> None:
    person = Person("s.brandt", "S. Brandt", Role.QA, "test")
    with house(tmp_path, SITE) as opened:
        opened.person = person
        copied = room_copy(opened.context, person, Address("/rooms/N1", {"room": "N1"}, {}))
    assert f"{EXEMPT}: Powder is weighed here." in str(copied)


def test_of_an_old_alarm_by_the_site_in_force_at_its_onset(tmp_path: Path) -> None:
    with house(tmp_path, STRICT) as opened, opened.records.transaction() as connection:
        for start, site in ((0, STRICT), (NOON, SITE), (NOON + 10, STRICT)):
            add(connection, start, in_force_from=start, author=CLEANWATCH, reason="", text=site.text, differences=())
        opened.time.now = NOON + 20
        old = [replace(ALARM, onset=onset) for onset in (NOON - 1, NOON, NOON + 10)]
        then = sites_then(opened.context, connection, old)
    marked = [EXEMPT in markup(history_table(STRICT, [alarm], NOON, then=then)) for alarm in old]
    assert marked == [False, True, False]


def test_not_at_an_alarm_that_was_judged_by_another_limit() -> None:
    strict = replace(ALARM, limit=352_000.0)
    assert EXEMPT not in markup(standing_table(Standing(SITE, NOON, [strict])))


def test_in_the_words_of_a_change() -> None:
    assert any(EXEMPT in line for line in lines(differences(STRICT, SITE)))
    looser_still = parse_site(SITE.text.replace("500000", "600000"), "")
    (line,) = lines(differences(SITE, looser_still))
    assert line == f"{POINT} action high {EXEMPT}: 500,000 /m³ to 600,000 /m³"
