"""The ways to people: when a channel took a message last, and whether that is long ago."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from alerts.daily_test import PROVEN_FOR
from facility.instants import Instant
from storage.records import channels, notifications


class WaysLook(msgspec.Struct, frozen=True, omit_defaults=True):
    """All ways in one word: as good as the one that was proven longest ago."""

    state: str
    """`proven`, `unproven` or, where there is no channel, `none`."""
    at: Instant | None = None
    """When that one was proven last; None for never."""
    unproven: str = ""
    """The names of those that are not proven."""


def proven_ways(connection: Connection) -> dict[str, Instant | None]:
    """When each channel in use took a message last, by its name; None for never."""
    taken = notifications.last_proven(connection)
    return {one.name: taken.get(one.id) for one in channels.in_use(connection)}


def ways_look(ways: Mapping[str, Instant | None], now: Instant) -> WaysLook:
    """How well the ways are proven now."""
    if not ways:
        return WaysLook("none")
    oldest = min(at or 0 for at in ways.values())
    unproven = [name for name, at in ways.items() if now - (at or 0) > PROVEN_FOR]
    return WaysLook("unproven" if unproven else "proven", oldest or None, ", ".join(unproven))
