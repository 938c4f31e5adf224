"""What is said of a drawing before it is proposed as a floor plan."""

from typing import Any

import pytest
from dash.development.base_component import Component

from app.components.own_drawing import checked
from facility.drawing import DrawingError
from facility.site_file import parse_site
from tests.facility.sites import SMALL

DRAWN = "<svg viewBox='0 0 9 9'><script/><rect id='N1' width='5' height='5'/><rect id='{}'/></svg>"


def texts(part: Any) -> str:
    """Everything that a person reads of a component."""
    if isinstance(part, Component):
        return texts(getattr(part, "children", None))
    return " ".join(map(texts, part)) if isinstance(part, list | tuple) else str(part or "")


def test_a_drawing_says_what_it_names_and_what_it_leaves_out() -> None:
    changed, found = checked(SMALL, "N", DRAWN.format("lift"))
    drawn = parse_site(changed, "").areas[0].drawing
    assert drawn is not None
    assert drawn.ids == {"N1", "lift"}
    said = texts(found)
    assert "It names one room." in said
    assert "Not in it, so listed below it: " in said
    assert "Ids that are no room here: lift" in said
    assert "Left out, since only shapes and text are kept: script" in said
    assert "area N: drawing none to" in said
    assert "it needs no signature" in said


def test_many_strange_ids_are_counted() -> None:
    wild = DRAWN.format("lift").replace("</svg>", "".join(f"<g id='p{n:02}'/>" for n in range(30)) + "</svg>")
    assert "p10 and 19 more" in texts(checked(SMALL, "N", wild)[1])


def test_the_same_drawing_again_changes_nothing() -> None:
    changed, _found = checked(SMALL, "N", DRAWN.format("lift"))
    assert checked(changed, "N", DRAWN.format("lift"))[0] == ""


def test_a_drawing_that_names_no_room_is_refused() -> None:
    with pytest.raises(DrawingError, match=r"names no room of N: the shape of each room has its id, like N1"):
        checked(SMALL, "N", DRAWN.format("lift").replace("id='N1'", "id='hall'"))


def test_what_is_no_drawing_is_told() -> None:
    with pytest.raises(DrawingError, match="there is no drawing in it"):
        checked(SMALL, "N", "a picture")
