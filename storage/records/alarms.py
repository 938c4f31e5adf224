"""Alarms as the engine last left them, and what the app asks about them.

An alarm is one row, brought up to date while it lives; every step it took is in the audit trail, written by the
engine in the same transaction. Its acknowledgements are rows of their own that never change.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, insert, or_, select, tuple_

from facility.alarm import SOURCE, STANDING, Acknowledgement, Alarm, AlarmState, Blinded, Condition, Held, HoldKind
from facility.instants import Instant
from facility.limit import Severity
from storage.records.schema import acknowledgements, blinded_points
from storage.records.schema import alarms as table
from storage.records.upsert import upsert


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms are asked for. What is empty or None does not restrict.

    A room also picks the alarms of sources whose loss blinds a point of it. `within` are the rooms that whoever asks
    may see, None for all.
    `text` is searched for in point, room, condition and the comments and names of acknowledgements, whatever the
    case. `start` and `end` pick the alarms that stood at any time in between (`end` itself excluded).
    `held` are those that call nobody now, for whatever reason.
    """

    rooms: Sequence[str] = ()
    points: Sequence[str] = ()
    conditions: Sequence[Condition] = ()
    severities: Sequence[Severity] = ()
    states: Sequence[AlarmState] = ()
    text: str = ""
    start: Instant | None = None
    end: Instant | None = None
    retrospective: bool | None = None
    held: bool | None = None
    within: Collection[str] | None = None


EVERYTHING = AlarmFilter()


def save(connection: Connection, alarms: Iterable[Alarm]) -> None:
    """Write alarms as they are now, new or known by their id, and the acknowledgements that are new.

    Raises ValueError where an acknowledgement on record is not among those of the alarm: they only grow.
    """
    newest = {alarm.id: alarm for alarm in alarms}
    recorded = _acknowledgements(connection, list(newest))
    added = []
    for id, alarm in newest.items():
        known = recorded.get(id, ())
        if alarm.acknowledgements[: len(known)] != known:
            raise ValueError(
                f"alarm {id} has {len(known)} acknowledgements on record that this one does not begin with"
            )
        added += [
            {"alarm": id, "number": number, "by": a.by, "at": a.at, "comment": a.comment, "severity": int(a.severity)}
            for number, a in enumerate(alarm.acknowledgements[len(known) :], start=len(known) + 1)
        ]
    upsert(connection, table, [_row(alarm) for alarm in newest.values()])
    if added:
        connection.execute(insert(acknowledgements), added)
    blinded = [{"alarm": id, "point": b.point, "room": b.room} for id, alarm in newest.items() for b in alarm.blinds]
    upsert(connection, blinded_points, blinded)


def standing(connection: Connection, wanted: AlarmFilter = EVERYTHING) -> list[Alarm]:
    """The alarms that are not back to normal and answered, newest first; of those the ones that match."""
    stands = table.c.state.in_([state.value for state in STANDING])
    return _alarms(connection, select(table).where(stands, *_conditions(wanted)))


def every(connection: Connection) -> list[Alarm]:
    """All alarms on record, newest first."""
    return _alarms(connection, select(table))


def find(connection: Connection, id: str) -> Alarm | None:
    """The alarm with this id, if there is one."""
    return next(iter(_alarms(connection, select(table).where(table.c.id == id))), None)


def several(connection: Connection, ids: Collection[str]) -> list[Alarm]:
    """The alarms with these ids, newest first; those that there are."""
    return _alarms(connection, select(table).where(table.c.id.in_(ids))) if ids else []


def history(
    connection: Connection, wanted: AlarmFilter, limit: int, offset: int = 0, older_than: Alarm | None = None
) -> list[Alarm]:
    """One page of the alarms that match, newest first; those after an alarm, which is the last of the page before."""
    conditions = _conditions(wanted)
    if older_than is not None:
        conditions.append(tuple_(table.c.raised, table.c.id) < tuple_(older_than.raised, older_than.id))
    return _alarms(connection, select(table).where(*conditions).limit(limit).offset(offset))


def count(connection: Connection, wanted: AlarmFilter) -> int:
    """How many alarms match."""
    return connection.execute(select(func.count()).select_from(table).where(*_conditions(wanted))).scalar_one()


def overlapping(connection: Connection, points: Sequence[str], start: Instant, end: Instant) -> list[Alarm]:
    """The alarms of these points that stood at any time in `[start, end)`, newest first."""
    return _alarms(connection, select(table).where(table.c.point.in_(points), *_stood_between(start, end)))


