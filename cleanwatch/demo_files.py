"""The files that describe the demo's suite, its plant, and what goes wrong there."""

from pathlib import Path

SITES = Path(__file__).parents[1] / "sites"
DEMO_SITE = SITES / "demo.yaml"
DEMO_PLANT = SITES / "demo-plant.yaml"
DEMO_SCENARIO = SITES / "demo-scenario.yaml"
