"""What goes wrong in the demo, read from a scenario file: each event has its time, its target and its size."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from collectors.simulator.design import PlantDesign
from collectors.simulator.files import Mismatch, Part, load
from collectors.simulator.sources import sources
from facility.instants import HOUR, MINUTE, SECOND, Span
from facility.quantities import Quantity
from facility.site import Site
from facility.site_values import Duration, Interval


@dataclass(frozen=True, slots=True)
class After:
    """So long after the live demo has begun."""

    span: Span


@dataclass(frozen=True, slots=True)
class Ago:
    """At a time of day, so many days or workdays before the day on which the demo was first started."""

    days: int
    workdays: bool
    at: time


_AGO = re.compile(r"(\d{1,3}) (workday|day)s? ago, ([01]\d|2[0-3]):([0-5]\d)")
_SPAN: TypeAdapter[Span] = TypeAdapter(Duration)


def _moment(text: object) -> After | Ago:
    if isinstance(text, str) and (found := _AGO.fullmatch(text)):
        return Ago(int(found[1]), found[2] == "workday", time(int(found[3]), int(found[4])))
    try:
        return After(_SPAN.validate_python(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is no time; write '45 s' (after the start) or '3 workdays ago, 10:13'") from error


def _time_of_day(text: object) -> object:
    if isinstance(text, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        return time.fromisoformat(text)
    raise ValueError(f"{text!r} is no time of day; write 09:30")


Moment = Annotated[After | Ago, BeforeValidator(_moment)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Happening(Part):
    """One thing that goes wrong. After the start of the live demo it may come again and again."""

    at: Moment
    lasts: Interval
    repeat_every: Interval | None = None


class DoorHeldOpen(Happening):
    """Somebody carries things through a door; `shed` particles ≥ 0.5 µm a second come into its first room."""

    kind: Literal["door held open"]
    door: tuple[str, str]
    shed: Positive


class FilterLeak(Happening):
    """A HEPA filter leaks more and more, up to so many particles ≥ 0.5 µm per m³ of supply air; then it is sealed."""

    kind: Literal["HEPA leak"]
    room: str
    grows_to: Positive


class AirHandlerTrip(Happening):
    """An air handler stands still: no pressure, no air changes."""

    kind: Literal["air handler trip"]
    air_handler: str


class FlowFault(Happening):
    """A particle counter draws only this share of its flow, and says so."""

    kind: Literal["flow fault"]
    instrument: str
    flow: Share


class FrozenSensor(Happening):
    """An instrument repeats its last value."""

    kind: Literal["frozen sensor"]
    instrument: str


class NetworkLoss(Happening):
    """A gateway cannot reach the broker. What it keeps it sends when it can again; the rest is lost."""

    kind: Literal["network loss"]
    source: str
    kept: bool = True


class BottleEmpty(Happening):
    """The CO2 bottle of an incubator is empty until it is changed."""

    kind: Literal["CO2 bottle empty"]
    cabinet: str


class CabinetLeftOpen(Happening):
    """The door of an incubator, refrigerator or freezer stands open."""

    kind: Literal["cabinet left open"]
    cabinet: str


class ParticleBurst(Happening):
    """So many particles ≥ 0.5 µm are set free at once: something falls, a glove tears."""

    kind: Literal["particle burst"]
    lasts: Interval = SECOND
    room: str
    particles: Positive


class Growth(Happening):
    """So many colonies grow on the plate that a viable-air point takes on that day."""

    kind: Literal["growth on a plate"]
    lasts: Interval = SECOND
    point: str
    colonies: Annotated[int, Field(ge=0, le=400)]


Event = Annotated[
    DoorHeldOpen
    | FilterLeak
    | AirHandlerTrip
    | FlowFault
    | FrozenSensor
    | NetworkLoss
    | BottleEmpty
    | CabinetLeftOpen
    | ParticleBurst
    | Growth,
    Field(discriminator="kind"),
]


class Scenario(Part):
    """`seed` decides everything that chance decides.

    `live_begins_at` is the time of a working day at which the live demo begins, whatever the clock says.
    """

    seed: int
    live_begins_at: Annotated[time, BeforeValidator(_time_of_day)]
    events: tuple[Event, ...]


def load_scenario(path: Path, site: Site, design: PlantDesign) -> Scenario:
    """Read and check a scenario against the site and its plant; raises SiteFileError with every error found."""
    return load(path, Scenario, lambda scenario: _mismatches(scenario, site, design))


def upcoming(scenario: Scenario) -> list[tuple[Span, str]]:
    """What will happen live, in order: how long after the start, and a sentence."""
    told = []
    for event in scenario.events:
        if isinstance(event.at, After):
            again = f"; again every {in_words(event.repeat_every)}" if event.repeat_every else ""
            told.append((event.at.span, sentence(event) + again))
    return sorted(told)


def sentence(event: Event) -> str:
    """What can be seen happening."""
    span = in_words(event.lasts)
    match event:
        case DoorHeldOpen(door=(one, other)):
            return f"the door between {one} and {other} is held open for {span}"
        case FilterLeak(room=room):
            return f"a HEPA filter of {room} leaks, more and more for {span}"
        case AirHandlerTrip(air_handler=handler):
            return f"air handler {handler} trips for {span}"
        case FlowFault(instrument=instrument):
            return f"particle counter {instrument} reports a flow fault for {span}"
        case FrozenSensor(instrument=instrument):
            return f"{instrument} freezes and repeats its last value for {span}"
        case NetworkLoss(source=source, kept=kept):
            return f"gateway {source} has no network for {span}" + (", then sends what it kept" if kept else "")
        case BottleEmpty(cabinet=cabinet):
            return f"the CO₂ bottle of {cabinet} runs empty; it is changed after {span}"
        case CabinetLeftOpen(cabinet=cabinet):
            return f"{cabinet} is left open for {span}"
        case ParticleBurst(room=room):
            return f"a burst of particles in {room}"
        case Growth(point=point, colonies=colonies):
            return f"{colonies} colonies grow on a plate of {point}"


def in_words(span: Span) -> str:
    """`45 s`, `2 min`, `2 min 30 s`, `4 h`."""
    parts = [
        (span // HOUR, "h"),
        (span % HOUR // MINUTE, "min"),
        (span % MINUTE // SECOND, "s"),
    ]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "a moment"


def _mismatches(scenario: Scenario, site: Site, design: PlantDesign) -> Iterable[Mismatch]:
    doors = {frozenset(door.between) for door in site.doors}
    gateways = sources(site, design)
    for number, event in enumerate(scenario.events):
        place = ("events", number)
        if event.repeat_every is not None and isinstance(event.at, Ago):
            yield (*place, "repeat_every"), "only what happens after the start can repeat"
        if event.repeat_every is not None and event.repeat_every <= event.lasts:
            yield (*place, "repeat_every"), f"must be longer than {in_words(event.lasts)}, which it lasts"
        match event:
            case DoorHeldOpen(door=door) if frozenset(door) not in doors:
                yield (*place, "door"), f"the site file has no door between {door[0]} and {door[1]}"
            case FilterLeak(room=room) if room not in design.rooms:
                yield (*place, "room"), f"the plant file has no room {room}"
            case ParticleBurst(room=room) if room not in {*design.rooms, *design.workstations}:
                yield (*place, "room"), f"the plant file has no room or workstation {room}"
            case AirHandlerTrip(air_handler=handler) if handler not in design.air_handlers:
                yield (*place, "air_handler"), f"the plant file has no air handler {handler}"
            case FlowFault(instrument=id) if not _measures(site, id, Quantity.PARTICLES):
                yield (*place, "instrument"), f"the site file has no particle counter {id}"
            case FrozenSensor(instrument=id) if id not in site.instruments or _measures(site, id, Quantity.PARTICLES):
                yield (*place, "instrument"), f"the site file has no instrument {id} that could freeze"
            case NetworkLoss(source=source) if source not in gateways:
                yield (
                    (*place, "source"),
                    f"there is no gateway {source}; there are {', '.join(gateways)}",
                )
            case BottleEmpty(cabinet=id) if id not in design.cabinets or design.cabinets[id].co2 is None:
                yield (*place, "cabinet"), f"the plant file has no incubator {id} with CO2"
            case CabinetLeftOpen(cabinet=id) if id not in design.cabinets:
                yield (*place, "cabinet"), f"the plant file has no cabinet {id}"
            case Growth(point=id) if id not in site.points or site.points[id].quantity is not Quantity.VIABLE_AIR:
                yield (*place, "point"), f"the site file has no viable-air point {id}"


def _measures(site: Site, instrument: str, quantity: Quantity) -> bool:
    return any(point.quantity is quantity for point in site.points_by_instrument.get(instrument, ()))
