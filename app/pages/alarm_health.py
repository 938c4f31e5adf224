"""Alarm health: do the alarms serve those who must answer them? Figures of any period, against their targets."""

from collections.abc import Mapping, Sequence

from dash import Dash, Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from alerts.answers import summary
from app.alarm_health import gather, period
from app.components.health_parts import answers_table, by_day, figures_table, lead, offenders_table, shifts_table
from app.components.picking import days_field
from app.components.put_aside_list import put_aside_table
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page, query_of
from facility.language import N_, _
from facility.roles import Right

ABOUT = N_(
    "An alarm that calls too often is not heard any more. What counts is each time that somebody is called; targets "
    "are those of ISA-18.2 for one person."
)
ANSWERS = N_(
    "An answer in under ten seconds, the same words over and over, or five alarms at one stroke are no proof that "
    "somebody looked. They may say that an alarm needs no answer."
)

NOTHING = N_(
    "Nothing was watched in this time, or for less than ten minutes. Choose another period, or come back later."
)


def layout(context: AppContext, address: Address) -> Component:
    """A period, and what is found of it."""
    return html.Div(
        [
            dcc.Location(id="health-url", refresh="callback-nav"),
            html.Div([html.H1(_("Alarm health")), html.P(_(ABOUT), className="lead")], className="head"),
            html.Div(
                days_field(
                    "health-days",
                    label=_("Period"),
                    placeholder=_("The last 30 days"),
                    type="range",
                    value=_days(address.first("from"), address.first("to")),
                    clearable=True,
                ),
                className="health-period",
            ),
            html.Div(_found(context, address.query), id="health-found", className="alarm-health"),
        ],
        className="changes-page health-page",
    )


def _days(first: str, last: str) -> list[str | None]:
    return [first or None, last or None]


def _found(context: AppContext, query: Mapping[str, Sequence[str]]) -> list[Component]:
    zone, now = context.site().timezone, context.clock()
    start, end = period(query, zone, now)
    found = gather(context, start, end)
    if found is None:
        return [html.Section(html.P(_(NOTHING), className="nothing"), className="card")]
    return [
        _card(
            _("Figures"),
            html.P(lead(found.health, found.start, found.end, found.wanted, zone), className="inside sec"),
            figures_table(found.health, found.verified, zone, now),
        ),
        _card(_("Calls by day"), by_day(found.health, found.start, zone)),
        _card(_("The most frequent alarms"), offenders_table(context.site(), found.health.offenders)),
        _card(
            _("Answers"),
            html.P(_(ANSWERS), className="inside sec"),
            answers_table(summary(found.answers), context.names()),
        ),
        _card(_("Shifts on call"), shifts_table(found.shifts, context.names(), zone)),
        _card(
            _("Calls nobody now"), put_aside_table(context) or html.P(_("Nothing is put aside."), className="nothing")
        ),
    ]


def _card(title: str, *parts: Component) -> Component:
    return html.Section([html.Header(html.H2(title)), html.Div(parts, className="scroll")], className="card")


def register(app: Dash, context: AppContext) -> None:
    """Days write the address, and the address says what is shown."""

    @app.callback(
        Output("health-url", "search"),
        Output("health-found", "children"),
        Input("health-days", "value"),
        Input("health-url", "search"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def look(days: list[str | None] | None, search: str | None) -> tuple[object, object]:
        first, last = days or (None, None)
        if bool(first) != bool(last):  # half of a period has been chosen
            return no_update, no_update
        wanted = f"?from={first}&to={last}" if first and last else ""
        return (wanted if wanted != (search or "") else no_update), _found(context, query_of(wanted))


PAGE = Page("/alarm-health", N_("Alarm health"), layout, register)
