"""The newest report of each station: how it is, for the app, the metrics and `cleanwatch status`."""

import msgspec
from sqlalchemy import Connection, select

from storage.records.schema import station_reports
from storage.records.station_report import Problem, StationReport
from storage.records.upsert import upsert

_DECODER = msgspec.json.Decoder(StationReport)


def save(connection: Connection, report: StationReport) -> None:
    """Replace what is known of this station."""
    body = msgspec.json.encode(report).decode()
    upsert(connection, station_reports, [{"station": report.station, "at": report.at, "body": body}])


def all(connection: Connection) -> list[StationReport]:
    """The newest report of every station, by name. One of another version that cannot be read says so itself."""
    return [_report(*row) for row in connection.execute(select(station_reports).order_by("station"))]


def _report(station: str, at: int, body: str) -> StationReport:
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError as error:
        text = (
            f"The report of this station cannot be read: {error}. It and the app are of different versions; "
            "have both run the same."
        )
        return StationReport(station, at, problems=(Problem("report", text, at),))
