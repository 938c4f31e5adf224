"""One room: its standing alarms, every point with its limits and its last hour, pressure cascade, instruments."""

from collections.abc import Mapping

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from alerts.rooms import around
from app import formats
from app.annotating import BATCH, POINT, ROOM
from app.areas import NOT_YOURS, admitted
from app.components import records_away, room_state
from app.components.annotating import ANNOTATED
from app.components.annotations import annotate_button, annotation_list
from app.components.baked import baked
from app.components.basics import grade, icon, symbol, tagged
from app.components.cascade import cascade
from app.components.copy_menu import copy_menu
from app.components.instruments import instrument_list
from app.components.life import life_link, reads_trail
from app.components.point_table import by_quantity, point_table
from app.components.put_aside import room_opener
from app.components.put_aside_list import put_aside_table
from app.components.room_alarms import room_alarms
from app.components.room_history import room_history_card
from app.context import AppContext
from app.copies.room_now import room_copy
from app.guard import NotAllowedError, requires
from app.pages.page import Address, Page
from app.room_history import room_history
from app.standing import standing
from app.trends.view import MOST_POINTS, View
from facility.instants import DAY, Instant
from facility.language import _, _n
from facility.roles import Right
from facility.site import Point, Room, Site
from storage.records import annotations, batches, room_states
from storage.records.alarms import AlarmFilter
from storage.records.annotations import About, Annotation
from storage.records.batches import Run
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts


def layout(context: AppContext, address: Address) -> Component:
    """The page of a room, or of a zone within one."""
    site = context.site()
    room = site.rooms.get(address.parts["room"])
    if room is None and address.parts["room"] in context.whole().rooms:
        raise NotAllowedError(_(NOT_YOURS))
    if room is None:
        return _no_such_room(address.parts["room"])
    return html.Div(
        [
            dcc.Store(id="room-id", data=room.id),
            html.Div(_head(context, site, room), className="room-head"),
            html.Div(_alarms(context, room), id="room-alarms"),
            _nothing_yet(context, site, room),
            html.Div(
                [
                    html.Section(_table(context, site, room), id="room-points", className="card"),
                    html.Div(_beside(context, site, room), id="room-beside", className="beside"),
                ],
                className="room",
            ),
            room_state.dialog(room.id, context.name, context.hub.room_state(room.id)),
        ]
    )


def _table(context: AppContext, site: Site, room: Room) -> Component:
    proposing = context.may(Right.DRAFT) and context.areas is None
    marked = {one.about.object.removeprefix(POINT) for one in _written(context, site, room)[0]}
    return baked(point_table(site, context.hub, room, proposing=proposing, annotated=marked))


def _head(context: AppContext, site: Site, room: Room) -> list[Component]:
    area = next(area.name for area in site.areas if area.id == room.area)
    inside = html.Span([", ", html.A(room.inside, href=f"/rooms/{room.inside}")]) if room.inside else None
    trend = View(tuple(point.id for point in _points(site, room)[:MOST_POINTS]))
    return [
        html.Div(
            [
                html.Div([html.A(_("Rooms"), href="/rooms"), f", {area}", inside], className="crumb"),
                html.Div([html.H1(f"{room.id} {room.name}"), grade(room.classification)], className="row title"),
            ],
            className="grow",
        ),
        html.Div(_states(context, site, room), id="room-states", className="row states"),
        html.Div(
            [
                html.A([icon("trends", small=True), _("Trend")], href=trend.address, className="btn s"),
                html.A(_("Trend questions"), href=f"/rooms/{room.id}/trend-questions", className="btn s"),
                room_state.opener() if context.may(Right.SET_ROOM_STATE) else None,
                life_link(f"room {room.id}") if reads_trail(context) else None,
                copy_menu(context),
            ],
            className="row",
        ),
    ]


def _states(context: AppContext, site: Site, room: Room) -> list[Component]:
    """Room state and running batches, each with its beginning."""
    now, present = context.clock(), context.hub.room_state(room.id)
    where = around(site, room.id)
    try:
        with context.records.reading() as connection:
            held = room_states.in_force(connection, now)
            runs = [run for run in batches.running(connection, now) if run.room in where]
    except RecordsAwayError:  # the alarms' place says so
        held, runs = {}, []
    known = max((held[place] for place in where if place in held), key=lambda event: event.time, default=None)
    if present is None:
        state = _("Room state unknown")
    elif known is not None and known.state is present:
        since = formats.moment(known.time, site.timezone, now)
        state = _("{state} since {moment}", state=formats.sentence(_(present.value)), moment=since)
    else:
        state = formats.sentence(_(present.value))
    writing = context.may(Right.ANNOTATE)
    return [html.Span(state, className="chip quiet"), *(_made(run, site, now, writing=writing) for run in runs)]


def _made(run: Run, site: Site, now: Instant, *, writing: bool) -> Component:
    """A batch that is being made; who may annotate opens the dialog by it."""
    words = _("Batch {batch} since {moment}", batch=run.batch, moment=formats.moment(run.start, site.timezone, now))
    about = About(f"{BATCH}{run.batch}", run.start, run.start)
    return annotate_button(words, about, "chip quiet") if writing else html.Span(words, className="chip quiet")


