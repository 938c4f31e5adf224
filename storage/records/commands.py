"""What a person decides and the alert engine applies. A command and its outcome are two rows that never change.

Which commands wait is kept beside them, so that asking often costs nothing however many there have been.
`submit` and `applied` write their audit rows themselves. The app submits in a transaction of its own, then asks for
the outcome until there is one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from facility.alarm import Condition, HoldKind
from facility.holds import object_of
from facility.instants import Instant, Span
from facility.language import _
from facility.limit import Severity
from facility.people import CLEANWATCH, Actor
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from storage.records.schema import command_outcomes, commands, waiting_commands
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry


class NotUsableError(ValueError):
    """This cannot be a command; the message says why."""


DONE = "done"
"""The outcome of a command that was applied; any other outcome says in words why it was not."""


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge"):
    """A person answers an alarm. `severity` is what the person saw: if it has risen since, this is refused."""

    alarm: str
    severity: Severity
    comment: str


class RetireSource(msgspec.Struct, frozen=True, tag="retire source"):
    """A person says that a source which is gone will never come back."""

    source: str
    reason: str


class Reset(msgspec.Struct, frozen=True, tag="reset"):
    """A person lets go of a latched alarm."""

    alarm: str
    comment: str


class Shelve(msgspec.Struct, frozen=True, tag="shelve"):
    """A person puts aside the alarms of a point, an instrument or a source: of one condition, or of all (None).

    `severity` is up to which they are to call nobody; for the action limit another person must approve it. `span` is
    for how long, in milliseconds.
    """

    of: str
    condition: Condition | None
    severity: Severity
    span: Span
    reason: str


class TakeOutOfService(msgspec.Struct, frozen=True, tag="take out of service"):
    """A person takes a point or an instrument out of service; `span` is after how long it is expected back."""

    of: str
    span: Span
    reason: str


class ApproveShelving(msgspec.Struct, frozen=True, tag="approve shelving"):
    """Another person approves what was asked for. `of` is what the hold is of."""

    hold: int
    of: str
    comment: str


class EndHold(msgspec.Struct, frozen=True, tag="end hold"):
    """A person ends a hold of this kind before its time, or refuses or takes back what was asked for."""

    hold: int
    kind: HoldKind
    of: str
    reason: str


class MergeExcursions(msgspec.Struct, frozen=True, tag="merge excursions"):
    """A person says that an excursion is part of another; both by their numbers."""

    excursion: str
    into: str
    reason: str


class SplitExcursion(msgspec.Struct, frozen=True, tag="split excursion"):
    """A person says that some alarms of an excursion, by their ids, are one of their own."""

    excursion: str
    alarms: tuple[str, ...]
    reason: str


HoldCommand: TypeAlias = Shelve | TakeOutOfService | ApproveShelving | EndHold
ExcursionCommand: TypeAlias = MergeExcursions | SplitExcursion
PlaceCommand: TypeAlias = Acknowledge | Reset | HoldCommand | RetireSource | RoomStateSet | BatchStarted | BatchEnded
"""About a point, a room or a source."""
Command: TypeAlias = PlaceCommand | ExcursionCommand


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    """A command that the engine has not applied yet. `actor` is the person who submitted it."""

    id: int
    at: Instant
    actor: Actor
    command: Command


def submit(connection: Connection, at: Instant, actor: Actor, command: Command) -> int:
    """Hand a command to the engine; the id that comes back is what `outcome` is asked for. Raises NotUsableError."""
    text = msgspec.json.encode(command).decode()
    if "\\u0000" in text:
        raise NotUsableError(
            _("what was written has a NUL character in it, which cannot be put on record: leave it out")
        )
    insertion = (
        insert(commands)
        .values(at=at, actor=actor.name, command=text, role=actor.role, origin=actor.origin)
        .returning(commands.c.id)
    )
    id: int = connection.execute(insertion).scalar_one()
    connection.execute(insert(waiting_commands).values(command=id))
    content = msgspec.to_builtins(command)
    audit.append(
        connection, at, [AuditEntry(actor, "command submitted", _object(command), {"id": id, "command": content})]
    )
    return id


def waiting(connection: Connection) -> list[WaitingCommand]:
    """Every command without an outcome, oldest first."""
    query = (
        select(commands).join(waiting_commands, waiting_commands.c.command == commands.c.id).order_by(commands.c.id)
    )
    return [_waiting(row) for row in connection.execute(query)]


def submitted(connection: Connection, ids: Collection[int]) -> dict[int, WaitingCommand]:
    """These commands as they were submitted, by their id, whatever came of them."""
    rows = connection.execute(select(commands).where(commands.c.id.in_(ids)))
    return {row.id: _waiting(row) for row in rows}


def applied(connection: Connection, id: int, at: Instant, outcome: str) -> None:
    """Write down what came of a command: `DONE`, or in words why it was refused.

    Raises ValueError where no such command is waiting.
    """
    done = delete(waiting_commands).where(waiting_commands.c.command == id)
    if connection.execute(done).rowcount != 1:
        raise ValueError(f"command {id} is not waiting: it has an outcome already, or was never submitted")
    connection.execute(insert(command_outcomes).values(command=id, at=at, outcome=outcome))
    command = _waiting(connection.execute(select(commands).where(commands.c.id == id)).one()).command
    entry = AuditEntry(CLEANWATCH, "command applied", _object(command), {"id": id, "outcome": outcome})
    audit.append(connection, at, [entry])


def outcome(connection: Connection, id: int) -> str | None:
    """What came of a command; None while it waits."""
    return outcomes(connection, [id]).get(id)


def outcomes(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """What came of each of these commands; one that waits is not among them."""
    columns = command_outcomes.c.command, command_outcomes.c.outcome
    rows = connection.execute(select(*columns).where(command_outcomes.c.command.in_(ids)))
    return {row.command: row.outcome for row in rows}


def _object(command: Command) -> str:
    match command:
        case Acknowledge(alarm=alarm) | Reset(alarm=alarm):
            return f"alarm {alarm}"
        case Shelve(of=place) | TakeOutOfService(of=place):
            return object_of(place)
        case ApproveShelving(hold=hold) | EndHold(hold=hold):
            return f"hold {hold}"
        case MergeExcursions(excursion=number) | SplitExcursion(excursion=number):
            return f"excursion {number}"
        case RetireSource(source=source):
            return f"source {source}"
        case RoomStateSet(room=room):
            return f"room {room}"
        case BatchStarted(batch=batch) | BatchEnded(batch=batch):
            return f"batch {batch}"


def _waiting(row: Row[Any]) -> WaitingCommand:
    actor = Actor(row.actor, row.role, row.origin)
    return WaitingCommand(row.id, row.at, actor, msgspec.json.decode(row.command, type=Command))
