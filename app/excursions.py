"""Excursions as a person may see them: of alarms in the person's areas, with what was being made meanwhile."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from alerts.rooms import around, within
from app.areas import NOT_YOURS, seen
from app.context import AppContext
from app.guard import NotAllowedError
from facility.excursion import Excursion
from facility.instants import Instant
from facility.language import _
from facility.site import Site
from storage.records import batches, excursions
from storage.records.batches import Run

EXCURSION = "excursion "
"""An excursion's name in the audit trail and in annotations is this and its number."""


def visible(context: AppContext, excursion: Excursion) -> Excursion | None:
    """The excursion with those of its alarms that the person may see; None where that is none."""
    alarms = {alarm.id: alarm for alarm in seen(context, excursion.alarms.values())}
    return replace(excursion, alarms=alarms) if alarms else None


def find(context: AppContext, connection: Connection, number: str) -> Excursion | None:
    """The excursion with this number, as far as the person may see it; None where there is none."""
    found = excursions.find(connection, number)
    return None if found is None else visible(context, found)


def admitted_to_whole(context: AppContext, connection: Connection, number: str) -> Excursion:
    """An excursion that the person may merge and split. Raises NotAllowedError where part of it is elsewhere."""
    found = excursions.find(connection, number)
    if found is None or visible(context, found) != found:
        raise NotAllowedError(_(NOT_YOURS))
    return found


def kin(site: Site, room: str) -> tuple[str, ...]:
    """A room, the rooms that it is inside of and the zones inside it."""
    return tuple(dict.fromkeys((*around(site, room), *within(site, room)))) if room in site.rooms else (room,)


def made_meanwhile(connection: Connection, site: Site, excursion: Excursion, now: Instant) -> list[Run]:
    """What was being made in its rooms, or around or inside them, while it lasted."""
    rooms = [other for room in excursion.rooms for other in kin(site, room)]
    return batches.overlapping(connection, rooms, excursion.onset, (excursion.returned or now) + 1)


def runs_of(connection: Connection, site: Site, batch: str) -> Sequence[Run]:
    """A batch, in each room that it concerns."""
    return [replace(run, room=room) for run in batches.of(connection, batch) for room in kin(site, run.room)]
