"""The alarms by which points of a trend are chosen: those that stand, and those of the last two weeks."""

from app.areas import seen
from app.context import AppContext
from facility.alarm import Alarm
from facility.instants import DAY
from storage.records import alarms
from storage.records.alarms import AlarmFilter

RECENT = 14 * DAY
MOST = 40


def recent_alarms(context: AppContext) -> list[Alarm]:
    """The newest first."""
    with context.records.reading() as connection:
        found = alarms.history(connection, AlarmFilter(start=context.clock() - RECENT), MOST)
    return list(seen(context, found))
