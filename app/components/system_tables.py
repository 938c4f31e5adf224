"""The tables of the system page: what is wrong, the balance, stations, broker, clocks."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import chip, icon, since, symbol, tagged
from app.stations import TELLERS, StationHealth, SystemHealth
from facility.instants import SECOND, Instant, Span
from facility.language import N_, _, _n, retold
from storage.records.station_report import (
    BrokerReport,
    ClockReport,
    DiskReport,
    ForwarderReport,
    InstrumentClock,
    SourceReport,
    StationReport,
)

NOTEWORTHY: Span = 2 * SECOND
"""An instrument's clock that is off by less is not worth a line."""
MOST_CLOCKS = 8
PARTS = (
    N_("app"),
    N_("audit trail"),
    N_("broker"),
    N_("broker self-test"),
    N_("channels"),
    N_("clock"),
    N_("damaged readings"),
    N_("disk"),
    N_("file permissions"),
    N_("history"),
    N_("judging"),
    N_("local store"),
    N_("not watched"),
    N_("on-call duty"),
    N_("records"),
    N_("report"),
    N_("seal"),
    N_("site file"),
    N_("sources"),
    N_("station"),
    N_("watcher"),
)
"""Which parts say that something is wrong; those that are named after a product are the same in every language."""
TERMS = {
    "stored": N_("Stored"),
    "repeated": N_("Repeated"),
    "conflicting": N_("Conflicting"),
    "dead_lettered": N_("Dead letters"),
    "pending": N_("Pending"),
}
"""What becomes of what was received."""


def problem_list(health: SystemHealth, zone: str, now: Instant) -> Component:
    """What is wrong, in words with since when, worst first."""
    if not health.problems:
        return html.P([icon("check", small=True), _("Nothing is wrong.")], className="nothing")
    several = len(health.stations) > 1
    rows = []
    for station, problem in health.problems:
        part = formats.sentence(_(problem.part))
        if several and station:
            part += ", " + _("station {station}", station=station)
        mark = chip("advisory", _("Advisory")) if problem.advisory else chip("nodata", _("Problem"))
        began = formats.moment(problem.since, zone, now)
        rows.append(
            html.Li(
                [
                    html.Span(mark, className="mark"),
                    html.Div(
                        [
                            html.B(part),
                            html.P(formats.sentence(formats.in_site_time(retold(problem.text, *TELLERS), zone, now))),
                        ],
                        className="grow",
                    ),
                    html.Div(
                        [html.Div(_("since {time}", time=began), className="nw"), since(problem.since, "muted")]
                    ),
                ]
            )
        )
    return html.Ul(rows, className="problems")


def balance_table(sources: Sequence[SourceReport]) -> Component:
    """Received on the left, what became of it on the right, and whether the two are the same."""
    heads = [_("Source"), _("Received")]
    for words in TERMS.values():
        heads += ["", _(words)]
    total = SourceReport(
        _("All sources"),
        sum(source.received for source in sources),
        *(sum(getattr(source, term) for source in sources) for term in TERMS),
    )
    rows = [_balance_row(source) for source in sources]
    return html.Table(
        [
            html.Thead(
                html.Tr([*(_head(head) for head in heads), html.Th(_("Adds up")), html.Th(_("Heard"), className="r")])
            ),
            html.Tbody(rows),
            html.Tfoot(_balance_row(total)),
        ],
        className="balance",
    )


def _head(words: str) -> Component:
    return html.Th(words, className="" if words == "Source" else "r")


def _balance_row(source: SourceReport) -> Component:
    cells = [html.Th(source.source, scope="row"), _number(source.received, _("Received"), "sum")]
    for place, (term, words) in enumerate(TERMS.items()):
        cells += [html.Td("+" if place else "=", className="sign"), _number(getattr(source, term), _(words))]
    if source.adds_up:
        verdict = [icon("check", small=True), html.Span(formats.yes_or_no(True), className="sr")]
    else:
        off = source.received - sum(getattr(source, term) for term in TERMS)
        verdict = [chip("nodata", _("No: {off}", off=f"{off:+}"))]
    return html.Tr([*cells, html.Td(verdict, className="verdict"), html.Td(since(source.heard), className="r")])


