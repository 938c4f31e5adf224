"""Suppression by design: rules of the site file by which alarms call nobody while their room is not at work."""

from dataclasses import dataclass

from facility.alarm import Alarm
from facility.causes import Which
from facility.limit import RoomState, Severity
from facility.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Suppression:
    """While a room is in one of these states, such alarms of it call nobody, up to this severity.

    While the state of a room is unknown nothing is suppressed.
    """

    id: str
    name: str
    room_states: frozenset[RoomState]
    alarms: Which
    up_to: Severity

    def has(self, alarm: Alarm, quantity: Quantity | None, state: RoomState | None) -> bool:
        """Does it hold an alarm back, whose room is in this state?"""
        return state in self.room_states and alarm.severity <= self.up_to and self.alarms.has(alarm, quantity)
