"""One room: its standing alarms, every point with its limits and its last hour, pressure cascade, instruments."""

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from alerts.rooms import around
from app import formats
from app.areas import NOT_YOURS, admitted
from app.components import records_away, room_state
from app.components.annotations import annotation_list
from app.components.basics import grade, icon, symbol, tagged
from app.components.cascade import cascade
from app.components.copy_menu import copy_menu
from app.components.instruments import instrument_list
from app.components.life import life_link, reads_trail
from app.components.point_table import by_quantity, point_table
from app.components.put_aside import room_opener
from app.components.put_aside_list import put_aside_table
from app.components.room_alarms import room_alarms
from app.components.standing_alarms import standing
from app.context import AppContext
from app.copies.room_now import room_copy
from app.guard import NotAllowedError, requires
from app.pages.page import Address, Page
from app.past_sites import sites_then
from app.trends.view import MOST_POINTS, View
from facility.instants import DAY
from facility.roles import Right
from facility.site import Point, Room, Site
from storage.records import annotations, batches, room_states
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts


def layout(context: AppContext, address: Address) -> Component:
    """The page of a room, or of a zone within one."""
    site = context.site()
    room = site.rooms.get(address.parts["room"])
    if room is None and address.parts["room"] in context.whole().rooms:
        raise NotAllowedError(NOT_YOURS)
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
                    html.Div(_beside(context, site, room), className="beside"),
                ],
                className="room",
            ),
            room_state.dialog(room.id, context.name, context.hub.room_state(room.id)),
        ]
    )


def _table(context: AppContext, site: Site, room: Room) -> Component:
    proposing = context.may(Right.DRAFT) and context.areas is None
    return point_table(site, context.hub, room, proposing=proposing)


def _head(context: AppContext, site: Site, room: Room) -> list[Component]:
    area = next(area.name for area in site.areas if area.id == room.area)
    inside = html.Span([", ", html.A(room.inside, href=f"/rooms/{room.inside}")]) if room.inside else None
    trend = View(tuple(point.id for point in _points(site, room)[:MOST_POINTS]))
    return [
        html.Div(
            [
                html.Div([html.A("Rooms", href="/rooms"), f", {area}", inside], className="crumb"),
                html.Div([html.H1(f"{room.id} {room.name}"), grade(room.classification)], className="row title"),
            ],
            className="grow",
        ),
        html.Div(_states(context, site, room), id="room-states", className="row states"),
        html.Div(
            [
                html.A([icon("trends", small=True), "Trend"], href=trend.address, className="btn s"),
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
        state = "Room state unknown"
    elif known is not None and known.state is present:
        state = f"{formats.sentence(present)} since {formats.moment(known.time, site.timezone, now)}"
    else:
        state = formats.sentence(present)
    made = [f"Batch {run.batch} since {formats.moment(run.start, site.timezone, now)}" for run in runs]
    return [html.Span(words, className="chip quiet") for words in (state, *made)]


def _alarms(context: AppContext, room: Room) -> list[Component]:
    site = context.site()
    try:
        found = standing(context)
        names = context.names()
        with context.records.reading() as connection:
            then = sites_then(context, connection, found)
    except RecordsAwayError as error:
        return [records_away.page(context, error)]
    here = {room.id, *(zone.id for zone in site.rooms.values() if zone.inside == room.id)}
    of_room = [alarm for alarm in found if not here.isdisjoint(alarm.rooms)]
    answering = context.may(Right.ACKNOWLEDGE)
    bands = room_alarms(site, of_room, context.clock(), then=then, answering=answering, names=names)
    aside = put_aside_table(context, room.id)
    if aside is not None:
        bands.append(html.Section([html.Header(html.H2("Calls nobody")), aside], className="card wide room-aside"))
    return bands


def _nothing_yet(context: AppContext, site: Site, room: Room) -> Component | None:
    """A room that has never been heard says so, and what would change it."""
    points = _points(site, room)
    looks = context.look().points
    if any(looks[point.id].time is not None for point in points if point.id in looks):
        return None
    if points:
        words = f"{len(points)} points are described. Their values appear here with the first reading."
    else:
        words = "The site file describes no instrument in this room."
    title = "No reading has arrived from this room yet" if points else "Nothing is watched in this room"
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
        _said(context, site, room),
        [html.Header(html.H2("Pressure cascade")), steps] if steps else [],
        [
            html.Header([html.H2("Instruments"), room_opener(room) if context.may(Right.SHELVE) else None]),
            instrument_list(instruments, context.clock()),
        ]
        if instruments
        else [],
    ]
    return [html.Section(card, className="card") for card in cards if card]


def _said(context: AppContext, site: Site, room: Room) -> list[Component]:
    """What was written in the last day about what is measured here, or about a newest reading however old it is."""
    now, looks = context.clock(), context.look().points
    points = [point.id for point in _points(site, room)]
    newest = {f"point {point}": looks[point].time or now for point in points if point in looks}
    try:
        with context.records.reading() as connection:
            objects = [f"room {room.id}", *(f"point {point}" for point in points)]
            since = min([now - DAY, *newest.values()])
            found = annotations.about(connection, objects, since)
            names = accounts.names(connection)
    except RecordsAwayError:  # the alarms' place says so
        return []
    shown = [one for one in found if one.about.end >= min(now - DAY, newest.get(one.about.object, now))]
    if not shown:
        return []
    listed = annotation_list(site, shown, names, now)
    return [html.Header(html.H2("Comments and corrections")), listed]


def _points(site: Site, room: Room) -> list[Point]:
    """Of the zones inside the room, then of the room."""
    zones = [zone.id for zone in site.rooms.values() if zone.inside == room.id]
    return [point for where in (*zones, room.id) for point in by_quantity(site.points_by_room[where])]


def _no_such_room(room: str) -> Component:
    return html.Div(
        [
            html.H1("There is no such room"),
            html.P(f"The site file has no room {room}. It may have been renamed.", className="lead"),
            html.A("To all rooms", href="/rooms", className="btn"),
        ]
    )


def register(app: Dash, context: AppContext) -> None:
    """Alarms and room states that change are drawn anew; values are painted by the browser."""
    room_state.register(app, context)

    @app.callback(
        Output("room-alarms", "children"),
        Output("room-states", "children"),
        Output("room-points", "children"),
        Input("alarm-event", "data"),
        State("room-id", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def changed(_event: object, id: str) -> tuple[list[Component], list[Component], Component]:
        admitted(context, id)
        site = context.site()
        room = site.rooms[id]
        return _alarms(context, room), _states(context, site, room), _table(context, site, room)


PAGE = Page("/rooms/<room>", "Room", layout, register, copy=room_copy)
