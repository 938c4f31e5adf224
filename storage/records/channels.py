"""Channels by which people are told of alarms: kept with their addresses sealed, retired and never deleted.

An address holds secrets (a mail server's password, a gateway's token). It comes here sealed, and what comes with it
to be shown names no secret; so nothing that reads the records gets one. Every change writes its audit row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from facility.instants import Instant
from facility.language import _
from facility.people import Actor
from storage.records.schema import channels as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

MOST = 80
"""Characters of a name."""


class ChannelError(ValueError):
    """What is asked cannot be; the message says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel leads: what is said of it, and the whole of it, sealed.

    `kind` is the first part of its address (mailtos, twilio, msteams, ...). `personal` says whether it takes the
    address of the person who is told; `short` whether messages come in their short form, as texts to phones do.
    """

    kind: str
    shown: str
    sealed: str
    personal: bool
    short: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach people. Of a person's channels the one with the lowest `position` is tried first."""

    id: int
    name: str
    position: int
    address: Address
    made_at: Instant
    retired_at: Instant | None = None

    @property
    def object(self) -> str:
        """As the audit trail names it."""
        return f"channel {self.id}"


def add(connection: Connection, at: Instant, by: Actor, name: str, address: Address) -> Channel:
    """A new channel, tried after all that there are. Raises ChannelError where the name is taken or none."""
    name = _named(connection, name)
    last: int = connection.execute(select(func.coalesce(func.max(table.c.position), 0))).scalar_one()
    values = {"name": name, "position": last + 1, "made_at": at, **_columns(address)}
    channel = _channel(connection.execute(insert(table).values(**values).returning(table)).one())
    changes: dict[str, tuple[JSON, JSON]] = {field: (None, value) for field, value in _told(channel).items()}
    audit.append(connection, at, [AuditEntry(by, "channel added", channel.object, changes=changes)])
    return channel


def change(
    connection: Connection,
    at: Instant,
    by: Actor,
    id: int,
    *,
    name: str = "",
    address: Address | None = None,
    first: bool = False,
    reason: str = "",
) -> Channel:
    """Another name or address, where one is given; `first` has it tried before all others. Raises ChannelError."""
    before = existing(connection, id)
    front: int = connection.execute(select(func.min(table.c.position))).scalar_one()
    after = replace(
        before,
        name=_named(connection, name or before.name, id),
        position=front - 1 if first and before.position > front else before.position,
        address=address or before.address,
    )
    if after == before:
        return before
    values = {"name": after.name, "position": after.position, **_columns(after.address)}
    connection.execute(update(table).where(table.c.id == id).values(**values))
    was, now = _told(before), _told(after)
    changes: dict[str, tuple[JSON, JSON]] = {key: (was[key], now[key]) for key in now if was[key] != now[key]}
    data: dict[str, JSON] = {"address": "entered anew"} if address is not None else {}
    audit.append(connection, at, [AuditEntry(by, "channel changed", after.object, data, changes, reason)])
    return after


def retire(connection: Connection, at: Instant, by: Actor, id: int, reason: str) -> Channel:
    """Use a channel no longer, and forget its address for good. Raises ChannelError."""
    channel = existing(connection, id)
    connection.execute(update(table).where(table.c.id == id).values(retired_at=at, sealed=""))
    data: dict[str, JSON] = {"name": channel.name}
    audit.append(connection, at, [AuditEntry(by, "channel retired", channel.object, data, reason=reason)])
    return replace(channel, retired_at=at, address=replace(channel.address, sealed=""))


def in_use(connection: Connection) -> list[Channel]:
    """The channels that are not retired, in the order in which they are tried."""
    standing = select(table).where(table.c.retired_at.is_(None)).order_by(table.c.position, table.c.id)
    return [_channel(row) for row in connection.execute(standing)]


def names(connection: Connection) -> Mapping[int, str]:
    """The name of each channel that there ever was."""
    return {row.id: row.name for row in connection.execute(select(table.c.id, table.c.name))}


def existing(connection: Connection, id: int) -> Channel:
    """The channel of this number. Raises ChannelError where there is none, or it is retired."""
    row = connection.execute(select(table).where(table.c.id == id)).first()
    if row is None:
        raise ChannelError(_("There is no channel {number}.", number=id))
    if row.retired_at is not None:
        raise ChannelError(_("The channel {name} is retired; that is for ever. Add another one.", name=row.name))
    return _channel(row)


def by_name(connection: Connection, name: str) -> Channel:
    """The channel in use of this name, whatever the case. Raises ChannelError, with the names that there are."""
    standing = in_use(connection)
    for channel in standing:
        if channel.name.casefold() == name.strip().casefold():
            return channel
    listed = ", ".join(channel.name for channel in standing) or _("none yet")
    raise ChannelError(_("There is no channel {name} in use. There are: {listed}.", name=repr(name), listed=listed))


def _named(connection: Connection, name: str, but: int | None = None) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= MOST or not name.isprintable():
        raise ChannelError(_("Give the channel a name, of 1 to {most} characters: what people call it.", most=MOST))
    for row in connection.execute(select(table.c.id, table.c.name)):
        if row.id != but and row.name.casefold() == name.casefold():
            raise ChannelError(
                _("There is or was a channel {name} already, and a name is given only once.", name=row.name)
            )
    return name


def _columns(address: Address) -> dict[str, object]:
    return {
        "kind": address.kind,
        "shown": address.shown,
        "sealed": address.sealed,
        "personal": address.personal,
        "short": address.short,
    }


def _told(channel: Channel) -> dict[str, JSON]:
    return {
        "name": channel.name,
        "turn": channel.position,
        "address": channel.address.shown,
        "for": "each person" if channel.address.personal else "all together",
        "form": "short" if channel.address.short else "long",
    }


def _channel(row: Row[Any]) -> Channel:
    address = Address(row.kind, row.shown, row.sealed, row.personal, row.short)
    return Channel(row.id, row.name, row.position, address, row.made_at, row.retired_at)
