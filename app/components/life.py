"""The way from a thing to all that ever happened to it: its rows in the audit trail, for whoever may read them."""

from dash import html
from dash.development.base_component import Component

from app.context import AppContext
from app.trail_query import TrailQuery
from facility.language import _
from facility.roles import Right


def reads_trail(context: AppContext) -> bool:
    """May whoever asks open the audit trail? It is of the whole site."""
    return context.may(Right.READ_TRAIL) and context.areas is None


def life_link(object: str, words: str = "") -> Component:
    """To the rows about an object, named as the audit trail names it."""
    return html.A(
        words or _("On record"),
        href=TrailQuery(object=object).address,
        className="btn s",
        title=_("All that happened to it"),
    )
