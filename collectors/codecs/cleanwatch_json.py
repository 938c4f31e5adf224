"""Our own JSON messages to readings, plant events and dead letters. Every message has a fate, and none raises.

What cannot be used goes into one dead letter a message, with its bytes and a reason for each part left out; the other
parts are stored. What may be doubted is stored, with the reasons for the doubt (`facility.reading.Reason`).
"""

import logging
import math
from datetime import datetime
from itertools import pairwise

import msgspec

from bus.topics import INSTRUMENTS
from collectors.codecs.plausibility import KnownPoint, KnownSite, doubts, flow_doubts, known_site, undatable
from collectors.messages import (
    BatchEndEvent,
    BatchStartEvent,
    Event,
    EventsMessage,
    Flag,
    ReadingsMessage,
    RoomStateEvent,
    Sample,
    StatusMessage,
    Value,
    Viable,
)
from facility import particles, viable
from facility.instants import Instant, instant_of
from facility.plant_events import BatchEnded, BatchStarted, PlantEvent, RoomStateSet, SourceStatus
from facility.quantities import Quantity
from facility.reading import Reading, Reason
from facility.site import Site
from facility.site_part import hears
from storage.samples.commit import DeadLetter, Intake

log = logging.getLogger(__name__)

REASONS_TOLD = 10
"""How many reasons a dead letter spells out."""
NO_SOURCE = "unknown source"

KINDS = ("readings", "events", "status")

REASON_OF_FLAG = {
    Flag.FLOW: int(Reason.FLOW_FAULT),
    Flag.LASER: int(Reason.LASER_FAULT),
    Flag.SENSOR: int(Reason.SENSOR_FAULT),
    Flag.OVERFLOW: int(Reason.COUNTER_OVERFLOW),
    Flag.SERVICE: int(Reason.SERVICE_DUE),
    Flag.MAINTENANCE: int(Reason.IN_MAINTENANCE),
}


class Codec:
    """Decodes the messages for one revision of one station's part of a site."""

    def __init__(self, part: Site) -> None:
        self._part = part
        self._site = known_site(part)
        self._readings_decoder = msgspec.json.Decoder(ReadingsMessage)
        self._events_decoder = msgspec.json.Decoder(EventsMessage)
        self._status_decoder = msgspec.json.Decoder(StatusMessage)

    def decode(self, topic: str, payload: bytes, received: Instant) -> Intake:
        """What a message comes to. Never raises: what cannot be used is in the dead letters."""
        parts = topic.split("/")
        source = parts[2] if len(parts) > 2 and parts[2] else NO_SOURCE
        readings = 0 if parts[-1] in ("events", "status") else 1
        problem = self._misaddressed(parts)
        if problem is None:
            try:
                if readings:
                    return self._readings(source, topic, payload, received)
                if parts[-1] == "status":
                    return self._status(source, topic, payload, received)
                return self._events(source, topic, payload, received)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                problem = f"malformed: {error}; docs/messages.md says what would be right"
            except Exception as error:
                log.exception("decoding a message on %s failed", topic)
                problem = f"decoding failed, which is a fault of Cleanwatch: {error!r}"
        return Intake(source, dead_letters=(DeadLetter(received, source, topic, payload, problem, readings),))

    def _misaddressed(self, parts: list[str]) -> str | None:
        if len(parts) != 4 or parts[0] != INSTRUMENTS or not parts[2] or parts[3] not in KINDS:
            return f"the topic is not {INSTRUMENTS}/{self._site.id}/<source>/readings, .../events or .../status"
        if parts[1] != self._site.id:
            return f"the topic names site {parts[1]!r}, but this is site {self._site.id!r}"
        return None

    def _readings(self, source: str, topic: str, payload: bytes, received: Instant) -> Intake:
        message = self._readings_decoder.decode(payload)
        sorting = _Sorting(self._part, self._site, received, message.sequence)
        for index, value in enumerate(message.values):
            try:
                sorting.keep_value(value)
            except _Refusal as refusal:
                sorting.refuse(f"values[{index}]", refusal)
        for index, sample in enumerate(message.samples):
            try:
                sorting.keep_sample(sample)
            except _Refusal as refusal:
                sorting.refuse(f"samples[{index}]", refusal, readings=len(sample.counts))
        for index, result in enumerate(message.viable):
            try:
                sorting.keep_viable(result)
            except _Refusal as refusal:
                sorting.refuse(f"viable[{index}]", refusal)
        dead_letters = sorting.dead_letters(source, topic, payload)
        return Intake(source, sorting.readings, (), dead_letters, message.epoch, message.sequence)

    def _events(self, source: str, topic: str, payload: bytes, received: Instant) -> Intake:
        message = self._events_decoder.decode(payload)
        sorting = _Sorting(self._part, self._site, received, message.sequence)
        events = []
        for index, event in enumerate(message.events):
            try:
                events.append(sorting.plant_event(event))
            except _Refusal as refusal:
                sorting.refuse(f"events[{index}]", refusal, readings=0)
        dead_letters = sorting.dead_letters(source, topic, payload)
        return Intake(source, (), events, dead_letters, message.epoch, message.sequence)

    def _status(self, source: str, topic: str, payload: bytes, received: Instant) -> Intake:
        message = self._status_decoder.decode(payload)
        sorting = _Sorting(self._part, self._site, received, None)
        try:
            event = sorting.status(source, message, heard=hears(self._part, source))
        except _Refusal as refusal:
            sorting.refuse("status", refusal, readings=0)
            return Intake(source, dead_letters=sorting.dead_letters(source, topic, payload))
        return Intake(source, events=(event,))


