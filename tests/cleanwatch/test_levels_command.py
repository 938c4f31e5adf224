"""`cleanwatch levels`: the table of the page at the shell, over the week of `tests.app.past`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch.command import cleanwatch
from tests.app.past import write_past


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    past = write_past(tmp_path_factory.mktemp("past"))
    past.samples.close()
    past.records.close()
    yield past.folder


def levels(data: Path, *arguments: str) -> Result:
    environment = {"CLEANWATCH_DATA": str(data), "COLUMNS": "200"}
    period = ("--from", "2026-11-16", "--to", "2026-11-22")
    return CliRunner().invoke(cleanwatch, ["levels", *arguments, *period], env=environment)


def test_every_method_has_a_row_and_what_the_data_are_is_said(data: Path) -> None:
    result = levels(data, "B101.DP1", "--state", "in operation")
    assert result.exit_code == 0, result.output
    for words in ("Percentile", "Tolerance limit", "Mean and SD", "hourly worst", "Provisional"):
        assert words in result.output


def test_everything_is_printed_as_json(data: Path) -> None:
    result = levels(data, "B101.DP1", "--unit", "daily worst", "--side", "high", "--json")
    found = json.loads(result.output)
    assert (found["side"], found["unit of analysis"], found["room state"]) == ("high", "daily worst", None)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (("B101.DP77",), "B101.DP77 is not in the site file"),
        (("B101.PC1.p0_5",), "Choose a room state"),
        (("B101.DP1", "B101.T1"), "pool like with like"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(data: Path, points: tuple[str, ...], words: str) -> None:
    result = levels(data, *points)
    assert result.exit_code == 1
    assert words in result.output
