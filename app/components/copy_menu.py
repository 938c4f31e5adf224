"""Taking a copy of what a page shows: the menu, and the one callback behind every page's."""

import base64
from collections.abc import Sequence

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app.components.basics import icon, tagged, trouble
from app.components.menu import menu
from app.context import AppContext
from app.copies.copy import TooLongError
from app.copies.taking import Format, take
from app.guard import needs, requires
from app.pages.page import Page, route
from facility.language import N_, _
from facility.roles import Right

FORMATS = {
    Format.PDF: N_("Document (PDF/A)"),
    Format.CSV: N_("Table (CSV)"),
    Format.PARQUET: N_("For programs (Parquet)"),
}


def copy_menu(context: AppContext) -> Component | None:
    """The menu, for whoever may take copies. The page's `copy` says what is in them."""
    if not context.may(Right.EXPORT):
        return None
    lines = [
        html.Button(_(words), id={"type": "copy", "format": format.value}, className="menu-line", n_clicks=0)
        for format, words in FORMATS.items()
    ]
    return menu([icon("copy", small=True), _("Copy")], lines, id="copy-open")


def place() -> Component:
    """Where the shell has the file handed to the browser, and says what goes on."""
    return html.Div(
        [
            dcc.Download(id="copy-file"),
            tagged(html.Div(id="copy-progress", className="note", hidden=True), role="status"),
            tagged(html.Div(id="copy-problem", className="banner", hidden=True), role="alert"),
        ]
    )


def register(app: Dash, context: AppContext, pages: Sequence[Page]) -> None:
    """Hand the copy of the present page to the browser."""

    @app.callback(
        Output("copy-file", "data"),
        Output("copy-problem", "children"),
        Output("copy-problem", "hidden"),
        Input({"type": "copy", "format": ALL}, "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
        running=[
            (Output("copy-progress", "children"), _("The copy is being made."), ""),
            (Output("copy-progress", "hidden"), False, True),
        ],
    )
    @requires(Right.EXPORT)
    def hand_over(_clicks: list[int | None], path: str | None, search: str | None) -> tuple[object, object, bool]:
        if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(ctx.triggered_id, dict):
            return no_update, no_update, True
        page, address = route(pages, path, search) or (None, None)
        if page is None or address is None or page.copy is None:
            return no_update, trouble(_("No copy was made"), _("This page has nothing to copy.")), False
        person = needs(context, page.right)
        try:
            taken = take(context, person, page.copy(context, person, address), Format(ctx.triggered_id["format"]))
        except TooLongError as error:
            return no_update, trouble(_("No copy was made"), str(error)), False
        file = {"filename": taken.name, "content": base64.b64encode(taken.data).decode(), "base64": True}
        return file, None, True
