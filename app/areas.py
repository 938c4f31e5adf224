"""What of the records a person may see who is admitted to some areas only: those of rooms in these areas.

`context.site()` is the part of the site that the person may see. A room that the site has no longer belongs to no
area, so only who is admitted to all of them still sees it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.context import AppContext
from app.guard import NotAllowedError
from facility.alarm import Alarm
from facility.language import N_, _

NOT_YOURS = N_("This is in an area that your account is not admitted to. An administrator can change that.")


def rooms_of(context: AppContext) -> frozenset[str] | None:
    """The rooms that the person may see, None for whatever there is or was."""
    return None if context.areas is None else frozenset(context.site().rooms)


def seen(context: AppContext, alarms: Iterable[Alarm]) -> Iterator[Alarm]:
    """The alarms that the person may see. Of a source's alarm only the points that it blinds there are told."""
    rooms = rooms_of(context)
    for alarm in alarms:
        if rooms is None:
            yield alarm
        elif alarm.source is None:
            if alarm.room in rooms:
                yield alarm
        elif blinds := tuple(blinded for blinded in alarm.blinds if blinded.room in rooms):
            yield replace(alarm, room=alarm.room if alarm.room in rooms else blinds[0].room, blinds=blinds)


def admitted(context: AppContext, room: str) -> None:
    """Raises NotAllowedError where a room is in no area of the person."""
    rooms = rooms_of(context)
    if rooms is not None and room not in rooms:
        raise NotAllowedError(_(NOT_YOURS))


def admitted_to_alarm(context: AppContext, alarm: Alarm | None) -> None:
    """Raises NotAllowedError where an alarm is none that the person may see; so also where there is no such alarm."""
    if context.areas is not None and (alarm is None or not list(seen(context, [alarm]))):
        raise NotAllowedError(_(NOT_YOURS))
