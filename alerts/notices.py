"""What is published of alarms and rooms, for anyone on site: the payloads of the retained clean topics."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from bus.messages import AlarmNotice, HeldNotice, HoldNotice, HoldsNotice, RoomNotice
from facility.alarm import Alarm, Held
from facility.holds import Hold
from facility.instants import Instant, datetime_of
from facility.plant_events import RoomStateSet


def alarm_notice(alarm: Alarm, unit: str) -> bytes:
    """The present state of an alarm, with its newest acknowledgement."""
    answer = alarm.acknowledgements[-1] if alarm.acknowledgements else None
    return msgspec.json.encode(
        AlarmNotice(
            alarm=alarm.id,
            point=alarm.point,
            room=alarm.room,
            condition=alarm.condition,
            severity=alarm.severity.name.lower(),
            state=alarm.state,
            onset=datetime_of(alarm.onset),
            raised=datetime_of(alarm.raised),
            returned=_moment(alarm.returned),
            value=alarm.value,
            limit=alarm.limit,
            operator=alarm.operator,
            worst=alarm.worst,
            unit=unit,
            acknowledged_by=answer.by if answer else None,
            acknowledged_at=datetime_of(answer.at) if answer else None,
            comment=answer.comment if answer else None,
            blinds=tuple(blinded.point for blinded in alarm.blinds),
            latched=alarm.latched,
            held=None if alarm.held is None else _held(alarm.held),
            cause=alarm.cause,
            first_out=alarm.first_out,
        )
    )


def holds_notice(holds: Iterable[Hold]) -> bytes:
    """Everything that is put aside, or that somebody asks to put aside."""
    return msgspec.json.encode(HoldsNotice(tuple(_hold(hold) for hold in holds)))


def _hold(hold: Hold) -> HoldNotice:
    return HoldNotice(
        hold=hold.id,
        kind=hold.kind,
        of=hold.of,
        condition=hold.condition,
        severity=hold.severity.name.lower(),
        since=_moment(hold.since),
        until=_moment(hold.until),
        by=hold.asked_by,
        reason=hold.reason,
    )


def room_notice(room: str, held: RoomStateSet | None, batches: Sequence[str]) -> bytes:
    """The present state of a room, and what is made in it."""
    return msgspec.json.encode(
        RoomNotice(
            room=room,
            state=held.state if held else None,
            since=datetime_of(held.time) if held else None,
            batches=tuple(batches),
        )
    )


def _held(held: Held) -> HeldNotice:
    return HeldNotice(held.kind.value, datetime_of(held.since), _moment(held.until), held.by, held.reason, held.hold)


def _moment(instant: Instant | None) -> datetime | None:
    return None if instant is None else datetime_of(instant)
