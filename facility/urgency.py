"""Which alarms call at any hour."""

from facility.alarm import Alarm, Condition
from facility.limit import Severity
from facility.quantities import Quantity
from facility.site import Grade, Site


def calls_at_any_hour(site: Site, alarm: Alarm) -> bool:
    """An action limit, and particles in grade A at their alert level: there that is an alarm already.

    EU GMP Annex 1:2022, 9.17: in grade A alarms are triggered when alert levels are exceeded.
    """
    if alarm.severity >= Severity.ACTION:
        return True
    point, room = site.points.get(alarm.point), site.rooms.get(alarm.room)
    return (
        alarm.severity is Severity.ALERT
        and alarm.condition is Condition.HIGH
        and point is not None
        and point.quantity is Quantity.PARTICLES
        and room is not None
        and room.classification is Grade.A
    )
