"""The site in force when an alarm began: an old alarm is told by the limits of its time, not by the present ones."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.context import AppContext
from facility.alarm import Alarm
from facility.site import Site
from storage.records import revisions


def sites_then(context: AppContext, connection: Connection, found: Sequence[Alarm]) -> Mapping[str, Site]:
    """For each alarm, by its id, the whole site in force at its onset."""
    starts = revisions.starts(connection)
    present = revisions.number_in_force(connection, context.clock())
    sites = {present: context.whole()}
    then: dict[str, Site] = {}
    for alarm in found:
        number = next((number for number, start in starts if start <= alarm.onset), present)
        if number not in sites:
            sites[number] = context.past.site(connection, number)
        then[alarm.id] = sites[number]
    return then
