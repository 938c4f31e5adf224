"""A place for one file: chosen or dropped; one that is too large or of another kind is refused in words."""

from dash import dcc, html
from dash.development.base_component import Component

from app.components.basics import icon, tagged

MOST_BYTES = 3_000_000
"""What the server and a proxy let through, once it is packed for the way."""


def file_place(id: str, words: str, endings: str) -> Component:
    """The field, and below it what is wrong with a file. `endings` are those that are taken: ".yaml,.yml".

    Dash drops such a file without a word, so assets/uploads.js tells of it.
    """
    field = dcc.Upload(
        html.Span([icon("link", small=True), words], className="btn s"),
        id=id,
        max_size=MOST_BYTES,
        accept=endings,
    )
    refused = tagged(html.P(className="problem"), role="alert")
    return tagged(html.Div([field, refused]), data_largest=MOST_BYTES, data_endings=endings)
