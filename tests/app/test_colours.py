"""The colours of the states, as people see them who lack one kind of cone."""

import itertools
import re
from pathlib import Path

import pytest
from coloraide import Color

TOKENS = (Path(__file__).parents[2] / "assets" / "1-tokens.css").read_text()
STATES = ("action", "alert", "advisory", "nodata", "normal")
LIGHT, DARK = TOKENS.split(":root[data-theme", 1)
LEAST = 10
"""CIEDE2000. Shape and word tell states apart as well; this is for who looks from afar."""


def colour(name: str, theme: str) -> Color:
    found = re.search(rf"--{name}: (#[0-9A-Fa-f]{{6}})", theme) or re.search(rf"--{name}: (#[0-9A-Fa-f]{{6}})", LIGHT)
    assert found, name
    return Color(found[1])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("seen", ["as it is", "protan", "deutan", "tritan"])
def test_every_two_states_have_colours_that_everybody_can_tell_apart(theme: str, seen: str) -> None:
    colours = {
        name: colour(name, theme) if seen == "as it is" else colour(name, theme).filter(seen) for name in STATES
    }
    near = {
        (a, b): round(colours[a].delta_e(colours[b], method="2000"), 1)
        for a, b in itertools.combinations(STATES, 2)
        if colours[a].delta_e(colours[b], method="2000") < LEAST
    }
    assert near == {}
