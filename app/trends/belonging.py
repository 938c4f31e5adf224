"""What belongs to an alarm or an excursion: its points, their neighbours, and the time around it."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from app import excursions
from app.areas import seen
from app.context import AppContext
from app.trends.view import View
from facility.alarm import Alarm
from facility.instants import DAY, HOUR, Instant
from facility.site import Site
from storage.records import alarms

MOST_NEIGHBOURS = 8
"""Points are added up to so many in all; those of the alarms themselves come first, however many they are."""


def with_what_belongs(context: AppContext, connection: Connection, view: View) -> View:
    """The view with points and range of the alarm or excursion that it names; as it is where it names none.

    One that there is not, or that the person may not see, brings nothing: the view stays without points.
    """
    if view.points or not (view.alarm or view.excursion):
        return view
    site, now = context.site(), context.clock()
    if view.alarm:
        found = alarms.find(connection, view.alarm)
        own = [] if found is None else list(seen(context, [found]))
        onset, returned = (own[0].onset, own[0].returned) if own else (now, now)
    else:
        excursion = excursions.find(context, connection, view.excursion)
        own = [] if excursion is None else list(excursion.in_order())
        onset, returned = (excursion.onset, excursion.returned) if excursion else (now, now)
    points = [point for alarm in own for point in alarm_points(alarm)]
    rooms = [room for alarm in own for room in alarm.rooms]
    belonging = points_of(site, points, rooms)
    if not belonging:
        return view
    chosen = replace(view, points=belonging, alarm="", excursion="")
    return chosen if view.is_fixed else chosen.between(*around_it(onset, returned, now))


def alarm_points(alarm: Alarm) -> tuple[str, ...]:
    """The points that an alarm is of: its own, and those that it blinds."""
    return (alarm.point, *(blinded.point for blinded in alarm.blinds))


def points_of(site: Site, points: Iterable[str], rooms: Iterable[str]) -> tuple[str, ...]:
    """These points, then others of the rooms: of each quantity that is not among them yet the first."""
    found = [point for point in dict.fromkeys(points) if point in site.points]
    kinds = {(site.points[p].room, site.points[p].quantity, site.points[p].size) for p in found}
    for room in dict.fromkeys(rooms):
        for point in site.points_by_room.get(room, ()):
            kind = (room, point.quantity, point.size)
            if kind not in kinds and len(found) < MOST_NEIGHBOURS:
                kinds.add(kind)
                found.append(point.id)
    return tuple(found)


def around_it(onset: Instant, returned: Instant | None, now: Instant) -> tuple[Instant, Instant]:
    """From before the onset to after the return: by as long as it lasted, an hour at least, a day at most."""
    end = now if returned is None else returned
    margin = min(max(end - onset, HOUR), DAY)
    return onset - margin, min(end + margin, max(now, end))
