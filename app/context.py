"""What every page and route is handed: the parts that the app shows and the person who looks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alerts.channels.sealing import Seals
from alerts.past_sites import PastSites
from app.live.hub import Hub
from app.live.look import Look
from app.proxy import Network
from app.sign_in.desk import Desk
from app.sign_in.rules import SignInRules
from app.stations import Stations
from facility.instants import Clock, system_clock
from facility.people import Person
from facility.roles import Right
from facility.site import Site
from facility.site_areas import Areas, Parts
from storage.records.database import Records
from storage.records.people import accounts
from storage.samples.history import Substitute
from storage.samples.store import SampleStore


@dataclass(frozen=True, slots=True)
class AppContext:
    """The parts of a running Cleanwatch that the app uses."""

    whole: Callable[[], Site]
    """The whole site in force; what a person may see of it is `site`."""
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
    watcher_token: str = field(default="", repr=False)
    """With which other machines may ask how this one is; empty: only this machine itself may."""
    parts: Parts = field(default_factory=Parts)
    past: PastSites = field(default_factory=PastSites)
    trail_review_days: int = 31
    """After how many days the audit trail is to be reviewed; 0: nobody is reminded."""

    seals: Seals = field(default_factory=lambda: Seals(Path("channels.key")))
    """Seals what holds the secrets of channels."""
    desk: Desk = field(default_factory=lambda: Desk(SignInRules()))
    """Where people prove who they are, and the rules for it."""

    @property
    def name(self) -> str:
        """The printed name of the person who is signed in; empty where nobody is."""
        person = self.person()
        return person.name if person else ""

    def may(self, right: Right) -> bool:
        """Has the person who asks this right?"""
        person = self.person()
        return person is not None and person.may(right)

    @property
    def areas(self) -> Areas:
        """The areas that the person who asks is admitted to; none at all where nobody is signed in."""
        person = self.person()
        return frozenset() if person is None else person.areas

    def names(self) -> Mapping[str, str]:
        """The printed name of each account. Raises RecordsAwayError."""
        with self.records.reading() as connection:
            return accounts.names(connection)

    def site(self) -> Site:
        """The site in force, as far as the person who asks may see it."""
        return self.parts.of(self.whole(), self.areas)

    def look(self) -> Look:
        """How that stood a moment ago."""
        return self.hub.look(self.areas)
