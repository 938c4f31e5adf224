"""The alarms: what stands now, and what was."""

from dash import html
from dash.development.base_component import Component

from app.context import AppContext
from app.pages.page import Address, Page


def layout(_context: AppContext, _address: Address) -> Component:
    """Standing alarms, then history."""
    return html.Div(html.H1("Alarms"))


PAGE = Page("/alarms", "Alarms", layout, icon="alarms")
