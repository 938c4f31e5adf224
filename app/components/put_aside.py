"""Putting alarms aside, and bringing them back: the buttons and the two dialogs, which stand once in the shell."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.areas import admitted_to_alarm
from app.components import choosing
from app.components.alarm_words import place_words, point_words
from app.components.asking import asked, asking
from app.components.basics import icon, tagged
from app.components.why import why_dialog
from app.context import AppContext
from app.guard import needs, requires
from app.putting_aside import NO_ANSWER, decide, decide_each, put_aside
from app.submitting import submit, summed_up
from facility.alarm import Alarm, Condition, HoldKind
from facility.holds import Hold, of_instrument
from facility.instants import DAY, HOUR, MINUTE, Span
from facility.language import N_, _, _n
from facility.limit import Severity
from facility.roles import Right
from facility.site import Room, Site
from storage.records import alarms
from storage.records.commands import ApproveShelving, EndHold, HoldCommand, Reset, Shelve, TakeOutOfService
from storage.records.errors import RecordsAwayError

SHELVE, SHELVE_ACTION, OUT_OF_SERVICE = "shelve", "shelve action", "out of service"
HOW = {
    SHELVE: N_("Shelve up to the alert level"),
    SHELVE_ACTION: N_("Shelve the action limit too: another person must approve it"),
    OUT_OF_SERVICE: N_("Out of service, until somebody puts it back"),
}
ASKED, ACT_ASKED = "put-aside-asked", "hold-asked"
"""The stores with what a person wants to put aside, and with what shall be done about what is."""
SHORT: Sequence[Span] = (15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)
LONG: Sequence[Span] = (8 * HOUR, 24 * HOUR, 3 * DAY, 7 * DAY, 28 * DAY, 90 * DAY)
WHAT_FOLLOWS = N_(
    "It is judged and recorded as ever, and calls nobody. When the time is over, what is still outside calls again. "
    "What is more severe than what is shelved calls all the same."
)


def shelve_opener(alarm: Alarm) -> Component:
    """The button that opens the dialog for an alarm."""
    of, condition, severity = alarm.point, alarm.condition.value, int(alarm.severity)
    return asking(_("Shelve"), ASKED, "btn s", of=of, condition=condition, severity=severity)


def room_opener(room: Room) -> Component:
    """The button that opens the dialog for whatever is in a room."""
    return asking(_("Put aside"), ASKED, "btn s", of=f"room:{room.id}", condition="", severity=0)


def act_opener(act: str, id: str | int, words: str, main: bool = False) -> Component:
    """The button that asks for a reason: to end, approve or refuse a hold, to reset an alarm."""
    return asking(words, ACT_ASKED, "btn p s" if main else "btn s", act=act, id=str(id))


def dialogs(user: str) -> list[Component]:
    """The dialogs; they stand once in the shell and serve every page."""
    modal: Component = dmc.Modal(
        id="put-aside",
        title=_("Put aside"),
        centered=True,
        size=500,
        children=[
            dcc.Store(id="put-aside-alarms"),
            asked(ASKED),
            asked(ACT_ASKED),
            dmc.Stack(
                [
                    dmc.Select(id="put-aside-place", label=_("What"), searchable=True, allowDeselect=False),
                    dmc.Select(id="put-aside-how", label=_("How"), allowDeselect=False),
                    dmc.Select(id="put-aside-span", label=_("For how long"), allowDeselect=False),
                    dmc.Textarea(id="put-aside-reason", label=_("Reason"), autosize=True, minRows=2, required=True),
                ],
                gap="md",
            ),
            html.P(_(WHAT_FOLLOWS), className="sm sec put-aside-note"),
            tagged(html.Div(id="put-aside-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(_("Recorded as {name}, now", name=user), className="sm muted grow"),
                    html.Button([icon("check", small=True), _("Put aside")], id="put-aside-send", className="btn p"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return [modal, why_dialog("hold")]


def commands_of(of: Sequence[tuple[str, str]], how: str, span: Span, reason: str) -> list[HoldCommand]:
    """What the fields mean, for places and the condition of each. Of an alarm only its condition is shelved."""
    if how == OUT_OF_SERVICE:
        return [TakeOutOfService(place, span, reason) for place in dict.fromkeys(place for place, _condition in of)]
    severity = Severity.ACTION if how == SHELVE_ACTION else Severity.ALERT
    return [
        Shelve(place, Condition(condition) if condition else None, severity, span, reason) for place, condition in of
    ]


def register(app: Dash, context: AppContext) -> None:
    """Opening the dialogs, and sending."""

    @app.callback(
        Output("put-aside", "opened"),
        Output("put-aside-alarms", "data"),
        Output("put-aside-place", "data"),
        Output("put-aside-place", "value"),
        Output("put-aside-how", "data"),
        Output("put-aside-how", "value"),
        Output("put-aside-reason", "value"),
        Output("put-aside-problem", "children"),
        Input(ASKED, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.SHELVE)
    def open_dialog(wanted: dict[str, Any] | None) -> tuple[object, ...]:
        if not wanted:
            return (no_update,) * 8
        of, condition = wanted["of"], wanted["condition"]
        site = context.site()
        if not condition:
            return _opened(context, [], _places(site, of.removeprefix("room:")), action=False)
        action = wanted["severity"] == Severity.ACTION
        return _opened(context, [(of, condition)], [_alarm_place(site, of, condition)], action=action)

    @app.callback(
        Output("put-aside", "opened", allow_duplicate=True),
        Output("put-aside-alarms", "data", allow_duplicate=True),
        Output("put-aside-place", "data", allow_duplicate=True),
        Output("put-aside-place", "value", allow_duplicate=True),
        Output("put-aside-how", "data", allow_duplicate=True),
        Output("put-aside-how", "value", allow_duplicate=True),
        Output("put-aside-reason", "value", allow_duplicate=True),
        Output("put-aside-problem", "children", allow_duplicate=True),
        Input(choosing.SHELVE, "n_clicks"),
        State(choosing.CHOSEN, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.SHELVE)
    def open_for_chosen(clicks: int | None, chosen: list[str] | None) -> tuple[object, ...]:
        if not clicks or not chosen:
            return (no_update,) * 8
        with context.records.reading() as connection:
            found = [alarm for alarm in alarms.several(connection, chosen) if alarm.held is None]
        action = any(alarm.severity is Severity.ACTION for alarm in found)
        words = _n("One alarm that is chosen", "{n} alarms that are chosen", len(found), n=len(found))
        those = [(alarm.point, alarm.condition.value) for alarm in found]
        return _opened(context, those, [{"value": "chosen", "label": words}], action=action)

    @app.callback(
        Output("put-aside-span", "data"),
        Output("put-aside-span", "value"),
        Input("put-aside-how", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.SHELVE)
    def spans(how: str | None) -> tuple[list[dict[str, str]], str]:
        choices = LONG if how == OUT_OF_SERVICE else SHORT
        return [{"value": str(span), "label": _span_words(span)} for span in choices], str(choices[1])

    @app.callback(
        Output("put-aside", "opened", allow_duplicate=True),
        Output("put-aside-problem", "children", allow_duplicate=True),
        Input("put-aside-send", "n_clicks"),
        State("put-aside-alarms", "data"),
        State("put-aside-place", "value"),
        State("put-aside-how", "value"),
        State("put-aside-span", "value"),
        State("put-aside-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("put-aside-send", "disabled"), True, False)],
    )
    @requires(Right.SHELVE)
    def send(
        clicks: int | None,
        those: list[list[str]] | None,
        place: str | None,
        how: str | None,
        span: str | None,
        reason: str | None,
    ) -> tuple[object, str]:
        if not clicks or not place or not how or not span:
            return no_update, _("Choose what, how and for how long.")
        of = [(point, condition) for point, condition in those] if those else [(place, "")]
        problem = summed_up(decide_each(context, commands_of(of, how, int(span), (reason or "").strip())))
        return (False, "") if problem is None else (no_update, problem)

    @app.callback(
        Output("hold-why", "opened"),
        Output("hold-why", "title"),
        Output("hold-why-act", "data"),
        Output("hold-why-made", "children"),
        Output("hold-why-reason", "value"),
        Output("hold-why-problem", "children"),
        Input(ACT_ASKED, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.SHELVE)
    def open_why(wanted: dict[str, str] | None) -> tuple[object, ...]:
        if not wanted:
            return (no_update,) * 6
        act, id = wanted["act"], wanted["id"]
        return True, _(TITLES[act]), {"act": act, "id": id}, _about(context, act, id), "", ""

    @app.callback(
        Output("hold-why", "opened", allow_duplicate=True),
        Output("hold-why-problem", "children", allow_duplicate=True),
        Input("hold-why-send", "n_clicks"),
        State("hold-why-act", "data"),
        State("hold-why-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("hold-why-send", "disabled"), True, False)],
    )
    @requires(Right.SHELVE)
    def send_why(clicks: int | None, act: dict[str, str] | None, reason: str | None) -> tuple[object, str]:
        if not clicks or not act:
            return no_update, ""
        try:
            problem = do(context, act["act"], act["id"], (reason or "").strip())
        except RecordsAwayError as error:
            problem = _("{problem} Nothing was sent: try again.", problem=error)
        return (False, "") if problem is None else (no_update, problem)


TITLES = {
    "end": N_("Let it call again"),
    "refuse": N_("Refuse the shelving"),
    "approve": N_("Approve the shelving"),
    "reset": N_("Reset the latched alarm"),
}
GONE = N_("That is over already; the list shows what calls nobody now.")


def do(context: AppContext, act: str, id: str, reason: str) -> str | None:
    """End, refuse or approve a hold, or reset an alarm; None when it is done, else in words why not."""
    if act == "reset":
        needs(context, Right.ACKNOWLEDGE)
        with context.records.reading() as connection:
            admitted_to_alarm(context, alarms.find(connection, id))
        return submit(context, Reset(id, reason), _(NO_ANSWER))
    hold = _hold(context, id)
    if hold is None:
        return _(GONE)
    if act == "approve":
        if not reason:
            return _("Write why it may call nobody; an approval needs a comment.")
        return decide(context, ApproveShelving(hold.id, hold.of, reason))
    return decide(context, EndHold(hold.id, hold.kind, hold.of, reason))


def _opened(
    context: AppContext, those: Sequence[tuple[str, str]], places: Sequence[dict[str, str]], *, action: bool
) -> tuple[object, ...]:
    """The dialog over alarms, by point and condition, or over a place that is still to be chosen."""
    how = SHELVE_ACTION if action else SHELVE
    return True, those, places, places[0]["value"] if places else None, _hows(context, action), how, "", ""


def _hold(context: AppContext, id: str) -> Hold | None:
    return next((hold for hold in put_aside(context) if str(hold.id) == id), None)


def _about(context: AppContext, act: str, id: str) -> Component | None:
    """What is about to be decided on."""
    if act == "reset":
        return None
    hold = _hold(context, id)
    if hold is None:
        return html.P(_(GONE))
    what = place_words(context.site(), hold.of)
    return html.P(f"{what}, {_(hold.kind.value)}: {hold.reason}", className="sm sec")


def _alarm_place(site: Site, of: str, condition: str) -> dict[str, str]:
    return {"value": of, "label": f"{point_words(site, of)}, {_(condition)} ({of})"}


def _places(site: Site, room: str) -> list[dict[str, str]]:
    """The instruments of a room and their points."""
    found = []
    for instrument in site.instruments.values():
        if instrument.room == room:
            place = of_instrument(instrument.id)
            found.append(
                {
                    "value": place,
                    "label": _("{instrument}, all of it ({id})", instrument=instrument.name, id=instrument.id),
                }
            )
            points = site.points_by_instrument[instrument.id]
            found += [{"value": point.id, "label": f"{formats.what(point)} ({point.id})"} for point in points]
    return found


def _hows(context: AppContext, action: bool) -> list[dict[str, str]]:
    """What the person may choose; an alarm at its action limit is not shelved up to the alert level."""
    offered = [how for how in HOW if not (action and how == SHELVE)]
    if not context.may(Right.OUT_OF_SERVICE):
        offered.remove(OUT_OF_SERVICE)
    return [{"value": how, "label": _(HOW[how])} for how in offered]


def _span_words(span: Span) -> str:
    if span < HOUR:
        return _n("{n} minute", "{n} minutes", span // MINUTE, n=span // MINUTE)
    if span <= DAY:
        return _n("{n} hour", "{n} hours", span // HOUR, n=span // HOUR)
    return _n("{n} day", "{n} days", span // DAY, n=span // DAY)


KINDS = {HoldKind.SHELVED: N_("Unshelve"), HoldKind.OUT_OF_SERVICE: N_("Back in service")}
"""What stands on the button that ends a hold."""
