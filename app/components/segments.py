"""A row of links of which one is the present view."""

from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from app.components.baked import baked
from app.components.basics import tagged
from app.trends.view import View


def segments(choices: Iterable[tuple[str, View]], present: View) -> Component:
    """Words and where they lead; the one that leads to the present view is marked."""
    return baked(
        html.Div(
            [
                tagged(html.A(words, href=view.address, className="on"), aria_current="true")
                if view == present
                else html.A(words, href=view.address)
                for words, view in choices
            ],
            className="seg",
        )
    )
