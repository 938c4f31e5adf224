"""Answering alarms: the dialog, with a compulsory comment, and the wait for what the engine says to it.

A ready comment answers at the touch of it, so that a phone needs two touches; own words need a third.
"""

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app.areas import admitted_to_alarm
from app.components import choosing
from app.components.alarm_words import alarm_chip, limit_words, point_words, room_words
from app.components.asking import asked, asking
from app.components.basics import chip, icon, live, since, tagged
from app.context import AppContext
from app.guard import requires
from app.past_sites import sites_then
from app.standing import urgent_first
from app.status import UNANSWERED
from app.submitting import PATIENCE, submit_all, summed_up
from facility.alarm import Alarm
from facility.language import N_, _, _n
from facility.limit import Severity
from facility.roles import Right
from facility.site import Site
from storage.records import alarms
from storage.records.commands import Acknowledge
from storage.records.errors import RecordsAwayError

PHRASES = (
    N_("On my way"),
    N_("Checking"),
    N_("Process stopped"),
    N_("Product covered"),
    N_("Door closed"),
    N_("By phone"),
)
"""What is answered most, in the language of the site."""
NO_COMMENT = N_("Say what you see or what you do; an acknowledgement needs a comment.")
NO_ANSWER = N_(
    "The station has not answered yet. What you wrote is on record, and will be applied when the station runs; "
    "until then the alarm stays unacknowledged."
)
ASKED = "acknowledge-asked"
"""The store with the alarm that a person wants to answer."""
MOST_NAMED = 3
"""Alarms that the dialog names when several are answered together; the others are counted."""


def opener(alarm: Alarm) -> Component:
    """The button that opens the dialog for an alarm; the main one for an action alarm."""
    look = "btn p s" if alarm.severity is Severity.ACTION else "btn s"
    return asking([icon("check", small=True), _("Acknowledge")], ASKED, look, alarm=alarm.id)


def dialog(user: str) -> Component:
    """The dialog; it stands once in the shell and serves every page."""
    phrases = [html.Button(_(text), id={"type": "phrase", "text": _(text)}, className="btn") for text in PHRASES]
    ways = [
        html.Div(_("One touch acknowledges with"), className="sm sec"),
        html.Div(phrases, className="phrases"),
        dmc.Textarea(
            id="answer-comment",
            label=_("Or in your own words"),
            placeholder=_("What you see, what you do"),
            autosize=True,
            minRows=2,
        ),
        html.Div(id="answer-problem", className="problem", role="alert"),
        html.Div(
            [
                html.Span(_("Recorded as {name}, now", name=user), className="sm muted grow"),
                html.Button([icon("check", small=True), _("Acknowledge")], id="answer-send", className="btn p l"),
            ],
            className="row answer-foot",
        ),
    ]
    modal: Component = dmc.Modal(
        id="answer",
        title=_("Acknowledge"),
        centered=True,
        size=500,
        children=[
            dcc.Store(id="answered-alarms"),
            asked(ASKED),
            # The keyboard of a phone would hide the ready comments: so no field has the focus to begin with.
            tagged(html.Div(id="answer-alarm", tabIndex=-1), data_autofocus="yes"),
            html.Fieldset(ways, id="answer-ways", className="ways-to-answer"),
        ],
    )
    return modal


def send(context: AppContext, seen: Mapping[str, Severity], comment: str, patience: float = PATIENCE) -> str | None:
    """Acknowledge alarms, each as severe as the person saw it; None when it is done, else in words why not."""
    return summed_up(send_each(context, seen, comment, patience))


def send_each(
    context: AppContext, seen: Mapping[str, Severity], comment: str, patience: float = PATIENCE
) -> list[str | None]:
    """Submit a command for each alarm, and wait for the outcomes: None for what is done, else in words why not."""
    comment = comment.strip()
    if not comment:
        return [_(NO_COMMENT)] * len(seen)
    try:
        found = {alarm.id: alarm for alarm in _found(context, seen)}
        for id in seen:
            admitted_to_alarm(context, found.get(id))
    except RecordsAwayError as error:
        return [_("{problem} Nothing was sent: try again.", problem=error)] * len(seen)
    answers = [Acknowledge(alarm, severity, comment) for alarm, severity in seen.items()]
    return submit_all(context, answers, _(NO_ANSWER), patience)


