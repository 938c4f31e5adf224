"""The keys of `suppressions` in a site file: what may stand in them, and what becomes of it."""

from typing import Annotated, Literal

from pydantic import Field

from facility.limit import RoomState, Severity
from facility.site_causes import WhichEntry, which_of
from facility.site_values import Entry, Id, Name
from facility.suppression import Suppression


class SuppressionEntry(Entry):
    id: Id
    name: Name
    room_states: Annotated[list[RoomState], Field(min_length=1)]
    alarms: WhichEntry
    up_to: Literal["alert", "action"] = "alert"


def suppression_of(entry: SuppressionEntry) -> Suppression:
    """The rule of an entry that has no mistakes."""
    severity = Severity[entry.up_to.upper()]
    return Suppression(entry.id, entry.name, frozenset(entry.room_states), which_of(entry.alarms), severity)
