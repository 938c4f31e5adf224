"""Every schema revision is reached from both sides, with data in the tables and the append-only ones protected."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition, HoldKind
from facility.excursion import Excursion, Move
from facility.holds import Hold
from facility.limit import RoomState, Severity
from facility.people import CLEANWATCH
from facility.plant_events import BatchStarted, RoomStateSet
from facility.roles import Role
from storage.records import (
    alarm_steps,
    alarms,
    annotations,
    app_beats,
    append_only,
    assessments,
    batches,
    change_steps,
    changes,
    channels,
    closings,
    commands,
    contacts,
    engine_journal,
    escalations,
    excursions,
    holds,
    identifications,
    migrating,
    notifications,
    on_call,
    outbox,
    revisions,
    room_states,
    seals,
    signatures,
    told_alarms,
)
from storage.records.connecting import patient_engine_for, url_of
from storage.records.database import Records
from storage.records.engine_journal import JournalEntry, Listened
from storage.records.errors import RecordsError
from storage.records.migrating import migrate, move
from storage.records.people import accounts, credentials, displays, external_identities, links, sessions
from storage.records.people.sessions import Stage
from storage.records.schema import metadata
from storage.records.signatures import Meaning
from storage.records.trail import anchors, audit, trail_reviews
from storage.records.trail.anchors import Kind
from storage.samples.digest import DayDigest, HourDigest
from tests.facility.sites import SMALL
from tests.people import ANN, MOREAU
from tests.storage.conftest import NOON, opened_by_three_processes

ALARM = Alarm(
    "B101.DP1",
    "B101",
    Condition.LOW,
    Severity.ACTION,
    AlarmState.ACKNOWLEDGED,
    onset=1,
    raised=2,
    value=9.5,
    acknowledgements=(Acknowledgement("Ann", 3, "seen", Severity.ACTION),),
)

ESCALATION = escalations.Escalation(
    0,
    "main",
    ALARM.id,
    Severity.ACTION,
    escalations.Snapshot("action", "Action", (escalations.Rung("Ann", (), 1),), 1, True, None, "UTC"),
    {ALARM.id: escalations.Standing.OUTSIDE},
    NOON,
)
HOLD = Hold(
    id=2,
    kind=HoldKind.OUT_OF_SERVICE,
    of="instrument:B101.DP1",
    condition=Condition.LOW,
    severity=Severity.ACTION,
    asked_at=NOON,
    asked_by="Ann",
    reason="calibration",
    span=60_000,
    approved_by="Ben",
    since=NOON,
    ended=NOON + 1,
    ended_by="Ann",
    why_ended="calibrated",
)


def fill(records: Records) -> None:
    """Rows in every append-only table, and in others."""
    with records.transaction() as connection:
        alarms.save(connection, [ALARM])
        step = alarm_steps.AlarmStep(NOON, ALARM.id, "alarm raised", Severity.ACTION, False, "Ann")
        alarm_steps.add(connection, [step])
        alarm_steps.set_passed(connection, "notifier", 1)
        move = excursions.Moved(NOON, CLEANWATCH, Move(ALARM.id, ALARM.id, None, "the first"))
        excursions.save(connection, [Excursion(ALARM.id, {ALARM.id: ALARM})], [move], "Europe/Zurich")
        engine_journal.add(connection, [JournalEntry(1, NOON, NOON, Listened(NOON))])
        room_states.record(connection, RoomStateSet("B101", RoomState.CLEANING, NOON, "BMS"), NOON)
        batches.record(connection, BatchStarted("P-1", "B101", NOON, "MES"), NOON)
        revisions.add(connection, NOON, in_force_from=0, author=ANN, reason="first", text=SMALL, differences=[])
        commands.submit(connection, NOON, ANN, commands.Acknowledge(ALARM.id, Severity.ACTION, "seen"))
        done = commands.submit(connection, NOON, ANN, commands.Acknowledge(ALARM.id, Severity.ACTION, "again"))
        commands.applied(connection, done, NOON, commands.DONE)
        holds.save(connection, [HOLD])
        back = audit.AuditEntry(ANN, "put back in service", f"hold {HOLD.id}", holds.told_of(HOLD))
        audit.append(connection, NOON, [back])
        outbox.add(connection, NOON, {"cleanwatch/demo/alarms": b"payload"})
        number = escalations.save(connection, ESCALATION).number
        call = escalations.Call(NOON, 0, 0, "ann", "Ann", False, "1")
        escalations.add_calls(connection, {number: [call]})
        audit.append(connection, NOON, [escalations.called(number, ESCALATION.event, call)])
        accounts.make(connection, NOON, ANN, "j.moreau", name="J. Moreau", role=Role.OPERATOR)
        for hash in ("a", "b"):
            credentials.set_password(connection, NOON, ANN, "j.moreau", hash, one_time=False, remember=1)
        credentials.set_recovery_codes(connection, "j.moreau", ["code"])
        sessions.begin(connection, NOON, "j.moreau", "hash", stage=Stage.SIGNED_IN, origin="", browser="")
        swapped = on_call.override(connection, NOON, MOREAU, "first", "j.moreau", NOON, NOON + 1, "swapped")
        on_call.withdraw(connection, NOON, MOREAU, swapped.number, "swapped back")
        on_call.keep_calendar(connection, on_call.CalendarCopy("first", "duty.ics", "", None, NOON, "not there"))
        displays.make(connection, NOON, ANN, "Corridor", None)
        external_identities.link(connection, NOON, ANN, "j.moreau", "https://id.example", "7", "single sign-on")
        links.make(connection, NOON, "invitation", "account ann", NOON + 1)
        seals.add(connection, NOON, "main", 20_000, 7, DayDigest({"T1": [HourDigest(480_000, 1, "0" * 64)]}))
        about = annotations.About("point B101.DP1", NOON, NOON)
        correction = annotations.correct(connection, NOON, MOREAU, about, "12", "2", "typing error")
        annotations.refuse(connection, NOON, MOREAU, correction.id, "it was 12")
        change = changes.draft_by(connection, NOON, ANN, SMALL.replace("North", "South"), "moved")
        change_steps.put_in_force(connection, NOON, ANN, change.number)
        mark = audit.head(connection)
        told = anchors.statement("demo", NOON, mark)
        anchors.add(connection, NOON, Kind.TIME_STAMP, mark, "http://tsa.example", told, b"token")
        reviewed = trail_reviews.period(connection, MOREAU, 0, NOON + 1)
        trail_reviews.add(connection, NOON, MOREAU, reviewed, "nothing unusual")
        signatures.sign(connection, NOON, MOREAU, "change 1", Meaning.APPROVAL, {"limit": 8})
        channel = channels.add(
            connection, NOON, ANN, "E-mail", channels.Address("mailto", "mailto://", "x", True, False)
        )
        contacts.set(connection, NOON, ANN, "j.moreau", channel.id, "j@example.org")
        to = notifications.Recipient("j.moreau", "J. Moreau", channel.id, "j@example.org")
        words = ("ACTION B101", "B101 9.5 Pa", "B101", "")
        purpose = notifications.Purpose.NEW
        message = notifications.Notification(
            "1", NOON, purpose, Severity.ACTION, "E-1", (ALARM.id,), to, *words, NOON
        )
        notifications.queue(connection, [message])
        told_alarms.save(connection, [(ALARM.id, told_alarms.Told(Severity.ACTION, True, NOON))])
        app_beats.beat(connection, app_beats.AppBeat("web:8050", NOON))
        judged = assessments.Assessed(assessments.Classification.MINOR, "door held open", impact="none")
        assessments.assess(connection, NOON, MOREAU, "E-1970-0001", judged, after=0)
        closings.add(connection, NOON, MOREAU, "E-1970-0001", closings.Step.CLOSED, {"excursion": "E-1970-0001"})
        identifications.identify(connection, NOON, MOREAU, "B101.VA1", NOON, ["Micrococcus luteus"])


def test_every_revision_is_reached_downwards_and_upwards_with_its_rows(records: Records, records_url: str) -> None:
    fill(records)
    records.close()
    steps = migrating.revisions()
    engine = patient_engine_for(url_of(records_url))
    with engine.begin() as connection:
        kept = counts(connection)
    assert all(kept.values())
    for step in [*steps[-2::-1], *steps[1:], *steps[-2::-1], steps[-1]]:
        with engine.begin() as connection:
            move(connection, step)
        with engine.begin() as connection:
            assert migrating.present_revision(connection) == step
            present = counts(connection)
            missing = append_only.missing_triggers(connection)
            assert [name for name in missing if name.rpartition("_no_")[0] in present] == []
            kept = {table: rows if table in present else 0 for table, rows in kept.items()}
            assert present == {table: kept[table] for table in present}
        for table in (table for table, rows in present.items() if rows):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(text(f"DELETE FROM {table}"))
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert audit.verify(connection) == []
        assert alarms.find(connection, ALARM.id) == ALARM
    engine.dispose()


def counts(connection: Connection) -> dict[str, int]:
    """The rows of each append-only table that is there."""
    there = inspect(connection).get_table_names()
    return {
        table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        for table in append_only.APPEND_ONLY
        if table in there
    }


def test_an_empty_database_is_left_by_the_last_step_down(records_url: str) -> None:
    Records.open(records_url, clock=lambda: NOON).close()
    engine = patient_engine_for(url_of(records_url))
    with engine.begin() as connection:
        move(connection, "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        if connection.dialect.name == "postgresql":
            assert connection.execute(text("SELECT to_regproc('refuse_change')")).scalar_one() is None
    engine.dispose()
    Records.open(records_url, clock=lambda: NOON).close()


def test_a_migration_is_on_record(records: Records, records_url: str) -> None:
    first, *_, newest = migrating.revisions()
    records.close()
    assert migrate(url_of(records_url), lambda: NOON, to=first) == (newest, first)
    assert migrate(url_of(records_url), lambda: NOON) == (first, newest)
    again = Records.open(records_url, clock=lambda: NOON)
    with again.reading() as connection:
        assert [row.data for row in audit.rows(connection, limit=2)] == [
            f'{{"changes":{{"schema revision":["{first}","{newest}"]}},"zone":"UTC"}}',
            f'{{"changes":{{"schema revision":["{newest}","{first}"]}},"zone":"UTC"}}',
        ]
    again.close()


def test_a_revision_that_does_not_exist_is_refused_with_those_that_do(records_url: str) -> None:
    with pytest.raises(RecordsError, match="There is no schema revision 0; there are 0001, "):
        migrate(url_of(records_url), lambda: NOON, to="0")


def test_processes_may_migrate_at_once(records: Records, records_url: str) -> None:
    records.close()
    migrate(url_of(records_url), lambda: NOON, to=migrating.revisions()[0])
    opened_by_three_processes(records_url)
    again = Records.open(records_url, clock=lambda: 99)
    with again.reading() as connection:
        assert len(audit.rows(connection)) == 3
        assert audit.verify(connection) == []
    again.close()