def register(app: Dash, context: AppContext) -> None:
    """Opening the dialog, for one alarm or for those that are chosen, and sending."""

    @app.callback(
        Output("answer", "opened"),
        Output("answered-alarms", "data"),
        Output("answer-alarm", "children"),
        Output("answer-comment", "value"),
        Output("answer-problem", "children"),
        Input(ASKED, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.ACKNOWLEDGE)
    def open_dialog(wanted: dict[str, str] | None) -> tuple[object, ...]:
        return _opened(context, [wanted["alarm"]]) if wanted else (no_update,) * 5

    @app.callback(
        Output("answer", "opened", allow_duplicate=True),
        Output("answered-alarms", "data", allow_duplicate=True),
        Output("answer-alarm", "children", allow_duplicate=True),
        Output("answer-comment", "value", allow_duplicate=True),
        Output("answer-problem", "children", allow_duplicate=True),
        Input(choosing.ACKNOWLEDGE, "n_clicks"),
        State(choosing.CHOSEN, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.ACKNOWLEDGE)
    def open_for_chosen(clicks: int | None, chosen: list[str] | None) -> tuple[object, ...]:
        return _opened(context, chosen) if clicks and chosen else (no_update,) * 5

    @app.callback(
        Output("answer", "opened", allow_duplicate=True),
        Output("answered-alarms", "data", allow_duplicate=True),
        Output("answer-problem", "children", allow_duplicate=True),
        Input("answer-send", "n_clicks"),
        Input({"type": "phrase", "text": ALL}, "n_clicks"),
        State("answered-alarms", "data"),
        State("answer-comment", "value"),
        prevent_initial_call=True,
        running=[(Output("answer-ways", "disabled"), True, False)],
    )
    @requires(Right.ACKNOWLEDGE)
    def answer(
        _clicks: int | None, _phrases: list[int | None], seen: dict[str, int] | None, written: str | None
    ) -> tuple[object, object, object]:
        if not seen or not ctx.triggered or not ctx.triggered[0]["value"]:
            return no_update, no_update, no_update
        phrase = ctx.triggered_id["text"] if isinstance(ctx.triggered_id, dict) else ""
        comment = ". ".join(filter(None, ((written or "").strip().rstrip("."), phrase))) if phrase else written or ""
        severities = {alarm: Severity(severity) for alarm, severity in seen.items()}
        outcomes = send_each(context, severities, comment)
        problem = summed_up(outcomes)
        if problem is None:
            return False, no_update, ""
        rest = {alarm: seen[alarm] for alarm, outcome in zip(seen, outcomes, strict=True) if outcome is not None}
        return no_update, rest, problem


def _opened(context: AppContext, ids: Sequence[str]) -> tuple[object, ...]:
    """The dialog over those of the alarms that wait for an answer; as it is where none does any more."""
    found = urgent_first(_found(context, ids))
    for alarm in found:
        admitted_to_alarm(context, alarm)
    waiting = [alarm for alarm in found if alarm.state in UNANSWERED and alarm.held is None]
    if not waiting:
        return (no_update,) * 5
    with context.records.reading() as connection:
        then = sites_then(context, connection, waiting[:MOST_NAMED])
    site = context.site()
    named = [_summary(site, then[alarm.id], alarm) for alarm in waiting[:MOST_NAMED]]
    severities = {alarm.id: int(alarm.severity) for alarm in waiting}
    return True, severities, [_how_many(waiting, len(ids)), *named, _others(waiting)], "", ""


def _how_many(waiting: Sequence[Alarm], chosen: int) -> Component | None:
    """How many are answered with one comment; None where it is one."""
    if chosen == 1:
        return None
    by_severity = [
        chip(severity.name.lower(), f"{n} {severity.name}")
        for severity in reversed(Severity)
        if (n := sum(alarm.severity is severity for alarm in waiting))
    ]
    words = _n("One alarm with this comment", "{n} alarms with this comment", len(waiting), n=len(waiting))
    answered = chosen - len(waiting)
    less = _n("One more was answered already.", "{n} more need no answer.", answered, n=answered) if answered else ""
    return html.Div([html.B(words), *by_severity, html.Span(less, className="sec")], className="row how-many")


def _others(waiting: Sequence[Alarm]) -> Component | None:
    more = len(waiting) - MOST_NAMED
    if more <= 0:
        return None
    rooms = sorted({alarm.room for alarm in waiting[MOST_NAMED:]} - {""})
    words = _n("And one more, in {rooms}", "And {n} more, in {rooms}", more, n=more, rooms=", ".join(rooms))
    return html.P(words, className="sm sec")


def _found(context: AppContext, ids: Sequence[str] | Mapping[str, object]) -> list[Alarm]:
    with context.records.reading() as connection:
        return alarms.several(connection, list(ids))


def _summary(site: Site, then: Site, alarm: Alarm) -> Component:
    point = site.points.get(alarm.point)
    return html.Div(
        [
            html.Div(
                [alarm_chip(alarm), html.Span([_("for"), " ", since(alarm.onset)], className="sec")], className="row"
            ),
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