class _Refusal(Exception):  # noqa: N818 - no error of the program's, but what becomes of a part of a message
    """This part of a message cannot be stored."""


class _Sorting:
    """One message being sorted into what is stored and what is refused."""

    def __init__(self, part: Site, site: KnownSite, received: Instant, sequence: int | None) -> None:
        self.readings: list[Reading] = []
        self._part = part
        self._site = site
        self._received = received
        self._sequence = sequence
        self._problems: list[str] = []
        self._refused = 0

    def keep_value(self, sent: Value) -> None:
        """One number of one point."""
        point = self._point(sent.point)
        time = self._dated(sent.time)
        reasons = doubts(point.instrument, time, self._received, sent.serial) | _said_by(sent.flags)
        value = sent.value
        if value is None:
            value, reasons = math.nan, reasons | Reason.SENSOR_FAULT
        elif not point.lowest <= value <= point.highest:
            reasons |= Reason.OUT_OF_RANGE
        self.readings.append(Reading(sent.point, time, value, int(reasons), self._received, self._sequence))

    def keep_sample(self, sent: Sample) -> None:
        """One particle sample: a reading for each size that the site knows of this instrument."""
        instrument = self._site.instruments.get(sent.instrument)
        if instrument is None:
            raise _Refusal(self._unknown("instrument", sent.instrument))
        time, litres = self._dated(sent.time), sent.volume_l
        reasons = doubts(instrument, time, self._received, sent.serial) | flow_doubts(instrument, litres)
        reasons |= _said_by(sent.flags)
        if litres == 0 or _grow_with_size(sent.counts):
            reasons |= Reason.COUNTS_CONTRADICT
        for size, count in sent.counts.items():
            point = instrument.sizes.get(_micrometres(size))
            if point is None:
                known = ", ".join(f"{known:g}" for known in instrument.sizes) or "none"
                refusal = _Refusal(f"the site file gives {sent.instrument} the sizes {known} in µm, but not {size!r}")
                self.refuse("samples.counts", refusal)
                continue
            value = particles.per_cubic_metre(count, litres) if litres else math.nan
            self._keep_counted(point, time, value, reasons, count, litres)

    def keep_viable(self, sent: Viable) -> None:
        """One viable-air result, corrected for the holes of the sieve where they are given."""
        point = self._point(sent.point)
        if point.quantity is not Quantity.VIABLE_AIR:
            raise _Refusal(f"{sent.point} measures {point.quantity}, not {Quantity.VIABLE_AIR}; send it in values")
        time, litres, holes = self._dated(sent.time), sent.volume_l, sent.holes
        reasons = doubts(point.instrument, time, self._received, sent.serial) | flow_doubts(point.instrument, litres)
        reasons |= _said_by(sent.flags)
        value = math.nan
        if litres == 0 or (holes is not None and sent.count > holes):
            reasons |= Reason.COUNTS_CONTRADICT
        else:
            value = viable.per_cubic_metre(sent.count, litres, holes)
            if value <= point.highest:
                value = float(viable.whole_cfu(value))
            if holes is not None and viable.too_many_to_count(sent.count, holes):
                reasons |= Reason.COUNTER_OVERFLOW
        self._keep_counted(point, time, value, reasons, sent.count, litres)

    def plant_event(self, sent: Event) -> PlantEvent:
        """One room state, batch start or batch end."""
        if sent.room not in self._site.rooms:
            raise _Refusal(self._unknown("room", sent.room))
        time = self._dated(sent.time)
        match sent:
            case RoomStateEvent():
                return RoomStateSet(sent.room, sent.state, time, sent.by)
            case BatchStartEvent():
                return BatchStarted(sent.batch, sent.room, time, sent.by)
            case BatchEndEvent():
                return BatchEnded(sent.batch, sent.room, time, sent.by)

    def status(self, source: str, sent: StatusMessage, heard: bool) -> SourceStatus:
        """A source that is online, or gone."""
        if not heard:
            raise _Refusal(
                f"no station of site {self._site.id} hears source {source!r}, and what it sends is not stored; "
                "name it in the sources of a station in the site file"
            )
        return SourceStatus(source, sent.online, self._dated(sent.time))

    def refuse(self, where: str, refusal: _Refusal, readings: int = 1) -> None:
        """Leave out a part of the message that stands for so many readings."""
        self._problems.append(f"{where}: {refusal}")
        self._refused += readings

    def dead_letters(self, source: str, topic: str, payload: bytes) -> tuple[DeadLetter, ...]:
        """All that was refused of this message, as one dead letter; none where nothing was."""
        if not self._problems:
            return ()
        told = self._problems[:REASONS_TOLD]
        if more := len(self._problems) - len(told):
            told.append(f"and {more} more")
        return (DeadLetter(self._received, source, topic, payload, "; ".join(told), self._refused),)

    def _point(self, id: str) -> KnownPoint:
        point = self._site.points.get(id)
        if point is None:
            raise _Refusal(self._unknown("point", id))
        return point

    def _dated(self, sent: datetime) -> Instant:
        if problem := undatable(sent, self._received):
            raise _Refusal(problem)
        return instant_of(sent)

    def _unknown(self, what: str, id: str) -> str:
        if station := self._part.share.elsewhere.get(id):
            return (
                f"{what} {id!r} is in an area of station {station}, and this is station {self._part.share.station}; "
                "send it from a source of that station, or name this source there"
            )
        return f"site {self._site.id} has no {what} {id!r}; correct the sender, or add it to the site file and replay"

    def _keep_counted(
        self, point: KnownPoint, time: Instant, value: float, reasons: int, count: int, litres: float
    ) -> None:
        if value > point.highest:
            reasons |= Reason.OUT_OF_RANGE
        if math.isinf(value):
            value = math.nan
        self.readings.append(
            Reading(point.id, time, value, int(reasons), self._received, self._sequence, count, litres)
        )


def _said_by(flags: tuple[Flag, ...]) -> int:
    reasons = 0
    for flag in flags:
        reasons |= REASON_OF_FLAG[flag]
    return reasons


def _micrometres(size: str) -> float:
    try:
        return float(size)
    except ValueError:
        return math.nan


def _grow_with_size(counts: dict[str, int]) -> bool:
    """Cumulative counts that grow with size cannot be: a particle of 5 µm is one of 0.5 µm and larger, too."""
    by_size = sorted((_micrometres(size), count) for size, count in counts.items())
    return any(larger > smaller for (_, smaller), (_, larger) in pairwise(by_size))
