"""Every operation of the API, in the order in which it is described."""

from app.api import alarms, changes, excursions, holds, me, on_call, readings, rooms, site, trail
from app.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *site.OPERATIONS,
    *readings.OPERATIONS,
    *alarms.OPERATIONS,
    *excursions.OPERATIONS,
    *holds.OPERATIONS,
    *rooms.OPERATIONS,
    *on_call.OPERATIONS,
    *changes.OPERATIONS,
    *trail.OPERATIONS,
)