def _alarms(context: AppContext, room: Room) -> list[Component]:
    site = context.site()
    here = (room.id, *(zone.id for zone in site.rooms.values() if zone.inside == room.id))
    try:
        bands = room_alarms(standing(context, AlarmFilter(rooms=here)), room)
        shown: list[Component] = [baked(html.Div(bands, className="bands"))] if bands else []
        aside = put_aside_table(context, room.id)
    except RecordsAwayError as error:
        return [records_away.page(context, error)]
    if aside is not None:
        shown.append(html.Section([html.Header(html.H2(_("Calls nobody"))), aside], className="card wide room-aside"))
    return shown


def _nothing_yet(context: AppContext, site: Site, room: Room) -> Component | None:
    """A room that has never been heard says so, and what would change it."""
    points = _points(site, room)
    looks = context.look().points
    if any(looks[point.id].time is not None for point in points if point.id in looks):
        return None
    if points:
        words = _n(
            "One point is described. Its values appear here with the first reading. If one should have come: is the "
            "instrument switched on, and does its gateway send? The page System shows what arrives.",
            "{n} points are described. Their values appear here with the first reading. If one should have come: are "
            "the instruments switched on, and do their gateways send? The page System shows what arrives.",
            len(points),
            n=len(points),
        )
    else:
        words = _("The site file describes no instrument in this room.")
    title = _("No reading has arrived from this room yet") if points else _("Nothing is watched in this room")
    return tagged(
        html.Div([symbol("nodata"), html.Div([html.B(title), html.Div(words, className="sec")])], className="banner"),
        role="status",
    )


def _beside(context: AppContext, site: Site, room: Room) -> list[Component]:
    # A zone is not measured against its room; it stands in the cascade of the room around it.
    steps = cascade(site, context.hub, room.inside or room.id)
    used = {point.instrument for point in _points(site, room)}
    instruments = [instrument for id, instrument in site.instruments.items() if id in used]
    cards = [
        _history(context, site, room),
        _said(context, site, room),
        [html.Header(html.H2(_("Pressure cascade"))), steps] if steps else [],
        [
            html.Header([html.H2(_("Instruments")), room_opener(room) if context.may(Right.SHELVE) else None]),
            instrument_list(instruments, context.clock(), context.site().timezone),
        ]
        if instruments
        else [],
    ]
    return [html.Section(card, className="card") for card in cards if card]


def _history(context: AppContext, site: Site, room: Room) -> list[Component]:
    try:
        return room_history_card(site, room_history(context, site, room.id))
    except RecordsAwayError:  # the alarms' place says so
        return []


def _said(context: AppContext, site: Site, room: Room) -> list[Component]:
    found, names = _written(context, site, room)
    if not found:
        return []
    listed = annotation_list(site, found, names, context.clock())
    return [html.Header(html.H2(_("Comments and corrections"), id="room-said")), listed]


def _written(context: AppContext, site: Site, room: Room) -> tuple[list[Annotation], Mapping[str, str]]:
    """What was written in the last day about what is measured here, or about a newest reading however old it is, or
    about a batch that is being made; with the printed names of people."""
    now, looks = context.clock(), context.look().points
    points = [point.id for point in _points(site, room)]
    newest = {f"{POINT}{point}": looks[point].time or now for point in points if point in looks}
    try:
        with context.records.reading() as connection:
            where = around(site, room.id)
            runs = [run for run in batches.running(connection, now) if run.room in where]
            objects = [f"{ROOM}{room.id}", *(f"{POINT}{point}" for point in points)]
            since = min([now - DAY, *newest.values()])
            found = annotations.about(connection, objects, since)
            of_batches = annotations.about(connection, [f"{BATCH}{run.batch}" for run in runs])
            names = accounts.names(connection)
    except RecordsAwayError:  # the alarms' place says so
        return [], {}
    shown = [one for one in found if one.about.end >= min(now - DAY, newest.get(one.about.object, now))]
    return [*of_batches, *shown], names


def _points(site: Site, room: Room) -> list[Point]:
    """Of the zones inside the room, then of the room."""
    zones = [zone.id for zone in site.rooms.values() if zone.inside == room.id]
    return [point for where in (*zones, room.id) for point in by_quantity(site.points_by_room[where])]


def _no_such_room(room: str) -> Component:
    return html.Div(
        [
            html.H1(_("There is no such room")),
            html.P(_("The site file has no room {room}. It may have been renamed.", room=room), className="lead"),
            html.A(_("To all rooms"), href="/rooms", className="btn"),
        ]
    )


def register(app: Dash, context: AppContext) -> None:
    """Alarms and room states that change are drawn anew; values are painted by the browser."""
    room_state.register(app, context)

    @app.callback(
        Output("room-alarms", "children"),
        Output("room-states", "children"),
        Output("room-points", "children"),
        Output("room-beside", "children"),
        Input("alarm-event", "data"),
        State("room-id", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def changed(_event: object, id: str) -> tuple[list[Component], list[Component], Component, list[Component]]:
        admitted(context, id)
        site = context.site()
        room = site.rooms[id]
        return (
            _alarms(context, room),
            _states(context, site, room),
            _table(context, site, room),
            _beside(context, site, room),
        )

    @app.callback(
        Output("room-points", "children", allow_duplicate=True),
        Output("room-beside", "children", allow_duplicate=True),
        Input(ANNOTATED, "data"),
        State("room-id", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def written(_event: object, id: str) -> tuple[Component, list[Component]]:
        admitted(context, id)
        site = context.site()
        return _table(context, site, site.rooms[id]), _beside(context, site, site.rooms[id])


PAGE = Page("/rooms/<room>", "Room", layout, register, copy=room_copy)
