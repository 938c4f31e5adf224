"""What every page and route is handed: the parts that the app shows and the person who looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.live.hub import Hub
from app.proxy import Network
from app.stations import Stations
from facility.instants import Clock, system_clock
from facility.people import Person
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
    person: Callable[[], Person | None]
    """Who is signed in at the browser that asks; None where nobody is."""
    clock: Clock
    stations: Stations = field(default_factory=lambda: Stations(system_clock))
    substitute: Callable[[], Substitute | None] = lambda: None
    """Whether history comes from the local store in place of InfluxDB now, and why."""
    proxies: Sequence[Network] = ()
    """Whose word is taken for where a request comes from."""

    @property
    def name(self) -> str:
        """The printed name of the person who is signed in; empty where nobody is."""
        person = self.person()
        return person.name if person else ""
