"""A menu that unfolds below its button: a native disclosure, which the keyboard and screen readers know."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app.components.basics import tagged


def menu(
    opener: Sequence[Component | str],
    lines: Sequence[Component],
    className: str = "btn s",  # noqa: N803  # as Dash spells it
    *,
    id: str,
    label: str | None = None,
) -> Component:
    """The button and its lines. It folds at a choice, at a touch elsewhere and at Escape (assets/menus.js)."""
    summary = html.Summary(list(opener), id=id, className=className)
    return html.Details(
        [tagged(summary, aria_label=label), html.Div(list(lines), className="menu-lines")], className="menu"
    )
