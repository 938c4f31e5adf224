"""The dialog that asks for the reason before something is done that cannot be undone."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app.components.basics import icon, tagged
from facility.language import _


def why_dialog(id: str) -> Component:
    """The dialog of a page; its parts have ids that begin with `<id>-why`."""
    modal: Component = dmc.Modal(
        id=f"{id}-why",
        centered=True,
        size=480,
        children=[
            dmc.Textarea(
                id=f"{id}-why-reason",
                label=_("Reason"),
                autosize=True,
                minRows=2,
                required=True,
                **{"data-autofocus": True},
            ),
            html.Div(id=f"{id}-why-made"),
            tagged(html.Div(id=f"{id}-why-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(_("On record with your name"), className="sm muted grow"),
                    html.Button([icon("check", small=True), _("Confirm")], id=f"{id}-why-send", className="btn p"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return html.Div([dcc.Store(id=f"{id}-why-act"), modal])
