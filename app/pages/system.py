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
    wrong = _card("What is wrong", problem_list(health, zone, now))
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
        _card("Gaps in messages", gap_table(known, several, zone, now)),
        _card("Ways to people", proven_table(context)),
        _card("Audit trail", _trail(context, zone, now)),
        _card("Stations", _wide(station_table(health.stations, zone, now))),
        *(
            _card(
                f"Backups of station {name}" if several else "Backups",
                backup_part(known, name, station.report.embedded, zone, now),
            )
            for station in health.stations
            for name in [station.report.station]
        ),
        *(
            _card(f"Records kept by station {name}" if several else "Records kept", kept_part(known, name, zone, now))
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
        return html.P(AWAY, className="quiet")


def finding(health: SystemHealth) -> tuple[str, str]:
    """Title and lead: how the system is, in words."""
    if health.troubles:
        title = f"{formats.sentence(formats.count(health.troubles, 'problem'))} in the system"
    elif not health.stations:
        title = "No station has reported yet"
    elif health.problems:
        title = f"The system works; {formats.count(len(health.problems), 'task')} for somebody"
    else:
        title = "Every part of the system works"
    return title, " ".join(_lead(health))


def _lead(health: SystemHealth) -> Iterator[str]:
    if not health.stations:
        yield "A station collects, stores, judges and publishes; the app only shows."
        return
    running = sum(station.state == "running" for station in health.stations)
    many = len(health.stations)
    yield f"The station is {health.stations[0].state}." if many == 1 else f"{running} of {many} stations are running."
    sources = [source for station in health.stations for source in station.report.sources]
    pending = sum(source.pending for source in sources)
    received = sum(source.received for source in sources)
    yield f"{received:,} readings received, {f'{pending:,} of them pending' if pending else 'none pending'}."


def _station_cards(station: StationHealth, several: bool, now: Instant) -> Iterator[Component]:
    report = station.report
    of = f" of station {report.station}" if several else ""
    yield _card(f"Data flow{of}", flow(station, now))
    balance = balance_table(report.sources) if report.sources else html.P("No source yet.", className="quiet")
    yield _card(f"Balance{of}, in readings", _wide(balance), "since the first day")
    yield html.Div(
        [
            _card(f"Clocks{of}", clock_part(report.clocks)),
            _card(f"MQTT broker{of}", broker_part(report.broker), "as it was tried at the start"),
            _card(f"InfluxDB{of}", forwarder_part(report.forwarder)),
            _card(f"Dead letters{of}", letter_part(report)),
        ],
        className="halves",
    )


def _never_heard() -> Component:
    return html.Div(
        [
            symbol("nodata"),
            html.Div(
                [
                    html.B("Start a station: cleanwatch station"),
                    html.Div(
                        "It reports here within seconds. Until then nothing is stored or judged.", className="sec"
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
    return tagged(html.Div(table, className="scroll", tabIndex="0", role="region"), aria_label="Table")


PAGE = Page("/system", "System", layout, register, icon="system")
