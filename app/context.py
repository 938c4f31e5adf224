"""What every page and route is handed: the parts that the app shows and the person who looks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.live.hub import Hub
from app.stations import Stations
from facility.instants import Clock, system_clock
from facility.site import Site
from storage.records.database import Records
from storage.samples.history import Substitute
from storage.samples.store import SampleStore


@dataclass(frozen=True, slots=True)
class AppContext:
    """The parts of a running Cleanwatch that the app uses. `site` gives the site revision in force."""

    site: Callable[[], Site]
    samples: SampleStore
    records: Records
    hub: Hub
    user: str
    clock: Clock
    stations: Stations = field(default_factory=lambda: Stations(system_clock))
    substitute: Callable[[], Substitute | None] = lambda: None
    """Whether history comes from the local store in place of InfluxDB now, and why."""
