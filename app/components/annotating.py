"""Writing a comment or a correction: one dialog in the shell for every page.

A page opens it with `annotations.annotate_button`, or from a callback of its own by writing what it is about to the
store `TO_ANNOTATE`: `{"object": "point B101.DP1", "start": …, "end": …}`, with `points` where the person may choose
among several and set the stretch. When something was written, the store `ANNOTATED` changes; it is in the shell for
everybody, since pages listen to it also where the person may not write.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.annotating import POINT, Written, about_words, add, reads_now
from app.components.basics import icon, tagged
from app.components.picking import moment_field, of_field, to_field
from app.context import AppContext
from app.guard import requires
from facility.instants import Instant
from facility.language import N_, _
from facility.roles import Right
from storage.records.annotations import About, Kind
from storage.samples.store import HistoryAwayError

TO_ANNOTATE, ANNOTATED = "to-annotate", "annotated"
HIDDEN, SHOWN = {"display": "none"}, {"display": "grid"}
HOLDS_LATER = N_("A correction holds once QA has signed it. What was recorded stays as it is, and stays visible.")


def dialog(user: str) -> Component:
    """The dialog; it stands once in the shell."""
    modal: Component = dmc.Modal(
        id="annotate",
        title=_("Comment or correct"),
        centered=True,
        size=540,
        children=[
            html.Div(id="annotate-about", className="answer-summary"),
            html.Div(_choice(), id="annotate-choice", className="annotate-fields"),
            dmc.SegmentedControl(
                id="annotate-kind",
                data=[{"value": kind.value, "label": formats.sentence(_(kind.value))} for kind in Kind],
                value=Kind.COMMENT.value,
                fullWidth=True,
                size="sm",
                className="annotate-kind",
            ),
            html.Div(
                [
                    dmc.TextInput(id="annotate-was", label=_("It reads"), placeholder=_("12 CFU/m³"), required=True),
                    dmc.TextInput(
                        id="annotate-becomes",
                        label=_("It should read"),
                        placeholder=_("2 CFU/m³; invalid"),
                        required=True,
                    ),
                    html.P(_(HOLDS_LATER), className="sm sec wide-field"),
                ],
                id="annotate-meaning",
                className="annotate-fields",
            ),
            dmc.Textarea(
                id="annotate-reason",
                label=_("What is to be known, and why"),
                autosize=True,
                minRows=2,
                required=True,
                **{"data-autofocus": True},
            ),
            tagged(html.Div(id="annotate-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(_("Recorded as {user}, now", user=user), className="sm muted grow"),
                    html.Button(
                        [icon("check", small=True), _("Put on record")], id="annotate-send", className="btn p l"
                    ),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return html.Div([dcc.Store(id=TO_ANNOTATE), dcc.Store(id="annotate-subject"), modal])


def _choice() -> list[Component]:
    """The fields for a point and its time, where there is a choice."""
    return [
        html.Div(dmc.Select(id="annotate-point", label=_("Point"), allowDeselect=False), className="wide-field"),
        moment_field("annotate-from", label=_("From"), withSeconds=True),
        moment_field("annotate-to", label=_("To"), withSeconds=True),
    ]


def register(app: Dash, context: AppContext) -> None:
    """Opening the dialog, and putting what was written on record."""

    @app.callback(
        Output("annotate", "opened"),
        Output("annotate-subject", "data"),
        Output("annotate-about", "children"),
        Output("annotate-about", "style"),
        Output("annotate-choice", "style"),
        Output("annotate-point", "data"),
        Output("annotate-point", "value"),
        Output("annotate-from", "value"),
        Output("annotate-to", "value"),
        Output("annotate-was", "value"),
        Output("annotate-becomes", "value"),
        Output("annotate-reason", "value"),
        Output("annotate-kind", "value"),
        Output("annotate-problem", "children"),
        Input(TO_ANNOTATE, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.ANNOTATE)
    def open_dialog(subject: dict[str, Any] | None) -> tuple[object, ...]:
        about = _about(subject)
        if about is None or subject is None:
            return (no_update,) * 14
        site = context.site()
        points = [point for point in subject.get("points") or () if point in site.points]
        choice = [{"value": p, "label": f"{p} {formats.what(site.points[p])}"} for p in points]
        try:
            reads = reads_now(context, about)
        except HistoryAwayError:
            reads = ""
        return (
            True,
            {"object": about.object, "start": about.start, "end": about.end, "points": points},
            about_words(site, about),
            HIDDEN if choice else SHOWN,
            SHOWN if choice else HIDDEN,
            choice,
            about.object.removeprefix(POINT),
            to_field(about.start, site.timezone),
            to_field(about.end, site.timezone),
            reads,
            "",
            "",
            Kind.COMMENT.value,
            "",
        )

    @app.callback(Output("annotate-meaning", "style"), Input("annotate-kind", "value"))
    @requires(Right.ANNOTATE)
    def ask_for(kind: str | None) -> dict[str, str]:
        return SHOWN if kind == Kind.CORRECTION.value else HIDDEN

    @app.callback(
        Output("annotate", "opened", allow_duplicate=True),
        Output("annotate-problem", "children", allow_duplicate=True),
        Output(ANNOTATED, "data"),
        Input("annotate-send", "n_clicks"),
        State("annotate-subject", "data"),
        State("annotate-point", "value"),
        State("annotate-from", "value"),
        State("annotate-to", "value"),
        State("annotate-kind", "value"),
        State("annotate-was", "value"),
        State("annotate-becomes", "value"),
        State("annotate-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("annotate-send", "disabled"), True, False)],
    )
    @requires(Right.ANNOTATE)
    def send(
        clicks: int | None,
        subject: dict[str, Any] | None,
        point: str | None,
        begin: str | None,
        finish: str | None,
        kind: str | None,
        was: str | None,
        becomes: str | None,
        reason: str | None,
    ) -> tuple[object, object, object]:
        about = _about(subject)
        if not clicks or about is None or subject is None:
            return no_update, "", no_update
        if subject.get("points"):
            about = _chosen(about, point, begin, finish, context.site().timezone)
        written = Written(Kind(kind or Kind.COMMENT), was or "", becomes or "", reason or "")
        problem = add(context, about, written)
        return (False, "", context.clock()) if problem is None else (no_update, problem, no_update)


def _about(subject: dict[str, Any] | None) -> About | None:
    """What the browser names; None where it is no such thing."""
    if not subject:
        return None
    object, start, end = (subject.get(name) for name in ("object", "start", "end"))
    if isinstance(object, str) and isinstance(start, int) and isinstance(end, int):
        return About(object, start, end)
    return None


def _chosen(about: About, point: str | None, begin: str | None, finish: str | None, timezone: str) -> About:
    """The point and stretch of the fields. A time that was left as it is keeps its milliseconds."""
    start = _instant(begin, timezone, about.start)
    return About(f"{POINT}{point or ''}", start, _instant(finish, timezone, about.end))


def _instant(text: str | None, timezone: str, shown: Instant) -> Instant:
    written = of_field(text, timezone)
    return shown if written is None or text == to_field(shown, timezone) else written
