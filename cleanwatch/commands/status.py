"""`cleanwatch status`: how every station is, for people at a shell and for whatever watches containers."""

from collections.abc import Iterator

import click

from app.formats import age
from app.stations import SILENT_AFTER
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from facility.instants import Instant, Span, system_clock
from storage.records import reports
from storage.records.errors import RecordsError
from storage.records.station_report import StationReport


@click.command()
@click.option("--alive", is_flag=True, help="Ask only whether the stations run and report, not whether all is well.")
@click.option("--station", help="Ask about this station only.")
def status(alive: bool, station: str | None) -> None:
    """Print how the stations are, a line for each part. The exit code is 1 where something is wrong."""
    settings = Settings()
    try:
        records = open_records(settings, system_clock)
        with records.reading() as connection:
            found = [report for report in reports.all(connection) if station in (None, report.station)]
        records.close()
    except RecordsError as error:
        raise click.ClickException(str(error)) from None
    if not found:
        raise click.ClickException(
            f"station {station} has not reported yet" if station else "no station has reported yet"
        )
    now = system_clock()
    for report in found:
        for line in lines(report, now):
            click.echo(line)
    if any(not is_alive(report, now) or (not alive and troubled(report)) for report in found):
        raise click.exceptions.Exit(1)


def reported_ago(report: StationReport, now: Instant) -> Span:
    """How long ago a report was made, by this machine's clock (the station's own may be ahead of it)."""
    return now - (report.at - report.clocks.ahead_of_machine)


def is_alive(report: StationReport, now: Instant) -> bool:
    """Does the station run, as far as one can tell from its report?"""
    return report.state == "running" and abs(reported_ago(report, now)) <= SILENT_AFTER


def troubled(report: StationReport) -> bool:
    """Is something wrong with it that is more than a task for somebody?"""
    return any(not problem.advisory for problem in report.problems)


def lines(report: StationReport, now: Instant) -> Iterator[str]:
    """One station in words, a line for each part, then what is wrong."""
    ago = age(abs(reported_ago(report, now)))
    if report.state == "ended":
        yield f"station {report.station}: ended as it was told to, {ago} ago"
    elif report.state == "failed":
        yield f"station {report.station}: FAILED {ago} ago, and does not run"
    elif not is_alive(report, now):
        yield f"station {report.station}: SILENT, reported last {ago} ago. Start it, or look at its log"
    else:
        yield f"station {report.station}: running for {age(report.at - report.started)}, reported {ago} ago"
    if broker := report.broker:
        collecting = "collecting" if broker.collecting else "NOT COLLECTING"
        publishing = "publishing" if broker.publishing else "NOT PUBLISHING"
        yield f"broker {broker.address}: {collecting}, {publishing}"
    received, pending = (sum(getattr(s, name) for s in report.sources) for name in ("received", "pending"))
    yield f"local store: {received:,} readings received, {pending:,} of them pending; commit {report.commits}"
    yield f"engine: judged up to commit {report.judged}, {report.outbox_waiting} messages to publish"
    if forwarder := report.forwarder:
        yield f"{forwarder.target}: {forwarder.waiting:,} readings waiting"
    yield f"disk: {report.disk.free / 1e9:,.1f} GB free of {report.disk.total / 1e9:,.1f} GB"
    for problem in report.problems:
        word = "advisory" if problem.advisory else "PROBLEM"
        yield f"{word} since {age(report.at - problem.since)}, {problem.part}: {problem.text}"
