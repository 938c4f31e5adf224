"""What a correct site file leaves out that a standard wants: told when it is checked, not refused."""

from collections.abc import Iterator

from facility.limit import RoomState, Severity
from facility.limits import limits_in_force
from facility.quantities import Quantity
from facility.site import Grade, Point, Site


def advice(site: Site) -> tuple[str, ...]:
    """Sentences about points of grade A whose particles have an action limit and no alert level below it.

    EU GMP Annex 1:2022, 9.17: in grade A alarms are triggered when alert levels are exceeded.
    """
    grade_a = {room.id for room in site.rooms.values() if room.classification is Grade.A}
    particles = [p for p in site.points.values() if p.quantity is Quantity.PARTICLES and p.room in grade_a]
    found = []
    for point in particles:
        states = " and ".join(_without_alert_level(point))
        if states:
            found.append(
                f"{point.id}, particles in grade A, has an action limit and no alert level {states}. Alarms of "
                "grade A are to be triggered at alert levels (EU GMP Annex 1:2022, 9.17): give it one."
            )
    return tuple(found)


def _without_alert_level(point: Point) -> Iterator[str]:
    for state in RoomState:
        severities = {limit.severity for limit in limits_in_force(point, state)}
        if Severity.ACTION in severities and Severity.ALERT not in severities:
            yield state.value
