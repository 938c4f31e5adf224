"""The files that describe the demo's suite, its plant, and what goes wrong there; and who works in it."""

from pathlib import Path

SITES = Path(__file__).parents[1] / "sites"
DEMO_SITE = SITES / "demo.yaml"
DEMO_PLANT = SITES / "demo-plant.yaml"
DEMO_SCENARIO = SITES / "demo-scenario.yaml"

PEOPLE = (
    ("j.moreau", "Jeanne Moreau", "operator"),
    ("s.brandt", "Sven Brandt", "QA"),
    ("n.okafor", "Nneka Okafor", "QA"),
    ("m.keller", "Mara Keller", "engineer"),
    ("a.dahl", "Anna Dahl", "administrator"),
    ("l.rossi", "Luca Rossi", "viewer"),
)
"""Account, name and role of everybody in the demo: as many as a change of a limit needs."""
PASSWORD = "grey is good"
"""Of them all. It is no secret, and good in the demo only."""
