"""What `cleanwatch site check` prints."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from rich.console import Console, RenderableType

from facility.instants import DAY, SECOND, Span
from facility.site import Site
from facility.site_errors import Problem, SiteFileError
from facility.site_file import load_site, parse_site
from facility.site_summary import render_problems, summary
from facility.site_values import Duration
from facility.site_words import duration, number
from tests.facility.sites import changed

DEMO = Path(__file__).parents[2] / "sites" / "demo.yaml"


def lines(*parts: RenderableType) -> list[str]:
    """What is printed on a wide screen, with runs of spaces as one."""
    paper = io.StringIO()
    for part in parts:
        Console(file=paper, width=200).print(part)
    return [" ".join(line.split()) for line in paper.getvalue().splitlines()]


@pytest.fixture(scope="module")
def demo() -> Site:
    return load_site(DEMO)


@pytest.fixture(scope="module")
def printed(demo: Site) -> list[str]:
    return lines(*summary(demo))


def test_the_summary_names_every_room_and_point(demo: Site, printed: list[str]) -> None:
    assert set(demo.rooms) | set(demo.points) <= {line.split(" ")[0] for line in printed}


def test_the_summary_says_what_the_site_is(printed: list[str]) -> None:
    assert printed[0] == (
        "Suite B, Building 2 (suite-b), Europe/Zurich, simulated: 17 rooms, 101 instruments, 120 points"
    )


def test_a_room_is_listed_with_its_class_its_instruments_and_its_points(printed: list[str]) -> None:
    assert "B101 Aseptic processing 1 grade B 7 8" in printed
    assert "BSC1 Workstation BSC 1 grade A B101 4 5" in printed


def test_a_point_is_listed_with_its_limits_in_each_room_state(printed: list[str]) -> None:
    row = printed.index(
        "B101.PC1.p0_5 Particles ≥ 0.5 µm 1 min 3 min in operation > 150,000 /m³ (2 in a row) > 352,000 /m³"
    )
    assert printed[row + 1] == "at rest, not in use none > 3,520 /m³ (15 min)"
    assert printed[row + 2] == "cleaning none none"


def test_mistakes_are_printed_with_place_and_advice() -> None:
    with pytest.raises(SiteFileError) as caught:
        parse_site(changed(("grade: C", "grade: E"), ("[N1, N2]", "[N1, N22]")), "north.yaml")
    first, second = caught.value.problems
    assert lines(render_problems(caught.value)) == [
        "2 problems",
        f"north.yaml:{first.line} rooms[N2].grade",
        "unknown grade 'E'; one of A, B, C, D",
        f"north.yaml:{second.line} doors[1].between[2]",
        "room N22 is not described; did you mean N2?",
    ]


def test_square_brackets_in_a_mistake_are_printed_as_they_are() -> None:
    error = SiteFileError([Problem("a.yaml", 1, "rooms[bold]", "[red]no[/red]")])
    assert lines(render_problems(error)) == ["1 problem", "a.yaml:1 rooms[bold]", "[red]no[/red]"]


@given(st.integers(0, 11 * DAY))
def test_a_duration_is_written_as_a_site_file_reads_it(span: Span) -> None:
    assert TypeAdapter(Duration).validate_python(duration(span)) == span


@pytest.mark.parametrize(("span", "text"), [(0, "0 s"), (90 * SECOND, "90 s"), (DAY, "1 d"), (1500, "1500 ms")])
def test_a_duration_is_written_in_the_largest_whole_unit(span: Span, text: str) -> None:
    assert duration(span) == text


@pytest.mark.parametrize(
    ("value", "text"), [(3_520_000.0, "3,520,000"), (0.36, "0.36"), (-80, "-80"), (1e10, "10,000,000,000")]
)
def test_a_number_is_written_without_rounding(value: float, text: str) -> None:
    assert number(value) == text


def test_a_limit_that_is_looser_than_the_standard_is_marked() -> None:
    looser = "limits: [{severity: action, high: 500000, standard_does_not_apply: powder}]"
    site = parse_site(changed(("size: 0.5}", f"size: 0.5, {looser}}}")), "north.yaml")
    assert any("> 500,000 /m³ ‡ standard does not apply" in line for line in lines(*summary(site)))
