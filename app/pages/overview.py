"""The overview: how the whole suite stands, in one glance."""

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from app.components.basics import drawing, icon, live, symbol, tagged
from app.components.for_you import for_you_list
from app.components.proven import proven_line
from app.components.room_list import room_list
from app.components.standing_alarms import standing_table
from app.context import AppContext
from app.floor_plan.plan import floor_plan
from app.guard import requires
from app.pages.page import Address, Page
from app.standing import standing
from facility.roles import Right
from facility.site import Area, Site


def layout(context: AppContext, _address: Address) -> Component:
    """Finding, plan, rooms worst first, standing alarms."""
    site, look = context.site(), context.look()
    assert look.site is not None
    plans = [_plan(site, area) for area in site.areas]
    return html.Div(
        [
            html.Div(
                [
                    live(html.H1(look.site.title), "title"),
                    live(html.P(look.site.lead, className="lead"), "lead"),
                ],
                className="head",
            ),
            html.Div(for_you_list(context), id="for-you"),
            proven_line(context),
            _first_start(site),
            html.Div(
                [
                    html.Div(plans, className="plans"),
                    html.Section(
                        [html.Header(html.H2("Rooms, worst first")), room_list(site, look.site.order)],
                        className="card worst",
                    ),
                    tagged(
                        html.Section(html.Div(_standing(context), id="overview-standing"), className="card wide"),
                        aria_label="Standing alarms",
                    ),
                ],
                className="overview",
            ),
        ]
    )


def _first_start(site: Site) -> Component:
    """What to do while no reading has ever arrived; gone with the first one."""

    def step(number: int, title: str, words: str, className: str) -> Component:  # noqa: N803  # as Dash spells it
        mark = html.Span([str(number), icon("check")], className="number")
        return html.Li([mark, html.Div([html.B(title), html.Div(words, className="sm sec")])], className=className)

    described = f"{site.name}: {len(site.rooms)} rooms and zones, {len(site.points)} points, no error"
    steps = [
        step(1, "Site file read", described, "done"),
        step(2, "Station heard", "It reads and judges the instruments, and beats once a second", "heard"),
        step(3, "First reading", "Switch an instrument on, or run make demo to see a simulated suite alive", ""),
    ]
    return html.Div(
        [
            html.Ol(steps, className="card steps"),
            html.Div(
                [
                    symbol("nodata"),
                    html.Div(
                        [
                            html.B("Every room shows no data until its first reading."),
                            html.Div("A room never starts as normal.", className="sm sec"),
                        ]
                    ),
                ],
                className="card never",
            ),
        ],
        className="first-start",
    )


def _standing(context: AppContext) -> Component:
    return standing_table(standing(context))


def register(app: Dash, context: AppContext) -> None:
    """The strip of standing alarms is drawn anew when one changes; all else is painted live."""

    @app.callback(
        Output("overview-standing", "children"),
        Output("for-you", "children"),
        Input("alarm-event", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def stand(_event: object) -> tuple[Component, Component | None]:
        return _standing(context), for_you_list(context)


def _plan(site: Site, area: Area) -> Component:
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    zones = [room for room in rooms if room.inside is not None]
    points = sum(len(site.points_by_room[room.id]) for room in rooms)
    counted = ((len(rooms) - len(zones), "room"), (len(zones), "zone"), (points, "point"))
    words = [f"{count} {noun}{'' if count == 1 else 's'}" if count else "" for count, noun in counted]
    return html.Section(
        [
            html.Header([html.H2(area.name), html.Span(", ".join(filter(None, words)), className="grow")]),
            drawing(floor_plan(site, area), "plan-frame"),
            html.Div(
                [
                    *(
                        html.Span([symbol(mark), word])
                        for mark, word in (
                            ("action", "Action"),
                            ("alert", "Alert"),
                            ("advisory", "Advisory"),
                            ("nodata", "No data"),
                        )
                    ),
                    html.Span(className="grow"),
                    html.Span("Arrows show air flow and pressure step in Pa"),
                ],
                className="legend",
            ),
        ],
        className="card plan-card",
    )


PAGE = Page("/", "Overview", layout, register, icon="overview")
