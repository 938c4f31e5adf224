"""The simulated gateways: each has an outbox, and speaks MQTT to the station as any plant does."""

import threading
from contextlib import ExitStack
from pathlib import Path

from bus.client import Broker
from collectors.outbox import Outbox
from collectors.simulator.design import PlantDesign
from collectors.simulator.live import LivePlant
from collectors.simulator.scenario import Scenario
from collectors.simulator.sources import sources
from facility.instants import MINUTE, SECOND, Clock
from facility.site import Site

LONGEST_STEP = 10 * MINUTE
"""After the machine was asleep the plant catches up in steps of this length."""


def run_simulator(
    site: Site,
    design: PlantDesign,
    scenario: Scenario,
    broker: Broker,
    folder: Path,
    clock: Clock,
    stop: threading.Event,
) -> None:
    """Run the live plant from now until `stop`, second by second.

    The outboxes are kept in `folder`: what the station has not acknowledged is sent at the next start. Raises the
    SQLite error where they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        outboxes = {}
        for source in sources(site, design):
            outboxes[source] = Outbox(folder / f"{source}.sqlite", broker, site.id, source, clock)
            stack.callback(outboxes[source].stop)
            outboxes[source].start()
        done = clock()
        plant = LivePlant(site, design, scenario, done)
        while not stop.wait((SECOND - clock() % SECOND) / SECOND):
            while done < (now := clock()) and not stop.is_set():
                done = min(now, done + LONGEST_STEP)
                for source, message in plant.advance(done):
                    outboxes[source].send(message)
        for source, message in plant.held_back():
            outboxes[source].send(message)
