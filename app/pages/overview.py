"""The overview: how the whole suite stands, in one glance."""

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app.components import records_away
from app.components.basics import icon, live, symbol, tagged
from app.components.for_you import for_you_list
from app.components.plan_card import plan_card
from app.components.proven import proven_line
from app.components.room_list import room_list
from app.components.standing_alarms import standing_table
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page
from app.standing import standing
from app.wall.page import WALL
from facility.language import N_, _
from facility.roles import Right
from facility.site import Site
from storage.records.errors import RecordsAwayError

MOST_STANDING = 12
"""Alarms below the plan; the others are a touch away, in the list of alarms."""
LOOK_AGAIN = 15_000
"""Milliseconds after which it is looked up what waits for a person: not all of it comes with an alarm."""


def layout(context: AppContext, _address: Address) -> Component:
    """Finding, plan, rooms worst first, standing alarms."""
    site, look = context.site(), context.look()
    assert look.site is not None
    plans = [plan_card(site, area) for area in site.areas]
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
            dcc.Interval(id="for-you-again", interval=LOOK_AGAIN),
            proven_line(context),
            _first_start(site),
            html.Div(
                [
                    html.Div(plans, className="plans"),
                    html.Section(
                        [
                            html.Header([html.H2(_("Rooms, worst first")), html.Span(className="grow"), _wall()]),
                            room_list(site, look.site.order),
                        ],
                        className="card",
                    ),
                    tagged(
                        html.Section(html.Div(_standing(context), id="overview-standing"), className="card wide"),
                        aria_label=_("Standing alarms"),
                    ),
                ],
                className="overview",
            ),
        ]
    )


def _wall() -> Component:
    return html.A(_("Wall display"), href=WALL, target="_blank", className="btn q s")


def _first_start(site: Site) -> Component:
    """What to do while no reading has ever arrived; gone with the first one."""

    def step(number: int, title: str, words: str, className: str) -> Component:  # noqa: N803  # as Dash spells it
        mark = html.Span([str(number), icon("check")], className="number")
        return html.Li([mark, html.Div([html.B(title), html.Div(words, className="sm sec")])], className=className)

    described = _(
        "{site}: {rooms} rooms and zones, {points} points, no error",
        site=site.name,
        rooms=len(site.rooms),
        points=len(site.points),
    )
    beats = _("It reads and judges the instruments, and beats once a second")
    described_none = _("The site file describes no instrument yet; docs/site-file.md tells how")
    first = _(
        "Switch an instrument on. Its messages are read from {topics}, in the shape that docs/messages.md tells; "
        "make demo shows a simulated suite alive",
        topics=f"instruments/{site.id}/…",
    )
    steps = [
        step(1, _("Site file read"), described, "done"),
        step(2, _("Station heard"), beats, "heard"),
        step(3, _("First reading"), first if site.points else described_none, ""),
    ]
    return html.Div(
        [
            html.Ol(steps, className="card steps"),
            html.Div(
                [
                    symbol("nodata"),
                    html.Div(
                        [
                            html.B(_("Every room shows no data until its first reading.")),
                            html.Div(_("A room never starts as normal."), className="sm sec"),
                        ]
                    ),
                ],
                className="card never",
            ),
        ],
        className="first-start",
    )


def _standing(context: AppContext) -> Component:
    """While the records are away that is said in place of the alarms; rooms and plan stay alive."""
    try:
        return standing_table(standing(context), most=MOST_STANDING)
    except RecordsAwayError as error:
        return html.Div(records_away.words(context, error), className="banner within")


def register(app: Dash, context: AppContext) -> None:
    """The strip of standing alarms is drawn anew when one changes; all else is painted live."""

    @app.callback(Output("overview-standing", "children"), Input("alarm-event", "data"), prevent_initial_call=True)
    @requires(Right.LOOK)
    def stand(_event: object) -> Component:
        return _standing(context)

    @app.callback(
        Output("for-you", "children"),
        Input("alarm-event", "data"),
        Input("for-you-again", "n_intervals"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def wait(_event: object, _times: object) -> Component | None:
        return for_you_list(context)


PAGE = Page("/", N_("Overview"), layout, register, icon="overview")
