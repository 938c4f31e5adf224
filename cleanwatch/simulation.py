"""The simulated plant as processes: live over MQTT, and a month of its past straight into the local store."""

import threading
from collections.abc import Callable
from contextlib import closing

from cleanwatch.demo_files import DEMO_PLANT, DEMO_SCENARIO, DEMO_SITE
from cleanwatch.settings import Settings
from collectors.simulator.design import load_design
from collectors.simulator.gateways import run_simulator
from collectors.simulator.history import load_history
from collectors.simulator.scenario import load_scenario
from facility.instants import Instant, system_clock
from facility.site_file import load_site
from storage.samples.local import LocalStore


def run_simulation(settings: Settings, stopping: threading.Event) -> None:
    """Run the demo's plant until `stopping` is set."""
    site = load_site(DEMO_SITE)
    design = load_design(DEMO_PLANT, site)
    scenario = load_scenario(DEMO_SCENARIO, site, design)
    run_simulator(site, design, scenario, settings.broker, settings.data / "outboxes", system_clock, stopping)


def run_history(
    settings: Settings, days: int, until: Instant, stopping: threading.Event, progress: Callable[[int, int], None]
) -> None:
    """Put the days before `until` into the local store. A later call goes on where the first one was ended."""
    site = load_site(DEMO_SITE)
    design = load_design(DEMO_PLANT, site)
    scenario = load_scenario(DEMO_SCENARIO, site, design)
    with closing(LocalStore.open(settings.samples_path, system_clock)) as store:
        load_history(store, site, design, scenario, until, days, progress, stopping)
