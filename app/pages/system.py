"""The system: is Cleanwatch itself well? What is wrong first, then every part with its figures."""

from collections import Counter
from collections.abc import Iterator

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app import formats
from app.components.basics import symbol, tagged
from app.components.locked_accounts import locked_accounts
from app.components.proven import proven_table
from app.components.system_flow import flow
from app.components.system_records import AWAY, OnRecord, backup_part, gap_table, kept_part, read
from app.components.system_tables import (
    balance_table,
    broker_part,
    clock_part,
    forwarder_part,
    letter_part,
    problem_list,
    station_table,
)
from app.components.trail_cards import state_part
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page
from app.stations import StationHealth, SystemHealth
from app.trail_state import trail_state
from facility.instants import Instant
from facility.language import N_, _, _n
from facility.roles import Right
from storage.records.errors import RecordsError

POLL_MILLISECONDS = 3_000


def layout(context: AppContext, _address: Address) -> Component:
    """Everything, and an interval that draws it anew."""
    return html.Div(
        [
            dcc.Interval(id="system-again", interval=POLL_MILLISECONDS),
            html.Div(_content(context), id="system-content", className="system-page"),
        ]
    )


def register(app: Dash, context: AppContext) -> None:
    """The page is drawn anew every few seconds; ages tick in between by themselves."""

    @app.callback(
        Output("system-content", "children"), Input("system-again", "n_intervals"), prevent_initial_call=True
    )
    @requires(Right.LOOK)
    def draw(_times: int | None) -> list[Component | None]:
        return _content(context)


def _content(context: AppContext) -> list[Component | None]:
    health, zone, now = context.stations.now(), context.site().timezone, context.clock()
    title, lead = finding(health)
    head = html.Div([html.H1(title), html.P(lead, className="lead")], className="head")
    wrong = _card(_("What is wrong"), problem_list(health, zone, now))
    if not health.stations:
        return [head, locked_accounts(context), _never_heard(), *([wrong] if health.problems else [])]
    several, known = len(health.stations) > 1, _on_record(context, health)
    troubles = Counter(station for station, problem in health.problems if not problem.advisory)
    worst_first = sorted(health.stations, key=lambda station: -troubles[station.report.station])
    return [
        head,
        locked_accounts(context),
        wrong,
        *(card for station in worst_first for card in _station_cards(station, several, now)),
        _card(_("Gaps in messages"), gap_table(known, several, zone, now)),
        _card(_("Ways to people"), proven_table(context)),
        _card(_("Audit trail"), _trail(context, zone, now)),
        _card(_("Stations"), _wide(station_table(health.stations, zone, now))),
        *(
            _card(
                _("Backups of station {name}", name=name) if several else _("Backups"),
                backup_part(known, name, station.report.embedded, zone, now),
            )
            for station in health.stations
            for name in [station.report.station]
        ),
        *(
            _card(
                _("Records kept by station {name}", name=name) if several else _("Records kept"),
                kept_part(known, name, zone, now),
            )
            for name in [station.report.station for station in health.stations]
        ),
    ]


def _on_record(context: AppContext, health: SystemHealth) -> OnRecord | None:
    """None while the records are away: the rest of the page is shown all the same, and says so."""
    try:
        with context.records.reading() as connection:
            return read(connection, [station.report.station for station in health.stations])
    except RecordsError:
        return None


def _trail(context: AppContext, zone: str, now: Instant) -> Component:
    """Whether the trail is whole, and what was told outside of it."""
    try:
        with context.records.reading() as connection:
            return state_part(trail_state(connection), zone, now)
    except RecordsError:
        return html.P(_(AWAY), className="quiet")


def finding(health: SystemHealth) -> tuple[str, str]:
    """Title and lead: how the system is, in words."""
    if health.troubles:
        title = _(
            "{problems} in the system",
            problems=formats.sentence(
                _n("{n} problem", "{n} problems", health.troubles, n=formats.words(health.troubles))
            ),
        )
    elif not health.stations:
        title = _("No station has reported yet")
    elif health.problems:
        title = _(
            "The system works; {tasks} for somebody",
            tasks=_n("{n} task", "{n} tasks", len(health.problems), n=formats.words(len(health.problems))),
        )
    else:
        title = _("Every part of the system works")
    return title, " ".join(_lead(health))


def _lead(health: SystemHealth) -> Iterator[str]:
    if not health.stations:
        yield _("A station collects, stores, judges and publishes; the app only shows.")
        return
    running = sum(station.state == "running" for station in health.stations)
    many = len(health.stations)
    yield (
        _("The station is {state}.", state=_(health.stations[0].state))
        if many == 1
        else _("{running} of {many} stations are running.", running=running, many=many)
    )
    sources = [source for station in health.stations for source in station.report.sources]
    pending = sum(source.pending for source in sources)
    received = sum(source.received for source in sources)
    told = formats.decimal(received, 0)
    if pending:
        yield _("{n} readings received, {pending} of them pending.", n=told, pending=formats.decimal(pending, 0))
    else:
        yield _("{n} readings received, none pending.", n=told)


def _station_cards(station: StationHealth, several: bool, now: Instant) -> Iterator[Component]:
    report = station.report
    name = report.station
    yield _card(_("Data flow of station {name}", name=name) if several else _("Data flow"), flow(station, now))
    balance = balance_table(report.sources) if report.sources else html.P(_("No source yet."), className="quiet")
    yield _card(
        _("Balance of station {name}, in readings", name=name) if several else _("Balance, in readings"),
        _wide(balance),
        _("since the first day"),
    )
    yield html.Div(
        [
            _card(_("Clocks of station {name}", name=name) if several else _("Clocks"), clock_part(report.clocks)),
            _card(
                _("MQTT broker of station {name}", name=name) if several else _("MQTT broker"),
                broker_part(report.broker),
                _("as it was tried at the start"),
            ),
            _card(
                _("InfluxDB of station {name}", name=name) if several else _("InfluxDB"),
                forwarder_part(report.forwarder),
            ),
            _card(
                _("Dead letters of station {name}", name=name) if several else _("Dead letters"), letter_part(report)
            ),
        ],
        className="halves",
    )


def _never_heard() -> Component:
    return html.Div(
        [
            symbol("nodata"),
            html.Div(
                [
                    html.B(_("Start a station: cleanwatch station")),
                    html.Div(
                        _("It reports here within seconds. Until then nothing is stored or judged."), className="sec"
                    ),
                ]
            ),
        ],
        className="banner",
    )


def _card(title: str, content: Component, words: str = "") -> Component:
    return html.Section(
        [html.Header([html.H2(title), html.Span(words, className="grow") if words else None]), content],
        className="card",
    )


def _wide(table: Component) -> Component:
    return tagged(html.Div(table, className="scroll", tabIndex="0", role="region"), aria_label=_("Table"))


PAGE = Page("/system", N_("System"), layout, register, icon="system")