def _conditions(wanted: AlarmFilter) -> list[ColumnElement[bool]]:
    lists: dict[str, Sequence[str | int]] = {
        "point": wanted.points,
        "condition": [condition.value for condition in wanted.conditions],
        "severity": [int(severity) for severity in wanted.severities],
        "state": [state.value for state in wanted.states],
    }
    conditions: list[ColumnElement[bool]] = [table.c[name].in_(values) for name, values in lists.items() if values]
    if wanted.rooms:
        conditions.append(_concerns(wanted.rooms))
    if wanted.within is not None:
        conditions.append(_concerns(wanted.within))
    conditions += _stood_between(wanted.start, wanted.end)
    if wanted.text:
        conditions.append(_mentions(wanted.text))
    if wanted.retrospective is not None:
        conditions.append(table.c.retrospective == wanted.retrospective)
    if wanted.held is not None:
        conditions.append(table.c.held_kind.is_not(None) if wanted.held else table.c.held_kind.is_(None))
    return conditions


def _concerns(rooms: Collection[str]) -> ColumnElement[bool]:
    """Is an alarm of one of these rooms, or of a source whose loss blinds a point of one?"""
    blind = select(blinded_points.c.alarm).where(blinded_points.c.room.in_(rooms))
    return or_(table.c.room.in_(rooms), table.c.id.in_(blind))


def _stood_between(start: Instant | None, end: Instant | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(or_(table.c.returned.is_(None), table.c.returned > start))
    if end is not None:
        conditions.append(table.c.onset < end)
    return conditions


def _mentions(text: str) -> ColumnElement[bool]:
    answered = select(acknowledgements.c.alarm).where(
        and_(
            acknowledgements.c.alarm == table.c.id,
            or_(
                *(
                    column.icontains(text, autoescape=True)
                    for column in (acknowledgements.c.comment, acknowledgements.c.by)
                )
            ),
        )
    )
    own = (column.icontains(text, autoescape=True) for column in (table.c.point, table.c.room, table.c.condition))
    return or_(*own, answered.exists())


def _alarms(connection: Connection, query: Select[tuple[object, ...]]) -> list[Alarm]:
    query = query.order_by(table.c.raised.desc(), table.c.id.desc())
    rows = connection.execute(query).mappings().all()
    answers = _acknowledgements(connection, query.with_only_columns(table.c.id))
    blinds = _blinds(connection, [row["id"] for row in rows if row["point"].startswith(SOURCE)])
    return [
        Alarm(
            point=row["point"],
            room=row["room"],
            condition=Condition(row["condition"]),
            severity=Severity(row["severity"]),
            state=AlarmState(row["state"]),
            onset=row["onset"],
            raised=row["raised"],
            value=row["value"],
            limit=row["limit"],
            operator=row["operator"],
            worst=row["worst"],
            worst_at=row["worst_at"],
            returned=row["returned"],
            acknowledgements=answers.get(row["id"], ()),
            retrospective=row["retrospective"],
            blinds=blinds.get(row["id"], ()),
            latched=row["latched"],
            held=_held(row),
            cause=row["cause"],
            first_out=row["first_out"],
        )
        for row in rows
    ]


def _blinds(connection: Connection, alarms: Sequence[str]) -> dict[str, tuple[Blinded, ...]]:
    """The points that alarms of sources blind."""
    found: dict[str, tuple[Blinded, ...]] = {}
    if alarms:
        query = select(blinded_points).where(blinded_points.c.alarm.in_(alarms))
        for row in connection.execute(query.order_by(blinded_points.c.alarm, blinded_points.c.point)):
            found[row.alarm] = (*found.get(row.alarm, ()), Blinded(row.point, row.room))
    return found


def _acknowledgements(
    connection: Connection, alarms: Sequence[str] | Select[str]
) -> dict[str, tuple[Acknowledgement, ...]]:
    query = select(acknowledgements).where(acknowledgements.c.alarm.in_(alarms))
    found: dict[str, tuple[Acknowledgement, ...]] = {}
    for row in connection.execute(query.order_by(acknowledgements.c.alarm, acknowledgements.c.number)):
        answer = Acknowledgement(row.by, row.at, row.comment, Severity(row.severity))
        found[row.alarm] = (*found.get(row.alarm, ()), answer)
    return found


def _held(row: RowMapping) -> Held | None:
    if row["held_kind"] is None:
        return None
    return Held(
        HoldKind(row["held_kind"]),
        row["held_since"],
        row["held_until"],
        row["held_by"],
        row["held_reason"],
        row["hold"],
    )


def _row(alarm: Alarm) -> dict[str, object]:
    held = alarm.held
    return {
        "id": alarm.id,
        "point": alarm.point,
        "room": alarm.room,
        "condition": alarm.condition.value,
        "severity": int(alarm.severity),
        "state": alarm.state.value,
        "onset": alarm.onset,
        "raised": alarm.raised,
        "value": alarm.value,
        "limit": alarm.limit,
        "operator": alarm.operator,
        "worst": alarm.worst,
        "worst_at": alarm.worst_at,
        "returned": alarm.returned,
        "retrospective": alarm.retrospective,
        "latched": alarm.latched,
        "first_out": alarm.first_out,
        "cause": alarm.cause,
        "held_kind": held.kind.value if held else None,
        "held_since": held.since if held else None,
        "held_until": held.until if held else None,
        "held_by": held.by if held else None,
        "held_reason": held.reason if held else None,
        "hold": held.hold if held else None,
    }
