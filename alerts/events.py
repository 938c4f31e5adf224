"""The events that people are told of: an excursion with all its alarms, or an alarm that is in none."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from facility.alarm import Alarm
from storage.records import alarms, excursions


def by_excursion(connection: Connection, ids: Collection[str]) -> Mapping[str, Sequence[Alarm]]:
    """The events that these alarms are part of, by the number of the excursion or the id of the alarm."""
    homes = excursions.of_alarms(connection, ids)
    members = excursions.members(connection, set(homes.values()))
    wanted = {*ids, *(alarm for alarms in members.values() for alarm in alarms)}
    found = {alarm.id: alarm for alarm in alarms.several(connection, wanted)}
    events = {event: [found[id] for id in inside if id in found] for event, inside in members.items()}
    return events | {id: [found[id]] for id in ids if id in found and id not in homes}
