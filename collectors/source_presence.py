"""Which sources have announced themselves, and what is news about them.

Only the collector knows which source a message came from. It tells the engine of sources by events among the
readings, in order with them: a source came or went, and which points are heard through it. A retained status comes
again with every connection; what is known already is no event.
"""

import msgspec

from facility.instants import Instant
from facility.plant_events import PlantEvent, SourceHeard, SourceStatus
from storage.samples.commit import Intake


class SourcePresence:
    """What has been heard of each source since the start. Of one that never announced itself nothing is told."""

    def __init__(self) -> None:
        self._said: dict[str, SourceStatus] = {}
        self._lost: dict[str, Instant] = {}
        """When those were taken to be gone that are gone now."""
        self._points: dict[str, str] = {}
        """Through which source each point was last heard, whether it has announced itself or not."""

    def forget(self, source: str) -> None:
        """Its status was cleared: a person has retired it."""
        self._said.pop(source, None)
        self._lost.pop(source, None)

    def told(self, intake: Intake, received: Instant) -> Intake:
        """The same message with what it says of its source: no repeats, but what it shows beside its readings."""
        events: list[PlantEvent] = []
        for event in intake.events:
            if not isinstance(event, SourceStatus):
                events.append(event)
            elif self._said.get(event.source) != event:
                events += self._says(event, received)
        if intake.readings:
            events += self._shown(intake)
        return intake if len(events) == len(intake.events) else msgspec.structs.replace(intake, events=tuple(events))

    def _says(self, status: SourceStatus, received: Instant) -> list[PlantEvent]:
        source, announced = status.source, status.source in self._said
        self._said[source] = status
        if status.online:
            self._lost.pop(source, None)
        else:
            self._lost[source] = received
        heard = tuple(point for point, through in self._points.items() if through == source)
        return [status] if announced or not heard else [status, SourceHeard(source, heard)]

    def _shown(self, intake: Intake) -> list[PlantEvent]:
        """Whoever sends readings from after its loss is there, also where it forgets to say so."""
        source, events = intake.source, list[PlantEvent]()
        newest = max(reading.time for reading in intake.readings)
        if newest > self._lost.get(source, newest):
            del self._lost[source]
            events.append(SourceStatus(source, online=True, time=newest))
        news = {r.point: None for r in intake.readings if self._points.get(r.point) != source}
        if news:
            self._points.update(dict.fromkeys(news, source))
            if source in self._said:
                events.append(SourceHeard(source, tuple(news)))
        return events
