"""The page of alarm health: what it says of a month of alarms, of too short a time, and to whom."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.answers import summary
from alerts.machine import Transition
from app import formats
from app.alarm_health import Found, gather, period
from app.components.health_parts import answers_table, by_day, figures_table, lead, offenders_table
from app.context import AppContext
from app.live.hub import Hub
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.limit import Severity
from facility.people import CLEANWATCH
from storage.records import alarm_steps, alarms
from storage.records.alarm_steps import AlarmStep
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry
from tests.app.parts import NOON, NoSamples, Time, site
from tests.app.test_room_parts import text
from tests.people import MOREAU

PLACES = (("B101.DP1", "B101", Condition.LOW), ("B102.T1", "B102", Condition.HIGH))


def remember(records: Records, end: Instant, days: int) -> None:
    """An alarm every four hours, most of them of one point, each answered after two minutes."""
    happened: list[Alarm] = []
    steps: list[AlarmStep] = []
    with records.transaction() as connection:
        audit.append(connection, end - days * DAY, [AuditEntry(CLEANWATCH, "system started", "station main")])
        for number, at in enumerate(range(end - days * DAY + HOUR, end, 4 * HOUR)):
            point, room, condition = PLACES[number % 5 == 0]
            answer = Acknowledgement(MOREAU.account, at + 2 * MINUTE, "Door closed.", Severity.ALERT)
            back = at + 20 * MINUTE
            alarm = Alarm(
                point,
                room,
                condition,
                Severity.ALERT,
                AlarmState.NORMAL,
                at,
                at,
                returned=back,
                acknowledgements=(answer,),
            )
            happened.append(alarm)
            for when, what, by in (
                (at, Transition.RAISED, "cleanwatch"),
                (answer.at, Transition.ACKNOWLEDGED, answer.by),
            ):
                steps.append(AlarmStep(when, alarm.id, what, Severity.ALERT, False, by))
        alarms.save(connection, happened)
        alarm_steps.add(connection, steps)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = Records.open(tmp_path / "records.db", lambda: NOON - 40 * DAY)
    yield AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: MOREAU, time)
    records.close()


def found(context: AppContext) -> Found:
    gathered = gather(context, *period({}, "UTC", NOON))
    assert gathered is not None
    return gathered


def test_a_month_is_told_with_its_verdicts(context: AppContext) -> None:
    remember(context.records, NOON, 40)
    month = found(context)
    figures = text(figures_table(month.health, month.verified, "UTC", NOON))
    assert "Most calls in any 10 minutes" in figures
    assert "Not met" in figures  # two alarms make all of the load
    assert "0 / 100 / 0" in figures
    assert "B101 Room pressure low" in text(offenders_table(context.site(), month.health.offenders)).replace("|", "")
    assert "At most six calls on one day" in text(by_day(month.health, month.start, "UTC"))


def test_the_only_day_of_a_young_record_is_one_bar_with_its_number_and_its_date(context: AppContext) -> None:
    remember(context.records, NOON, 40)
    month = found(context)
    one = replace(month.health, by_day=(25,))
    words = text(by_day(one, NOON, "UTC")).replace("|", " ").split()
    assert words[:3] == ["25", *formats.short_date(NOON, "UTC").split()]


def test_answers_are_told_for_each_person_by_name(context: AppContext) -> None:
    remember(context.records, NOON, 40)
    words = text(answers_table(summary(found(context).answers), {MOREAU.account: "J. Moreau"}))
    assert "J. Moreau" in words
    assert "2 min" in words


def test_of_a_few_days_there_is_no_verdict(context: AppContext) -> None:
    remember(context.records, NOON, 40)
    start, end = period({"from": ["2026-11-15"], "to": ["2026-11-20"]}, "UTC", NOON)
    week = gather(context, start, end)
    assert week is not None
    assert "No verdict" in "".join(map(str, lead(week.health, week.start, week.end, start, "UTC")))
    assert end - start == 6 * DAY


def test_before_anything_was_watched_nothing_counts_as_quiet(context: AppContext) -> None:
    remember(context.records, NOON, 40)
    assert gather(context, NOON - 400 * DAY, NOON - 300 * DAY) is None
    longer = gather(context, NOON - 400 * DAY, NOON)
    assert longer is not None
    assert longer.health.days == 40


def test_whoever_is_admitted_to_some_areas_sees_the_figures_of_those(context: AppContext) -> None:
    remember(context.records, NOON, 40)
    elsewhere = replace(MOREAU, areas=frozenset())
    assert found(replace(context, person=lambda: elsewhere)).health.calls == 0
