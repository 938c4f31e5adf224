"""Excursions on record: their numbers, which alarm is in which, and how it came there."""

import json
from dataclasses import replace

import pytest

from alerts import excursions as grouping
from facility.alarm import Alarm, AlarmState, Condition
from facility.excursion import Excursion, Move
from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.limit import Severity
from facility.people import CLEANWATCH, Actor
from storage.records import alarms, closings, excursion_search, excursions
from storage.records.closings import Step
from storage.records.database import Records
from storage.records.excursion_search import ExcursionFilter
from storage.records.excursions import Moved
from storage.records.trail import agreement, audit
from storage.records.trail.audit import AuditFilter
from storage.records.trail.kept import KEPT
from tests.people import ANN, MOREAU
from tests.storage.conftest import NOON

ZONE = "Europe/Zurich"
CLOSED, REOPENED = Step.CLOSED, Step.REOPENED


def alarm(room: str, onset: Instant = NOON, returned: Instant | None = None) -> Alarm:
    state = AlarmState.UNACKNOWLEDGED if returned is None else AlarmState.NORMAL
    return Alarm(f"{room}.DP1", room, Condition.LOW, Severity.ACTION, state, onset, onset, returned=returned)


def put(records: Records, *told: Excursion, at: Instant = NOON, by: Actor = CLEANWATCH, zone: str = ZONE) -> None:
    """Each with its alarms, as they were opened."""
    with records.transaction() as connection:
        alarms.save(connection, [alarm for excursion in told for alarm in excursion.alarms.values()])
        moved = [Moved(at, by, Move(alarm, one.id, None, "the first")) for one in told for alarm in one.alarms]
        excursions.save(connection, told, moved, zone)


def of(*members: Alarm) -> Excursion:
    return Excursion(members[0].id, {member.id: member for member in members})


B101, B102 = alarm("B101"), alarm("B102", NOON + HOUR)


def test_an_excursion_is_found_by_its_number_and_by_its_alarms(records: Records) -> None:
    put(records, of(B101))
    with records.reading() as connection:
        (open,) = excursion_search.history(connection, ExcursionFilter(), limit=10)
        assert open == replace(of(B101), number="E-2025-0001")
        assert excursions.find(connection, "E-2025-0001") == open
        assert excursions.of_alarm(connection, B101.id) == open
        assert excursions.of_alarm(connection, B102.id) is None
        assert excursions.find(connection, "E-2025-0002") is None


def test_excursions_are_counted_by_the_year_of_the_site(records: Records) -> None:
    new_year = 1_767_222_000_000  # 2026-01-01 00:00 in Zurich
    put(records, of(B101), of(alarm("B103", new_year)))
    put(records, of(alarm("B104", NOON + 1)), of(alarm("B105", new_year - 1)))
    with records.reading() as connection:
        numbers = [one.number for one in excursion_search.history(connection, ExcursionFilter(), limit=10)]
    assert numbers == ["E-2026-0001", "E-2025-0003", "E-2025-0002", "E-2025-0001"]


def test_a_later_alarm_and_a_return_bring_it_up_to_date(records: Records) -> None:
    put(records, of(B101))
    back = replace(B101, returned=NOON + MINUTE, state=AlarmState.NORMAL)
    both = Excursion(B101.id, {back.id: back, B102.id: B102})
    with records.transaction() as connection:
        alarms.save(connection, both.alarms.values())
        excursions.save(connection, [both], [Moved(NOON, CLEANWATCH, Move(B102.id, B101.id, None, "same"))], ZONE)
        assert excursions.find(connection, "E-2025-0001") == replace(both, number="E-2025-0001")
        assert excursion_search.count(connection, ExcursionFilter(standing=True)) == 1


