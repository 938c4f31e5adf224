"""What a page says when the person who is signed in may not do something: what it would need, in words."""

from dash import html, set_props
from dash.development.base_component import Component

from app.components.basics import tagged, trouble
from facility.language import _

BANNER = "refused"
"""The id of the place in the shell where a refusal is told; assets/refused.js writes there too."""


def banner() -> Component:
    """That place, empty."""
    return tagged(html.Div(id=BANNER, className="banner", hidden=True), role="alert")


def page(title: str, words: str) -> Component:
    """In the place of a page that the person may not see."""
    return html.Div(
        [
            html.H1(title),
            html.P(words, className="lead"),
            html.P(html.A(_("Who may do what"), href="/roles"), className="sec"),
        ],
        className="head",
    )


def tell(words: str) -> None:
    """In a callback that is refused: it changes nothing, and the banner says why."""
    set_props(BANNER, {"children": trouble(_("This is not yours to do"), words), "hidden": False})
