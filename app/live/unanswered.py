"""The alarms that nobody has answered yet, as the browser is told of them."""

from collections.abc import Iterable, Sequence

import msgspec

from app import formats
from app.status import alarm_status, alarm_word
from bus.messages import AlarmNotice
from facility.alarm import room_of, source_of
from facility.instants import Instant, instant_of
from facility.language import _
from facility.limit import Severity
from facility.site import Site

MOST = 8
"""So many are told: what fits on a wall. Of the others only how many they are."""


class AlarmLook(msgspec.Struct, frozen=True, omit_defaults=True):
    """One alarm that waits for an answer. `room` is empty for a source that nothing is heard through."""

    room: str
    what: str
    status: str
    word: str
    since: Instant
    point: str = ""
    """The point that it is of, where it is of one."""


def most_urgent(site: Site, unanswered: Iterable[AlarmNotice]) -> tuple[AlarmLook, ...]:
    """The worst first, of equals the one that stands longest."""
    looks = [(-_status(alarm), alarm.onset, alarm) for alarm in unanswered]
    looks.sort(key=lambda entry: entry[:2])
    return tuple(_look(site, alarm) for _rank, _onset, alarm in looks[:MOST])


def sounding(unanswered: Iterable[AlarmNotice]) -> int:
    """How many of them are action alarms: they sound on a wall, also when they are back inside."""
    return sum(alarm.severity == "action" for alarm in unanswered)


def _status(alarm: AlarmNotice) -> int:
    return alarm_status(alarm.condition, Severity[alarm.severity.upper()], alarm.state)


def _look(site: Site, alarm: AlarmNotice) -> AlarmLook:
    severity = Severity[alarm.severity.upper()]
    point = site.points.get(alarm.point)
    return AlarmLook(
        room=_room(site, alarm.room, alarm.blinds),
        what=_what(site, alarm.point),
        status=alarm_status(alarm.condition, severity, alarm.state).mark,
        word=alarm_word(alarm.condition, severity, alarm.state),
        since=instant_of(alarm.onset),
        point="" if point is None else point.id,
    )


def _room(site: Site, room: str, blinds: Sequence[str]) -> str:
    """The room; of a source whose worst room is not to be seen here the first one that is."""
    if room in site.rooms:
        return room
    return next((site.points[point].room for point in blinds if point in site.points), "")


def _what(site: Site, place: str) -> str:
    if (source := source_of(place)) is not None:
        return _("Source {name}", name=source)
    if room_of(place) is not None:
        return _("Room state")
    point = site.points.get(place)
    return formats.brief(point) if point else place