def test_merging_and_splitting_are_on_record_with_who_and_why(records: Records) -> None:
    put(records, of(B101), of(B102))
    with records.transaction() as connection:
        known = {one.id: one for one in excursions.recent(connection, 0)}
        merged = grouping.merge(known, B102.id, B101.id, "one power cut")
        moved = [Moved(NOON + 1, ANN, move) for move in merged.moves]
        excursions.save(connection, merged.excursions.values(), moved, ZONE)
    with records.reading() as connection:
        whole = excursions.of_alarm(connection, B102.id)
        assert whole is not None
        assert (whole.number, set(whole.alarms)) == ("E-2025-0001", {B101.id, B102.id})
        assert excursions.of_alarms(connection, [B101.id]) == {B101.id: whole.number}
        assert excursions.of_alarms(connection, [B101.id, B102.id]) == dict.fromkeys(whole.alarms, whole.number)
        former = excursions.find(connection, "E-2025-0002")
        assert former is not None
        assert (former.merged_into, set(former.alarms)) == (B101.id, {B102.id})
        assert excursions.numbers_in(connection, "E-2025-0001") == ["E-2025-0001", "E-2025-0002"]
        assert excursions.numbers_in(connection, "E-2025-0002") == ["E-2025-0002"]
        assert [one.number for one in excursion_search.history(connection, ExcursionFilter(), 10)] == ["E-2025-0001"]
        story = [
            (m.by.name, m.move.previous, m.move.excursion, m.move.reason)
            for m in excursions.moves(connection, "E-2025-0002")
        ]
        assert story == [
            ("cleanwatch", None, "E-2025-0002", "the first"),
            ("ann", "E-2025-0002", "E-2025-0001", "one power cut"),
        ]
    with records.transaction() as connection:
        known = {one.id: one for one in excursions.with_merged(connection, ["E-2025-0001"])}
        restored = grouping.split(known, B101.id, [B102.id], "split/1", "two after all")
        moved = [Moved(NOON + 2, ANN, move) for move in restored.moves]
        excursions.save(connection, restored.excursions.values(), moved, ZONE)
        own = {one.number: set(one.alarms) for one in excursions.recent(connection, 0)}
        assert own == {"E-2025-0001": {B101.id}, "E-2025-0002": {B102.id}}
        rows = audit.rows(connection, AuditFilter(kind="excursion"))[::-1]
    assert [(row.actor, row.action, row.object) for row in rows] == [
        ("cleanwatch", "alarm joined excursion", "excursion E-2025-0001"),
        ("cleanwatch", "alarm joined excursion", "excursion E-2025-0002"),
        ("ann", "alarm moved to excursion", "excursion E-2025-0001"),
        ("ann", "excursion merged", "excursion E-2025-0002"),
        ("ann", "alarm moved to excursion", "excursion E-2025-0002"),
        ("ann", "excursion restored", "excursion E-2025-0002"),
    ]
    assert json.loads(rows[3].data)["reason"] == "one power cut"
    with records.reading() as connection:
        tables = [kept for kept in KEPT if kept.table.name == "excursion_moves"]
        assert list(agreement.check(connection, tables)) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ExcursionFilter(), ["B102", "B101"]),
        (ExcursionFilter(rooms=["B101"]), ["B101"]),
        (ExcursionFilter(points=["B102.DP1"]), ["B102"]),
        (ExcursionFilter(points=[]), []),
        (ExcursionFilter(within=["B102", "B103"]), ["B102"]),
        (ExcursionFilter(severities=[Severity.ALERT]), []),
        (ExcursionFilter(standing=True), ["B102"]),
        (ExcursionFilter(standing=False), ["B101"]),
        (ExcursionFilter(closed=True), ["B101"]),
        (ExcursionFilter(closed=False), ["B102"]),
        (ExcursionFilter(station="east"), []),
        (ExcursionFilter(start=NOON + 2 * MINUTE), ["B102"]),
        (ExcursionFilter(end=NOON + 2 * MINUTE), ["B101"]),
        (ExcursionFilter(start=NOON + DAY), ["B102"]),
    ],
)
def test_they_are_found_by_what_is_known_of_them(records: Records, wanted: ExcursionFilter, found: list[str]) -> None:
    put(records, of(replace(B101, returned=NOON + MINUTE, state=AlarmState.NORMAL)), of(B102))
    with records.transaction() as connection:
        for number, steps in ("E-2025-0001", [CLOSED, REOPENED, CLOSED]), ("E-2025-0002", [CLOSED, REOPENED]):
            for step in steps:
                closings.add(connection, NOON, MOREAU, number, step, {})
    with records.reading() as connection:
        listed = excursion_search.history(connection, wanted, limit=10)
        assert [one.rooms[0] for one in listed] == found
        assert excursion_search.count(connection, wanted) == len(found)


def test_pages_follow_each_other(records: Records) -> None:
    put(records, *(of(alarm(f"R{number}", NOON + number)) for number in range(5)))
    with records.reading() as connection:
        first = excursion_search.history(connection, ExcursionFilter(), limit=3)
        last = (first[-1].onset, first[-1].number)
        rest = excursion_search.history(connection, ExcursionFilter(), limit=3, older_than=last)
        assert rest == excursion_search.history(connection, ExcursionFilter(), limit=3, offset=3)
    assert [one.rooms[0] for one in [*first, *rest]] == ["R4", "R3", "R2", "R1", "R0"]