def _number(value: int, words: str, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
    cell = html.Td(
        formats.decimal(value, 0),
        className=f"r num {className} {'' if value or className else 'none'}".strip(),
    )
    return tagged(cell, data_term=words)


def forwarder_part(forwarder: ForwarderReport | None) -> Component:
    """How far InfluxDB is behind, and when it will have caught up."""
    if forwarder is None:
        words = _("No InfluxDB is configured. The local store keeps every reading, and history is read from it.")
        return html.P(words, className="quiet")
    done = forwarder.written
    whole = done + forwarder.waiting
    bar = tagged(
        html.Progress(value=str(done), max=str(max(1, whole))),
        aria_label=_("Readings forwarded, of those to forward"),
    )
    if not forwarder.waiting:
        words = _("{target} has every reading.", target=forwarder.target)
    else:
        left = (
            ""
            if forwarder.seconds_left is None
            else _(", about {span} left", span=formats.age(round(forwarder.seconds_left * 1000)))
        )
        words = _(
            "{waiting} readings wait, {rate} a second go{left}.",
            waiting=formats.decimal(forwarder.waiting, 0),
            rate=formats.decimal(forwarder.rate, 0),
            left=left,
        )
    return html.Div(
        [
            bar,
            html.P(words),
            html.P([_("Oldest that waits:"), " ", since(forwarder.oldest)], className="sec")
            if forwarder.oldest
            else None,
            html.P(
                _("{dead_lines} readings refused for good", dead_lines=formats.decimal(forwarder.dead_lines, 0)),
                className="b",
            )
            if forwarder.dead_lines
            else None,
        ],
        className="quiet",
    )


def clock_part(clocks: ClockReport) -> Component:
    """The offsets between server, instruments and time server."""
    rows = [(_("Server and time server"), _ntp(clocks)), (_("Station and server"), _steady(clocks))]
    noteworthy = sorted(
        (c for c in clocks.instruments if abs(c.ahead) >= NOTEWORTHY), key=lambda c: abs(c.ahead), reverse=True
    )
    right = len(clocks.instruments) - len(noteworthy)
    within = (
        _(
            "{instruments} within {span}",
            instruments=_n("{n} instrument", "{n} instruments", right, n=formats.words(right)),
            span=formats.age(NOTEWORTHY),
        )
        if clocks.instruments
        else _("none heard yet")
    )
    rows.append((_("Instruments and station"), within))
    rows += [(clock.instrument, _instrument(clock)) for clock in noteworthy[:MOST_CLOCKS]]
    if more := len(noteworthy) - MOST_CLOCKS:
        rows += [("", _("and {more} more", more=more))] if more > 0 else []
    return html.Dl([part for name, words in rows for part in (html.Dt(name), html.Dd(words))], className="facts")


def _ntp(clocks: ClockReport) -> str:
    if not clocks.ntp_server:
        return _("no time server is asked")
    if clocks.machine_ahead_of_ntp is None:
        return clocks.ntp_problem or _("{ntp_server} has not been asked yet", ntp_server=clocks.ntp_server)
    return f"{_offset(clocks.machine_ahead_of_ntp)} {clocks.ntp_server}"


def _steady(clocks: ClockReport) -> str:
    if clocks.ahead_of_machine < SECOND:
        return _("agree")
    return _("{offset} the server's, which was set back; it waits for it", offset=_offset(clocks.ahead_of_machine))


def _instrument(clock: InstrumentClock) -> str:
    return _(
        "{offset} the station, by {readings}",
        offset=_offset(clock.ahead),
        readings=_n("{n} reading", "{n} readings", clock.samples, n=formats.words(clock.samples)),
    )


def _offset(ahead: float) -> str:
    """12 ms ahead of, 42 s behind."""
    side = _("ahead of") if ahead >= 0 else _("behind")
    size = abs(ahead)
    return f"{size:.0f}{formats.NARROW}ms {side}" if size < SECOND else f"{formats.age(round(size))} {side}"


def letter_part(report: StationReport) -> Component:
    """How many messages could not be understood, and how to list them."""
    waiting = report.dead_letters_waiting
    if not waiting:
        return html.P(_("None waits: every message was understood."), className="quiet")
    words = _(
        "{messages} could not be understood. List what waits for a fix:",
        messages=formats.sentence(_n("{n} message", "{n} messages", waiting, n=formats.words(waiting))),
    )
    return html.Div(
        [html.P([symbol("advisory"), words]), html.Code("cleanwatch dead-letters list")], className="quiet"
    )


def broker_part(broker: BrokerReport | None) -> Component:
    """What the self-test has found out about the broker, and what nobody can from outside."""
    if broker is None or not broker.notes:
        return html.P(_("It is tried once after the start of the station; that is not done yet."), className="quiet")
    return html.Div([html.P(retold(note, *TELLERS)) for note in broker.notes], className="quiet")


def station_table(stations: Sequence[StationHealth], zone: str, now: Instant) -> Component:
    """One row a station."""
    heads = (
        _("Station"),
        _("State"),
        _("Reported"),
        _("Running since"),
        _("Version"),
        _("Site revision"),
        _("Records"),
        _("Disk free"),
        _("Files"),
    )
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(head) for head in heads])),
            html.Tbody([_station(s, zone, now) for s in stations]),
        ],
        className="stations",
    )


def _station(station: StationHealth, zone: str, now: Instant) -> Component:
    report = station.report
    state = _(station.state) if station.state == "running" else chip("nodata", _(station.state))
    files = ", ".join(f"{file.name} {_bytes(file.bytes)}" for file in report.disk.files)
    cells = [
        state,
        since(now - station.silent_for),
        formats.moment(report.started, zone, now) if report.started else "",
        report.version,
        str(report.revision or ""),
        report.records,
        _free(report.disk),
        files,
    ]
    return html.Tr([html.Th(report.station, scope="row"), *(html.Td(cell) for cell in cells)])


def _free(disk: DiskReport) -> str:
    return _("{free} of {total}", free=_bytes(disk.free), total=_bytes(disk.total)) if disk.total else ""


def _bytes(size: int) -> str:
    for unit, bytes in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if size >= bytes:
            return f"{size / bytes:,.1f}{formats.NARROW}{unit}"
    return f"{size / 1000:,.0f}{formats.NARROW}kB"
