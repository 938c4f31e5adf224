"""Contacts: a person's addresses, one for each channel that takes one. Set by the person or by an administrator.

The audit row of a change tells an address in part only: the trail is kept for good, and is read by many.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from facility.instants import Instant
from facility.people import Actor
from storage.records.schema import contacts as table
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry
from storage.records.upsert import upsert


def set(connection: Connection, at: Instant, by: Actor, account: str, channel: int, address: str) -> None:
    """A person is reached at this address of a channel from now on; at none where it is empty."""
    before = of(connection, account).get(channel, "")
    if address == before:
        return
    upsert(connection, table, [{"account": account, "channel": channel, "address": address, "set_at": at}])
    changes = {f"channel {channel}": (partly(before) or None, partly(address) or None)}
    audit.append(connection, at, [AuditEntry(by, "contact set", f"account {account}", changes=changes)])


def of(connection: Connection, account: str) -> Mapping[int, str]:
    """The addresses of a person, by channel."""
    return all(connection).get(account, {})


def all(connection: Connection) -> Mapping[str, Mapping[int, str]]:
    """The addresses of each person who has one, by channel."""
    found: dict[str, dict[int, str]] = {}
    for row in connection.execute(select(table).where(table.c.address != "").order_by(table.c.account)):
        found.setdefault(row.account, {})[row.channel] = row.address
    return found


def partly(address: str) -> str:
    """So much of an address that whoever knows it knows it again: j…@example.org, +49…78."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}…@{host}"
    return f"{address[:3]}…{address[-2:]}" if len(address) > 6 else "…" * bool(address)
