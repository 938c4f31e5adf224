import msgspec
from sqlalchemy import update

from storage.records import reports
from storage.records.database import Records
from storage.records.schema import station_reports
from storage.records.station_report import Problem, SourceReport, StationReport

NOON = 1_795_348_800_000


def test_there_is_one_report_a_station_and_the_newest_one_holds(records: Records) -> None:
    first = StationReport("north", NOON, problems=(Problem("broker", "it is gone", NOON),))
    newer = msgspec.structs.replace(first, at=NOON + 1, problems=(), sources=(SourceReport("gw1", 2, 1, 1),))
    other = StationReport("south", NOON)
    with records.transaction() as connection:
        for report in (first, other, newer):
            reports.save(connection, report)
    with records.reading() as connection:
        assert reports.all(connection) == [newer, other]


def test_a_report_of_another_version_says_so_instead_of_hiding_the_station(records: Records) -> None:
    with records.transaction() as connection:
        reports.save(connection, StationReport("north", NOON))
        connection.execute(update(station_reports).values(body='{"station": "north", "at": "noon"}'))
    with records.reading() as connection:
        (report,) = reports.all(connection)
    (problem,) = report.problems
    assert (report.station, report.at) == ("north", NOON)
    assert "different versions" in problem.text


def test_what_an_older_station_does_not_say_has_a_default() -> None:
    report = msgspec.json.decode(b'{"station": "north", "at": 1, "news": "from the future"}', type=StationReport)
    assert report == StationReport("north", 1)


def test_a_balance_adds_up_or_does_not() -> None:
    assert SourceReport("gw1", 15, 1, 2, 3, 4, 5).adds_up
    assert not SourceReport("gw1", 16, 1, 2, 3, 4, 5).adds_up
