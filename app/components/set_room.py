"""Setting a room's state, or beginning and ending a batch, from a trend: chosen, confirmed, on record with a name."""

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from alerts.rooms import around
from app.areas import admitted
from app.components.basics import icon, tagged
from app.components.room_state import NO_ANSWER, set_state
from app.context import AppContext
from app.formats import sentence
from app.guard import requires
from app.pages.page import query_of
from app.submitting import submit
from app.trends.shown import known, meant
from app.trends.view import view_of
from facility.language import N_, _
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted
from facility.roles import Right
from storage.records import batches

ROOM_SET = "set-room-done"
STATE, BEGINS, ENDS = "state", "begins", "ends"
KINDS = {STATE: N_("Room state"), BEGINS: N_("Batch begins"), ENDS: N_("Batch ends")}


def opener() -> Component:
    """The button that opens the dialog."""
    return html.Button(_("State, batch"), id="set-room-open", className="btn s")


def dialog(user: str) -> Component:
    """Which room, and what of it."""
    modal: Component = dmc.Modal(
        id="set-room",
        title=_("Set room state or batch"),
        centered=True,
        children=[
            dmc.Select(id="set-room-of", label=_("Room"), data=[], allowDeselect=False),
            dmc.SegmentedControl(
                id="set-room-kind",
                data=[{"value": kind, "label": _(words)} for kind, words in KINDS.items()],
                value=STATE,
                fullWidth=True,
                size="sm",
                mt="md",
                mb="md",
            ),
            html.Div(
                dmc.RadioGroup(
                    dmc.Stack([dmc.Radio(label=sentence(_(s.value)), value=s.value) for s in RoomState], gap="sm"),
                    id="set-room-state",
                    label=_("The limits of this state hold from now on"),
                ),
                id="set-room-states",
            ),
            html.Div(dmc.TextInput(id="set-room-batch", label=_("Batch"), debounce=True), id="set-room-begins"),
            html.Div(
                dmc.Select(id="set-room-running", label=_("Batch"), data=[], placeholder=_("No batch runs here")),
                id="set-room-ends",
            ),
            tagged(html.Div(id="set-room-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(_("Recorded as {user}, now", user=user), className="sm muted grow"),
                    html.Button([icon("check", small=True), _("Set")], id="set-room-send", className="btn p"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return modal


def register(app: Dash, context: AppContext) -> None:
    """Opening the dialog for the rooms of the trend, choosing, and sending."""

    @app.callback(
        Output("set-room-of", "data"),
        Output("set-room-of", "value"),
        Output("set-room-kind", "value"),
        Output("set-room-batch", "value"),
        Output("set-room", "opened"),  # last: what is chosen in it then is not overwritten
        Input("set-room-open", "n_clicks"),
        State("trend-url", "search"),
        prevent_initial_call=True,
    )
    @requires(Right.SET_ROOM_STATE)
    def open_dialog(clicks: int | None, search: str | None) -> tuple[object, ...]:
        """As it is at first, whatever was chosen and written in it the last time."""
        if not clicks:
            return (no_update,) * 5
        site = context.site()
        shown = [site.points[p].room for p in known(site, meant(context, view_of(query_of(search))))]
        rooms = list(dict.fromkeys(around(site, room)[-1] for room in shown)) or list(site.rooms)
        labels = [{"value": room, "label": f"{room} {site.rooms[room].name}"} for room in rooms]
        return labels, rooms[0], STATE, "", True

    @app.callback(
        Output("set-room-states", "hidden"),
        Output("set-room-begins", "hidden"),
        Output("set-room-ends", "hidden"),
        Output("set-room-state", "value"),
        Output("set-room-running", "data"),
        Output("set-room-running", "value"),
        Output("set-room-problem", "children", allow_duplicate=True),
        Input("set-room-kind", "value"),
        Input("set-room-of", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.SET_ROOM_STATE)
    def choose(kind: str, room: str | None) -> tuple[object, ...]:
        if room is None:
            return (no_update,) * 7
        admitted(context, room)
        present = context.hub.room_state(room)
        running = _running(context, room)
        return (
            kind != STATE,
            kind != BEGINS,
            kind != ENDS,
            present.value if present else None,
            running,
            next(iter(running), None),
            "",
        )

    @app.callback(
        Output("set-room", "opened", allow_duplicate=True),
        Output("set-room-problem", "children"),
        Output(ROOM_SET, "data"),
        Input("set-room-send", "n_clicks"),
        Input("set-room-batch", "n_submit"),
        State("set-room-of", "value"),
        State("set-room-kind", "value"),
        State("set-room-state", "value"),
        State("set-room-batch", "value"),
        State("set-room-running", "value"),
        prevent_initial_call=True,
        running=[(Output("set-room-send", "disabled"), True, False)],
    )
    @requires(Right.SET_ROOM_STATE)
    def send(
        clicks: int | None,
        submits: int | None,
        room: str | None,
        kind: str,
        state: str | None,
        begins: str | None,
        ends: str | None,
    ) -> tuple[object, object, object]:
        sent = (clicks or 0) + (submits or 0)
        if not sent or room is None:
            return no_update, "", no_update
        if kind == STATE:
            problem = set_state(context, room, state)
        else:
            problem = set_batch(context, room, begins if kind == BEGINS else ends, begins=kind == BEGINS)
        return (no_update, problem, no_update) if problem else (False, "", sent)


def set_batch(context: AppContext, room: str, batch: str | None, *, begins: bool) -> str | None:
    """Submit that a batch begins or ends in a room now, and wait for the outcome; None when done, else why not."""
    name = (batch or "").strip()
    admitted(context, room)
    running = _running(context, room)
    if not begins and not running:
        return _("No batch runs in {room}: there is none to end.", room=room)
    if not name:
        return _("Say which batch.")
    if begins and name in running:
        return _("Batch {batch} runs in {room} already.", batch=name, room=room)
    event = BatchStarted if begins else BatchEnded
    return submit(context, event(name, room, context.clock(), ""), _(NO_ANSWER))


def _running(context: AppContext, room: str) -> list[str]:
    with context.records.reading() as connection:
        return [run.batch for run in batches.running(connection, context.clock()) if run.room == room]


def place() -> Component:
    """What changes when something was set; it is there for everybody, since the picture listens to it."""
    store: Component = dcc.Store(id=ROOM_SET)
    return store
