from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition, Held, HoldKind
from facility.instants import MINUTE
from facility.limit import Severity
from storage.records import alarms
from storage.records.alarms import AlarmFilter
from storage.records.database import Records
from tests.storage.conftest import NOON

LOW_PRESSURE = Alarm(
    point="B101.DP1",
    room="B101",
    condition=Condition.LOW,
    severity=Severity.ALERT,
    state=AlarmState.UNACKNOWLEDGED,
    onset=NOON,
    raised=NOON + MINUTE,
    value=9.5,
    limit=10.0,
    operator="<",
    worst=9.1,
    worst_at=NOON + 30_000,
)
SILENT = Alarm(
    point="C201.T1",
    room="C201",
    condition=Condition.NO_DATA,
    severity=Severity.ACTION,
    state=AlarmState.UNACKNOWLEDGED,
    onset=NOON + 10 * MINUTE,
    raised=NOON + 11 * MINUTE,
)
OVER = Alarm(
    point="B101.PC1.p0_5",
    room="B101",
    condition=Condition.HIGH,
    severity=Severity.ACTION,
    state=AlarmState.NORMAL,
    onset=NOON + 20 * MINUTE,
    raised=NOON + 20 * MINUTE,
    returned=NOON + 25 * MINUTE,
    acknowledgements=(Acknowledgement("Bo", NOON + 22 * MINUTE, "Glove change, 100% normal", Severity.ACTION),),
    retrospective=True,
)
HELD = replace(
    SILENT,
    latched=True,
    first_out=True,
    cause="B101.DP1/low/1",
    held=Held(HoldKind.SHELVED, NOON, NOON + MINUTE, "m.keller", "sensor is being changed", 7),
)


def save(records: Records, *given: Alarm) -> None:
    with records.transaction() as connection:
        alarms.save(connection, given)


def find(records: Records, alarm: Alarm) -> Alarm | None:
    with records.reading() as connection:
        return alarms.find(connection, alarm.id)


def history(records: Records, wanted: AlarmFilter, limit: int = 100, offset: int = 0) -> list[Alarm]:
    with records.reading() as connection:
        found = alarms.history(connection, wanted, limit, offset)
        if limit == 100:
            assert alarms.count(connection, wanted) == len(found)
        return found


def test_an_alarm_is_read_as_it_was_saved(records: Records) -> None:
    save(records, LOW_PRESSURE, SILENT, OVER)
    for alarm in (LOW_PRESSURE, SILENT, OVER):
        assert find(records, alarm) == alarm


def test_an_alarm_that_is_held_is_read_as_it_was_saved_and_then_as_it_is_without(records: Records) -> None:
    save(records, HELD)
    assert find(records, HELD) == HELD
    save(records, replace(HELD, held=None))
    assert find(records, HELD) == replace(HELD, held=None)


def test_an_unknown_alarm_is_not_found(records: Records) -> None:
    assert find(records, SILENT) is None


def test_saving_an_alarm_again_brings_it_up_to_date(records: Records) -> None:
    save(records, LOW_PRESSURE)
    worse = replace(LOW_PRESSURE, severity=Severity.ACTION, limit=8.0, worst=7.0, worst_at=NOON + 2 * MINUTE)
    save(records, worse)
    assert find(records, worse) == worse
    assert history(records, AlarmFilter()) == [worse]


def test_the_last_of_two_states_in_one_transaction_holds(records: Records) -> None:
    save(records, LOW_PRESSURE, replace(LOW_PRESSURE, worst=3.0))
    found = find(records, LOW_PRESSURE)
    assert found is not None
    assert found.worst == 3.0


def test_acknowledgements_are_kept_in_their_order(records: Records) -> None:
    first = Acknowledgement("Ann", NOON + 2 * MINUTE, "Door open", Severity.ALERT)
    second = Acknowledgement("Bo", NOON + 3 * MINUTE, "Closed", Severity.ACTION)
    save(records, replace(LOW_PRESSURE, acknowledgements=(first,)))
    both = replace(LOW_PRESSURE, severity=Severity.ACTION, acknowledgements=(first, second))
    save(records, both)
    save(records, both)
    assert find(records, LOW_PRESSURE) == both


