"""Answering an alarm: the dialog, with a compulsory comment, and the wait for what the engine says to it."""

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app.areas import admitted_to_alarm
from app.components.alarm_words import alarm_chip, limit_words, point_words, room_words
from app.components.basics import icon, live, since, tagged
from app.context import AppContext
from app.guard import requires
from app.past_sites import sites_then
from app.submitting import PATIENCE, submit
from facility.alarm import Alarm
from facility.limit import Severity
from facility.roles import Right
from facility.site import Site
from storage.records import alarms
from storage.records.commands import Acknowledge
from storage.records.errors import RecordsAwayError

PHRASES = ("On my way", "Checking", "Process stopped", "Product covered", "Door closed", "By phone")
NO_COMMENT = "Say what you see or what you do; an acknowledgement needs a comment."
NO_ANSWER = (
    "The station has not answered yet. What you wrote is on record, and will be applied when the station runs; "
    "until then the alarm stays unacknowledged."
)


def opener(alarm: Alarm) -> Component:
    """The button that opens the dialog for an alarm; the main one for an action alarm."""
    return html.Button(
        [icon("check", small=True), "Acknowledge"],
        id={"type": "acknowledge", "alarm": alarm.id},
        className="btn p s" if alarm.severity is Severity.ACTION else "btn s",
    )


def dialog(user: str) -> Component:
    """The dialog; it stands once in the shell and serves every page."""
    modal: Component = dmc.Modal(
        id="answer",
        title="Acknowledge",
        centered=True,
        size=500,
        children=[
            dcc.Store(id="answered-alarm"),
            html.Div(id="answer-alarm"),
            html.Div(
                [
                    html.Button(text, id={"type": "phrase", "text": text}, className="btn s phrase")
                    for text in PHRASES
                ],
                className="phrases",
            ),
            dmc.Textarea(
                id="answer-comment",
                label="Comment",
                placeholder="What you see, what you do",
                autosize=True,
                minRows=2,
                required=True,
                **{"data-autofocus": True},
            ),
            html.Div(id="answer-problem", className="problem", role="alert"),
            html.Div(
                [
                    html.Span(f"Recorded as {user}, now", className="sm muted grow"),
                    html.Button([icon("check", small=True), "Acknowledge"], id="answer-send", className="btn p l"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return modal


def send(context: AppContext, alarm: str, severity: Severity, comment: str, patience: float = PATIENCE) -> str | None:
    """Submit an acknowledgement and wait for its outcome; None when it is done, else in words why not."""
    comment = comment.strip()
    if not comment:
        return NO_COMMENT
    try:
        admitted_to_alarm(context, _found(context, alarm))
    except RecordsAwayError as error:
        return f"{error} Nothing was sent: try again."
    return submit(context, Acknowledge(alarm, severity, comment), NO_ANSWER, patience)


def register(app: Dash, context: AppContext) -> None:
    """Opening the dialog, filling in a phrase, sending."""

    @app.callback(
        Output("answer", "opened"),
        Output("answered-alarm", "data"),
        Output("answer-alarm", "children"),
        Output("answer-comment", "value"),
        Output("answer-problem", "children"),
        Input({"type": "acknowledge", "alarm": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.ACKNOWLEDGE)
    def open_dialog(_clicks: list[int | None]) -> tuple[object, ...]:
        if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(ctx.triggered_id, dict):
            return (no_update,) * 5
        alarm = _found(context, ctx.triggered_id["alarm"])
        if alarm is None:
            return (no_update,) * 5
        admitted_to_alarm(context, alarm)
        with context.records.reading() as connection:
            then = sites_then(context, connection, [alarm])[alarm.id]
        summary = _summary(context.site(), then, alarm)
        return True, {"alarm": alarm.id, "severity": int(alarm.severity)}, summary, "", ""

    @app.callback(
        Output("answer-comment", "value", allow_duplicate=True),
        Input({"type": "phrase", "text": ALL}, "n_clicks"),
        State("answer-comment", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.ACKNOWLEDGE)
    def fill_in(_clicks: list[int | None], comment: str | None) -> object:
        if not isinstance(ctx.triggered_id, dict):
            return no_update
        return ". ".join(filter(None, ((comment or "").strip().rstrip("."), ctx.triggered_id["text"])))

    @app.callback(
        Output("answer", "opened", allow_duplicate=True),
        Output("answer-problem", "children", allow_duplicate=True),
        Input("answer-send", "n_clicks"),
        State("answered-alarm", "data"),
        State("answer-comment", "value"),
        prevent_initial_call=True,
        running=[(Output("answer-send", "disabled"), True, False)],
    )
    @requires(Right.ACKNOWLEDGE)
    def answer(_clicks: int | None, seen: dict[str, object] | None, comment: str | None) -> tuple[object, str]:
        if not seen:
            return no_update, ""
        problem = send(context, str(seen["alarm"]), Severity(int(str(seen["severity"]))), comment or "")
        return (False, "") if problem is None else (no_update, problem)


def _found(context: AppContext, id: str) -> Alarm | None:
    with context.records.reading() as connection:
        return alarms.find(connection, id)


def _summary(site: Site, then: Site, alarm: Alarm) -> Component:
    point = site.points.get(alarm.point)
    return html.Div(
        [
            html.Div([alarm_chip(alarm), html.Span(["for ", since(alarm.onset)], className="sec")], className="row"),
            html.Div(", ".join(room_words(site, room) for room in alarm.rooms), className="where"),
            html.Div(
                [
                    html.Span(point_words(site, alarm.point), className="grow"),
                    tagged(
                        live(html.B(className="num"), "value", point=alarm.point),
                        data_unit=point.unit if point else None,
                    ),
                    html.Span(limit_words(then, alarm), className="sec num"),
                ],
                className="row",
            ),
        ],
        className="answer-summary",
    )
