"""A week of one room with something of everything that pages tell, at a site that speaks the pseudo-language."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
from flask import Flask

from app.context import AppContext
from app.live.beginning import beginning
from app.live.hub import Hub
from app.server import create_app
from app.sign_in import session_cookie
from app.sign_in.desk import Desk
from app.stations import Stations
from cleanwatch import clock_watch
from cleanwatch.backup_due import BackedUp, backup_due
from cleanwatch.disk import room_left
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition, HoldKind
from facility.excursion import FIRST, Excursion, Move
from facility.holds import Hold
from facility.instants import DAY, HOUR, MINUTE
from facility.limit import Severity
from facility.people import CLEANWATCH, Actor, Person
from facility.roles import Role
from facility.site import Site
from storage.records import (
    alarm_steps,
    alarms,
    annotations,
    archived,
    assessments,
    backups,
    changes,
    channels,
    contacts,
    escalations,
    excursions,
    holds,
    notifications,
    source_gaps,
)
from storage.records.alarm_steps import AlarmStep
from storage.records.annotations import About
from storage.records.archived import Archive
from storage.records.assessments import Assessed, Classification
from storage.records.backups import Backup
from storage.records.channels import Address
from storage.records.escalations import Escalation, Rung, Snapshot, Standing, State
from storage.records.excursions import Moved
from storage.records.notifications import Notification, Purpose, Recipient
from storage.records.source_gaps import SourceGap
from storage.records.station_report import (
    BrokerReport,
    ClockJump,
    ClockReport,
    DiskReport,
    FileReport,
    InstrumentClock,
    Problem,
    SourceReport,
    StationReport,
)
from storage.records.trail.audit import JSON
from tests.app.past import BAD_SAMPLE, DIP, HUMIDITY, NOW, PARTICLES, PRESSURE, TEMPERATURE, Past, write_past
from tests.app.pseudo import a_language_that_nobody_speaks, strange, strange_site
from tests.signing_in import RULES, make_account, session_cookie_for

QA = Person("a.bee", strange("Anna Bee"), Role.QA, "10.0.0.7")
ENGINEER = Person("c.dee", strange("Carl Dee"), Role.ENGINEER, "10.0.0.8")
ADMINISTRATOR = Person("e.eff", strange("Ella Eff"), Role.ADMINISTRATOR, "10.0.0.9")
PEOPLE = (QA, ENGINEER, ADMINISTRATOR)
OVER, OPEN = "E-2026-0001", "E-2026-0002"
SAID = strange("said by somebody")
WARM = Alarm(
    TEMPERATURE,
    "B101",
    Condition.HIGH,
    Severity.ACTION,
    AlarmState.UNACKNOWLEDGED,
    onset=NOW - 20 * MINUTE,
    raised=NOW - 15 * MINUTE,
    value=24.5,
    limit=23,
    operator=">",
    worst=25.5,
    worst_at=NOW - 5 * MINUTE,
)
DUSTY = replace(WARM, point=PARTICLES, severity=Severity.ALERT, value=125_000, limit=120_000, worst=130_000)
ANSWERED = replace(
    WARM,
    point=HUMIDITY,
    condition=Condition.INSTRUMENT_FAULT,
    state=AlarmState.ACKNOWLEDGED,
    acknowledgements=(Acknowledgement(QA.account, NOW - MINUTE, SAID, Severity.ACTION),),
)


DISK = DiskReport("/data", 10**8, 10**10, (FileReport("samples.db", 10**8),))
CLOCKS = ClockReport(
    20, "ntp.example", 3_000.0, None, (InstrumentClock("B101.PC1", 90_000, 30),), (ClockJump(NOW - MINUTE, NOW),)
)
FOUND = (*room_left(DISK), *clock_watch.findings(CLOCKS), *backup_due(BackedUp(None, 0), NOW))
"""What the station finds wrong, as it tells it."""
LOST = (
    "the station publishes nothing: MQTT broker mqtt:8883: the broker refused the connection: 5; it wants a user "
    "name and a password. Readings wait in their senders' outboxes and at the broker; it is tried again every few "
    "seconds"
)
REPORT = StationReport(
    "main",
    NOW,
    started=NOW - HOUR,
    commits=9,
    judged=7,
    dead_letters_waiting=2,
    broker=BrokerReport("mqtt:8883", collecting=True, notes=("The broker does not say what it is.",)),
    sources=(SourceReport("gw-1", 14_400, 14_398, 2, heard=NOW), SourceReport("gw-2", 8, 6, pending=1)),
    missing=15,
    disk=DISK,
    clocks=CLOCKS,
    problems=(
        Problem("broker", LOST, NOW - MINUTE),
        Problem("clock", SAID, NOW - HOUR, advisory=True),
        *(Problem(one.part, one.text, NOW - HOUR, one.advisory) for one in FOUND),
    ),
)


class Inside:
    """The app over that week, and who is signed in at a browser of it."""

    def __init__(self, past: Past) -> None:
        site = past.site
        hub = Hub(lambda: site, lambda: NOW)
        hub.begin_with(beginning(site, past.samples, past.records, lambda: NOW))
        self.past = past
        self.context = AppContext(
            lambda: site,
            past.samples,
            past.records,
            hub,
            lambda: session_cookie.person(self.context),
            lambda: NOW,
            Stations(lambda: NOW),
            desk=Desk(RULES),
        )
        self.context.stations.take(msgspec.json.encode(REPORT))
        self.app = create_app(self.context)
        self.server: Flask = self.app.server

    def cookie_of(self, person: Person) -> tuple[str, str]:
        """Name and value of the cookie of somebody who has just signed in."""
        return session_cookie_for(self.past.records, lambda: NOW, person.account)


@contextmanager
def strange_past(folder: Path) -> Iterator[Inside]:
    """The language, and in it the app of a site with a past."""
    with a_language_that_nobody_speaks(folder):
        past = write_past(folder, strange_site)
        for person in PEOPLE:
            make_account(past.records, lambda: NOW - DAY, person)
        _alarms(past)
        _said_and_put_aside(past.site, past)
        _system(past)
        _told(past)
        yield Inside(past)
        past.samples.close()
        past.records.close()


def _alarms(past: Past) -> None:
    with past.records.transaction() as connection:
        (dip,) = alarms.overlapping(connection, [PRESSURE], DIP[0], DIP[1])
        before = replace(dip, onset=dip.onset - 2 * DAY, raised=dip.raised - 2 * DAY, returned=DIP[1] - 2 * DAY)
        standing = [WARM, DUSTY, ANSWERED]
        alarms.save(connection, [before, *standing])
        for members in ([dip], standing):
            first, *others = members
            steps = [
                AlarmStep(one.raised, one.id, "alarm raised", one.severity, False, "cleanwatch") for one in members
            ]
            alarm_steps.add(connection, steps)
            moves = [Moved(first.raised, CLEANWATCH, Move(first.id, first.id, None, FIRST))]
            moves += [Moved(one.raised, CLEANWATCH, Move(one.id, first.id, None, SAID)) for one in others]
            excursion = Excursion(first.id, {one.id: one for one in members})
            excursions.save(connection, [excursion], moves, past.site.timezone)
    with past.records.transaction() as connection:
        judged = Assessed(Classification.MAJOR, SAID, SAID, ("CT-26-0416",), SAID, "")
        assessments.assess(connection, NOW - HOUR, QA, OVER, judged, after=0)
        again = replace(judged, classification=Classification.MINOR)
        assessments.assess(connection, NOW - MINUTE, QA, OVER, again, after=1, reason=SAID)


def _said_and_put_aside(site: Site, past: Past) -> None:
    with past.records.transaction() as connection:
        reading = About(f"point {PARTICLES}", BAD_SAMPLE, BAD_SAMPLE)
        lately = About(f"point {PARTICLES}", NOW - HOUR, NOW - MINUTE)
        annotations.correct(connection, NOW - HOUR, ENGINEER, reading, "411.000", "411", SAID)
        refused = annotations.correct(connection, NOW - HOUR, ENGINEER, lately, "31", "13", SAID)
        annotations.refuse(connection, NOW - MINUTE, QA, refused.id, SAID)
        for about in (lately, About("room B101", NOW - HOUR, NOW), About("batch CT-26-0418", NOW - HOUR, NOW)):
            annotations.comment(connection, NOW - HOUR, QA, about, SAID)
        annotations.comment(connection, NOW - HOUR, QA, About(f"excursion {OVER}", DIP[0], DIP[1]), SAID)
        asked = Hold(
            1, HoldKind.SHELVED, PRESSURE, Condition.LOW, Severity.ACTION, NOW - MINUTE, ENGINEER.account, SAID, HOUR
        )
        shelved = replace(asked, id=2, of=HUMIDITY, severity=Severity.ALERT, since=NOW - MINUTE)
        away = replace(
            asked, id=3, kind=HoldKind.OUT_OF_SERVICE, of="instrument:B102.DP1", condition=None, since=NOW - MINUTE
        )
        holds.save(connection, [asked, shelved, away])
        fewer = site.text.replace("high: 120000", "high: 110000")
        assert fewer != site.text
        attached: JSON = {
            "side": "high",
            "readings used": 12_345,
            "provisional": True,
            "from": "2026-11-01T00:00:00.000Z",
            "lost alarms": [{"point": PRESSURE}],
        }
        changes.draft(connection, NOW - MINUTE, ENGINEER, fewer, SAID, SAID, attached)


def _system(past: Past) -> None:
    with past.records.transaction() as connection:
        gap = SourceGap("main", "gw-1", 1, 1_120, 1_134, None, NOW - HOUR)
        source_gaps.record(connection, gap, NOW)
        source_gaps.record(connection, replace(gap, first=7, last=7, after=NOW - 2 * HOUR), NOW)
        closed = replace(gap, source="gw-2", after=NOW - 2 * HOUR)
        source_gaps.record(connection, closed, NOW)
        source_gaps.close(connection, closed, NOW - MINUTE)
        backups.record_made(
            connection, NOW - HOUR, Actor(ENGINEER.account), Backup("main", "/1.zip", "12", 7, 123_456, True)
        )
        archive = Archive("/2.zip", "34", "main", "2026-11-01", "2026-11-22", 1234)
        archived.record_made(connection, NOW - DAY, Actor(ENGINEER.account), archive)
        archived.record_checked(connection, NOW - HOUR, Actor(ENGINEER.account), archive, ["1"])


def _told(past: Past) -> None:
    with past.records.transaction() as connection:
        by = ADMINISTRATOR.actor
        mail = channels.add(
            connection, NOW - DAY, by, strange("Mail"), Address("mailto", "mailto://", "1", True, True)
        )
        contacts.set(connection, NOW - DAY, by, QA.account, mail.id, "a.bee@example.org")
        rung = Rung("rota first", (), HOUR)
        snapshot = Snapshot("action", strange("Action"), (rung, rung), 3, True, None, past.site.timezone)
        called = Escalation(
            0, "main", OPEN, Severity.ACTION, snapshot, {WARM.id: Standing.OUTSIDE}, NOW - HOUR, next_due=NOW + MINUTE
        )
        escalations.save(connection, called)
        escalations.save(connection, replace(called, event=WARM.id, state=State.EXHAUSTED, next_due=None))
        who = Recipient(QA.account, QA.name, mail.id, "a.bee@example.org")
        messages = [
            Notification(
                str(n), NOW - HOUR, purpose, Severity.ACTION, OPEN, (WARM.id,), who, SAID, SAID, "1", "", NOW
            )
            for n, purpose in enumerate(Purpose)
        ]
        notifications.queue(connection, messages)
        notifications.sent(connection, ["0"], NOW - HOUR, "1")
        notifications.fail(connection, ["1"], NOW - HOUR, strange("no such address"))
