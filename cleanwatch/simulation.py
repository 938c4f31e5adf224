"""The simulated plant as processes: live over MQTT, and a month of its past straight into the local store."""

import threading
from collections.abc import Callable
from contextlib import closing

import msgspec

from bus import topics
from bus.client import Broker, Client, Message
from bus.messages import StationBeat
from cleanwatch.demo_files import DEMO_PLANT, DEMO_SCENARIO, DEMO_SITE
from cleanwatch.settings import Settings
from collectors.simulator.design import load_design
from collectors.simulator.gateways import run_simulator
from collectors.simulator.history import load_history
from collectors.simulator.scenario import load_scenario
from facility.instants import Instant, system_clock
from facility.site import MAIN, Site
from facility.site_file import load_site
from storage.samples.local import LocalStore

LOOK_SECONDS = 0.1


def run_simulation(settings: Settings, stopping: threading.Event) -> None:
    """Run the demo's plant until `stopping` is set, from the moment at which a station listens.

    The embedded broker forgets what nobody listens to: sent before, it would come with the sender's next attempt,
    and each point would have been silent for so long.
    """
    site = load_site(DEMO_SITE)
    design = load_design(DEMO_PLANT, site)
    scenario = load_scenario(DEMO_SCENARIO, site, design)
    if not _station_listens(settings.broker, site, stopping):
        return
    run_simulator(site, design, scenario, settings.broker, settings.data / "outboxes", system_clock, stopping)


def _station_listens(broker: Broker, site: Site, stopping: threading.Event) -> bool:
    """Wait for the heartbeat of the station; False where the end came first."""
    heard = threading.Event()

    def hear(message: Message) -> None:
        if msgspec.json.decode(message.payload, type=StationBeat).alive:
            heard.set()

    client = Client(
        broker, f"cleanwatch-{site.id}-simulator", filters=[topics.station(site.id, MAIN)], on_message=hear
    )
    client.start()
    while not heard.is_set() and not stopping.is_set():
        heard.wait(LOOK_SECONDS)
    client.stop()
    return heard.is_set()


def run_history(
    settings: Settings, days: int, until: Instant, stopping: threading.Event, progress: Callable[[int, int], None]
) -> None:
    """Put the days before `until` into the local store. A later call goes on where the first one was ended."""
    site = load_site(DEMO_SITE)
    design = load_design(DEMO_PLANT, site)
    scenario = load_scenario(DEMO_SCENARIO, site, design)
    with closing(LocalStore.open(settings.samples_path, system_clock)) as store:
        load_history(store, site, design, scenario, until, days, progress, stopping)
