"""Setting the state of a room: it selects the limits, so it is chosen, confirmed, and on record with a name."""

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from app.areas import admitted
from app.components.basics import icon, tagged
from app.context import AppContext
from app.formats import sentence
from app.guard import requires
from app.submitting import submit
from facility.language import N_, _
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from facility.roles import Right

NO_ANSWER = N_(
    "The station has not answered yet. What you chose is on record, and will be applied when the station runs; "
    "until then the limits stay as they are."
)


def opener() -> Component:
    """The button that opens the dialog."""
    return html.Button([_("Room state"), icon("dn", small=True)], id="room-state-open", className="btn s")


def dialog(room: str, user: str, present: RoomState | None) -> Component:
    """The states, of which one is chosen and confirmed."""
    modal: Component = dmc.Modal(
        id="room-state",
        title=_("State of {room}", room=room),
        centered=True,
        children=[
            dmc.RadioGroup(
                dmc.Stack(
                    [dmc.Radio(label=sentence(_(state.value)), value=state.value) for state in RoomState], gap="sm"
                ),
                id="room-state-choice",
                value=present.value if present else None,
            ),
            html.P(_("The limits of this state hold from now on, until another state is set."), className="sm sec"),
            tagged(html.Div(id="room-state-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(_("Recorded as {name}, now", name=user), className="sm muted grow"),
                    html.Button([icon("check", small=True), _("Set state")], id="room-state-send", className="btn p"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return modal


def set_state(context: AppContext, room: str, state: str | None) -> str | None:
    """Submit the state and wait for its outcome; None when it is done, else in words why not."""
    if state not in list(RoomState):
        return _("Choose a state first.")
    admitted(context, room)
    now = context.clock()
    return submit(context, RoomStateSet(room, RoomState(state), now, ""), _(NO_ANSWER))


def register(app: Dash, context: AppContext) -> None:
    """Opening the dialog, and sending."""

    @app.callback(
        Output("room-state", "opened"),
        Input("room-state-open", "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.SET_ROOM_STATE)
    def open_dialog(clicks: int | None) -> object:
        return True if clicks else no_update

    @app.callback(
        Output("room-state", "opened", allow_duplicate=True),
        Output("room-state-problem", "children"),
        Input("room-state-send", "n_clicks"),
        State("room-id", "data"),
        State("room-state-choice", "value"),
        prevent_initial_call=True,
        running=[(Output("room-state-send", "disabled"), True, False)],
    )
    @requires(Right.SET_ROOM_STATE)
    def send(clicks: int | None, room: str, state: str | None) -> tuple[object, str]:
        if not clicks:
            return no_update, ""
        problem = set_state(context, room, state)
        return (False, "") if problem is None else (no_update, problem)
