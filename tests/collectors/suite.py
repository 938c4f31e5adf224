"""The suite of the demo, as the tests of the simulator use it."""

from collections.abc import Mapping
from pathlib import Path

from collectors.simulator.design import load_design
from collectors.simulator.scenario import Scenario, load_scenario
from facility.site_file import load_site

SITES = Path(__file__).parents[2] / "sites"
SITE = load_site(SITES / "demo.yaml")
DESIGN = load_design(SITES / "demo-plant.yaml", SITE)
SCENARIO = load_scenario(SITES / "demo-scenario.yaml", SITE, DESIGN)


def scenario_of(*events: Mapping[str, object]) -> Scenario:
    """A scenario of these events, written as in the file."""
    return Scenario.model_validate({"seed": 417, "live_begins_at": "09:30", "events": list(events)})
