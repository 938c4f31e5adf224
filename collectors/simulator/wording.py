"""From what the simulated instruments read to the messages that their gateways send."""

from collections.abc import Iterable, Mapping
from typing import Literal

from collectors.messages import (
    BatchEndEvent,
    BatchStartEvent,
    Event,
    Flag,
    RoomStateEvent,
    Sample,
    Value,
    Viable,
)
from collectors.simulator.plates import LITRES, Plate
from facility.instants import SECOND, datetime_of
from facility.plant_events import BatchEnded, BatchStarted, RoomEvent, RoomStateSet
from facility.reading import Reason
from facility.site import Site
from storage.samples.columns import Columns

VERSION: Literal[1] = 1


def values(site: Site, instrument: str, readings: Mapping[str, Columns]) -> Iterable[Value]:
    """The numbers of an instrument that counts nothing."""
    serial = site.instruments[instrument].serial
    for point, columns in readings.items():
        for time, value in zip(columns.time.tolist(), columns.value.tolist(), strict=True):
            yield Value(point, datetime_of(time), value, serial=serial)


def samples(site: Site, instrument: str, readings: Mapping[str, Columns]) -> Iterable[Sample]:
    """The samples of a particle counter."""
    counter = site.instruments[instrument]
    sizes = {f"{point.size:.1f}": readings[point.id] for point in site.points_by_instrument[instrument]}
    first = next(iter(sizes.values()))
    for row, time in enumerate(first.time.tolist()):
        yield Sample(
            instrument,
            datetime_of(time),
            counter.interval / SECOND,
            float(first.volume[row]),
            {size: int(columns.count[row]) for size, columns in sizes.items()},
            flags=(Flag.FLOW,) if first.reasons[row] & Reason.FLOW_FAULT else (),
            serial=counter.serial,
        )


def result(site: Site, plate: Plate) -> Viable:
    """What the laboratory says of a plate."""
    serial = site.instruments[site.points[plate.point].instrument].serial
    return Viable(plate.point, datetime_of(plate.sampled), plate.colonies, LITRES, serial=serial)


def event(happened: RoomEvent) -> Event:
    """What the room schedule or the batch system says."""
    time = datetime_of(happened.time)
    match happened:
        case RoomStateSet(room, state, _, by):
            return RoomStateEvent(room, state, time, by)
        case BatchStarted(batch, room, _, by):
            return BatchStartEvent(batch, room, time, by)
        case BatchEnded(batch, room, _, by):
            return BatchEndEvent(batch, room, time, by)
