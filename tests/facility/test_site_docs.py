"""docs/site-file.md tells every key of the schema, and its example is a site file."""

import re
from pathlib import Path

import pytest

from facility.limit import RoomState
from facility.quantities import MEASURES
from facility.site_file import parse_site
from facility.site_values import Entry
from facility.standards.defaults import Standard

DOC = (Path(__file__).parents[2] / "docs" / "site-file.md").read_text(encoding="utf-8")
KEYS = sorted({key for group in Entry.__subclasses__() for key in group.model_fields})


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_site_file_is_explained(key: str) -> None:
    rows = [line for line in DOC.splitlines() if line.startswith("| `")]
    assert any(f"`{key}`" in row for row in rows)


def test_the_example_is_a_site() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    site = parse_site(example, "docs/site-file.md")
    assert list(site.rooms) == ["N1", "BSC1", "N2"]
    assert list(site.points) == ["N1.PC1.p0_5", "N1.PC1.p5_0", "N1.DP1", "N1.T1"]


def test_every_quantity_is_listed_with_its_unit() -> None:
    for quantity, measure in MEASURES.items():
        assert f"| `{quantity}` | {measure.unit} |" in DOC


@pytest.mark.parametrize("word", [*RoomState, *Standard])
def test_every_room_state_and_standard_is_named(word: str) -> None:
    assert f"`{word}`" in DOC
