"""The keys of `causes` and `excursions` in a site file: what may stand in them, and what becomes of it."""

from typing import Annotated

from pydantic import Field

from facility.alarm import Condition
from facility.causes import Cause, Which
from facility.excursion import Grouping
from facility.quantities import Quantity
from facility.site_values import Duration, Entry, Id, Interval, Name

_USUAL = Grouping()


class WhichEntry(Entry):
    rooms: Annotated[list[Name], Field(min_length=1)] | None = None
    points: Annotated[list[Name], Field(min_length=1)] | None = None
    sources: Annotated[list[Id], Field(min_length=1)] | None = None
    quantities: Annotated[list[Quantity], Field(min_length=1)] | None = None
    conditions: Annotated[list[Condition], Field(min_length=1)] | None = None


class CauseEntry(Entry):
    id: Id
    name: Name
    alarm: WhichEntry
    explains: WhichEntry
    within: Interval


class GroupingEntry(Entry):
    same_room: Duration = _USUAL.same_room
    same_time: Duration = _USUAL.same_time


def cause_of(entry: CauseEntry) -> Cause:
    """The rule of an entry that has no mistakes."""
    return Cause(entry.id, entry.name, which_of(entry.alarm), which_of(entry.explains), entry.within)


def grouping_of(entry: GroupingEntry | None) -> Grouping:
    """As written, or else the usual one."""
    return _USUAL if entry is None else Grouping(entry.same_room, entry.same_time)


def which_of(entry: WhichEntry) -> Which:
    """Which alarms an entry without mistakes speaks of."""
    return Which(
        tuple(entry.rooms or ()),
        tuple(entry.points or ()),
        tuple(entry.sources or ()),
        tuple(entry.quantities or ()),
        tuple(entry.conditions or ()),
    )