def test_an_acknowledgement_on_record_cannot_be_dropped(records: Records) -> None:
    save(records, OVER)
    with pytest.raises(ValueError, match="1 acknowledgements on record"):
        save(records, replace(OVER, acknowledgements=()))
    assert find(records, OVER) == OVER


@pytest.mark.parametrize("statement", ["UPDATE acknowledgements SET comment = ''", "DELETE FROM acknowledgements"])
def test_acknowledgements_refuse_to_be_changed(records: Records, statement: str) -> None:
    save(records, OVER)
    with pytest.raises(DBAPIError, match="acknowledgements is append-only"), records.transaction() as connection:
        connection.execute(text(statement))


def test_standing_alarms_are_those_not_back_to_normal(records: Records) -> None:
    returned = replace(LOW_PRESSURE, state=AlarmState.RETURNED, returned=NOON + 2 * MINUTE)
    answered = replace(SILENT, state=AlarmState.ACKNOWLEDGED)
    save(records, returned, answered, OVER)
    with records.reading() as connection:
        assert alarms.standing(connection) == [answered, returned]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (AlarmFilter(), [OVER, SILENT, LOW_PRESSURE]),
        (AlarmFilter(rooms=["B101"]), [OVER, LOW_PRESSURE]),
        (AlarmFilter(rooms=["B101"], conditions=[Condition.LOW]), [LOW_PRESSURE]),
        (AlarmFilter(points=["C201.T1", "B101.DP1"]), [SILENT, LOW_PRESSURE]),
        (AlarmFilter(severities=[Severity.ACTION]), [OVER, SILENT]),
        (AlarmFilter(states=[AlarmState.NORMAL]), [OVER]),
        (AlarmFilter(retrospective=True), [OVER]),
        (AlarmFilter(retrospective=False), [SILENT, LOW_PRESSURE]),
        (AlarmFilter(text="no DATA"), [SILENT]),
        (AlarmFilter(text="b101"), [OVER, LOW_PRESSURE]),
        (AlarmFilter(text="glove"), [OVER]),
        (AlarmFilter(text="100%"), [OVER]),
        (AlarmFilter(text="p0_5"), [OVER]),
        (AlarmFilter(text="p0%5"), []),
        (AlarmFilter(end=NOON + 10 * MINUTE), [LOW_PRESSURE]),
        (AlarmFilter(start=NOON + 25 * MINUTE), [SILENT, LOW_PRESSURE]),
        (AlarmFilter(start=NOON + 24 * MINUTE), [OVER, SILENT, LOW_PRESSURE]),
    ],
)
def test_history_is_filtered_newest_first(records: Records, wanted: AlarmFilter, expected: list[Alarm]) -> None:
    save(records, LOW_PRESSURE, SILENT, OVER)
    assert history(records, wanted) == expected


def test_history_is_paged(records: Records) -> None:
    save(records, LOW_PRESSURE, SILENT, OVER)
    assert history(records, AlarmFilter(), limit=1, offset=1) == [SILENT]
    assert history(records, AlarmFilter(), limit=2, offset=2) == [LOW_PRESSURE]


def test_bands_on_a_trend_are_the_alarms_that_stood_in_its_range(records: Records) -> None:
    save(records, LOW_PRESSURE, SILENT, OVER)
    points = ["B101.PC1.p0_5", "B101.DP1"]
    with records.reading() as connection:
        assert alarms.overlapping(connection, points, NOON, NOON + 20 * MINUTE) == [LOW_PRESSURE]
        assert alarms.overlapping(connection, points, NOON, NOON + 21 * MINUTE) == [OVER, LOW_PRESSURE]
        assert alarms.overlapping(connection, points, NOON + 25 * MINUTE, NOON + 26 * MINUTE) == [LOW_PRESSURE]
        assert alarms.overlapping(connection, [], NOON, NOON + 20 * MINUTE) == []
