"""Proposing a whole site file: choose it, see its mistakes or what it changes, and draft it."""

import base64

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.changes import of_whole_site
from app.components import draft_form
from app.components.basics import tagged
from app.components.file_place import MOST_BYTES, file_place
from app.context import AppContext
from app.guard import needs, requires
from facility.language import _, _n
from facility.roles import Right
from facility.site_changes import differences
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from storage.records import changes, revisions
from storage.records.changes import Change, ChangeRefusedError, site_of


def whole_file() -> Component:
    """The card with the field for the file."""
    return html.Section(
        [
            html.Header(html.H2(_("Propose a site file"))),
            html.Div(
                [
                    dcc.Store(id="file-text"),
                    file_place("file", _("Choose a file, or drop it here"), ".yaml,.yml"),
                    html.Div(id="file-found"),
                    html.Div(
                        [
                            draft_form.fields("file"),
                            tagged(html.Div(id="file-problem", className="problem"), role="alert"),
                            html.Button(_("Draft the change"), id="file-draft", className="btn p"),
                        ],
                        id="file-form",
                        hidden=True,
                    ),
                ],
                className="inside",
            ),
        ],
        className="card",
    )


def text_of_upload(contents: str) -> str:
    """The text of a file as the browser sends it. ValueError where it is no text, or too long to be a site file."""
    if len(contents) > 2 * MOST_BYTES:
        raise ValueError(_("This file is too large to be a site file."))
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True).decode("utf-8")
    except ValueError:  # no base64, or no UTF-8
        raise ValueError(_("This file is not UTF-8 text.")) from None


def checked(context: AppContext, text: str, name: str) -> tuple[Component, bool]:
    """The mistakes of a file, or what it would change of the newest revision; and whether it can be drafted."""
    try:
        proposed = parse_site(text, name)
    except SiteFileError as error:
        rows = [
            html.Li([html.B(f"{problem.file}:{problem.line} "), html.Code(problem.key), f" {problem.message}"])
            for problem in error.problems
        ]
        return html.Div(
            [
                html.P(
                    html.B(formats.sentence(_n("{n} mistake", "{n} mistakes", len(rows), n=formats.words(len(rows)))))
                ),
                html.Ul(rows),
            ],
            className="differences",
        ), False
    with context.records.reading() as connection:
        newest = revisions.newest(connection)
    found = differences(site_of(newest) if newest else None, proposed)
    return draft_form.preview(found), bool(found)


def draft(
    context: AppContext, text: str, reason: str | None, why: str | None, wanted_from: str | None
) -> Change | str:
    """Draft the file; in words why not, where it cannot be."""
    person = needs(context, Right.DRAFT)
    of_whole_site(context)
    try:
        moment = draft_form.moment(wanted_from, context.site().timezone)
        with context.records.transaction() as connection:
            return changes.draft(
                connection, context.clock(), person, text, reason or "", why or "", wanted_from=moment
            )
    except (ChangeRefusedError, SiteFileError) as error:
        return str(error)


def register(app: Dash, context: AppContext) -> None:
    """Reading the file, and drafting it."""

    @app.callback(
        Output("file-text", "data"),
        Output("file-found", "children"),
        Output("file-form", "hidden"),
        Input("file", "contents"),
        State("file", "filename"),
        prevent_initial_call=True,
    )
    @requires(Right.DRAFT)
    def read(contents: str | None, name: str | None) -> tuple[object, object, bool]:
        of_whole_site(context)
        if not contents:
            return no_update, no_update, True
        try:
            text = text_of_upload(contents)
        except ValueError as error:
            return None, html.P(str(error), className="problem"), True
        found, usable = checked(context, text, name or _("the file"))
        return text, found, not usable

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Output("file-problem", "children"),
        Input("file-draft", "n_clicks"),
        State("file-text", "data"),
        State("file-reason", "value"),
        State("file-why", "value"),
        State("file-from", "value"),
        prevent_initial_call=True,
        running=[(Output("file-draft", "disabled"), True, False)],
    )
    @requires(Right.DRAFT)
    def send(
        clicks: int | None, text: str | None, reason: str | None, why: str | None, wanted_from: str | None
    ) -> tuple[object, object]:
        if not clicks or not text:
            return no_update, no_update
        drafted = draft(context, text, reason, why, wanted_from)
        return (no_update, drafted) if isinstance(drafted, str) else (f"/changes/{drafted.number}", "")
