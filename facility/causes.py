"""Rules by which one alarm explains others, so that an event calls people once."""

from dataclasses import dataclass

from facility.alarm import Alarm, Condition
from facility.instants import Span
from facility.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Which:
    """Which alarms a rule speaks of; what is empty does not restrict."""

    rooms: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def has(self, alarm: Alarm, quantity: Quantity | None) -> bool:
        """Is an alarm one of them? `quantity` is that of its point; None where it is of none that is watched."""
        return (
            (not self.rooms or alarm.room in self.rooms)
            and (not self.points or alarm.point in self.points)
            and (not self.sources or alarm.source in self.sources)
            and (not self.quantities or quantity in self.quantities)
            and (not self.conditions or alarm.condition in self.conditions)
        )


@dataclass(frozen=True, slots=True)
class Cause:
    """While an alarm of `cause` stands, those of `explains` that begin within `span` of it call nobody.

    Where `explains` names neither rooms nor points nor sources, it speaks of the room of the cause.
    """

    id: str
    name: str
    cause: Which
    explains: Which
    span: Span

    @property
    def anywhere(self) -> bool:
        """Does it say itself where what it explains is?"""
        return bool(self.explains.rooms or self.explains.points or self.explains.sources)
