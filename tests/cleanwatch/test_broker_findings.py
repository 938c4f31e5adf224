from bus.client import Health
from cleanwatch.broker_findings import broker_findings
from facility.instants import DAY, SECOND

NOON = 1_795_348_800_000


def connection(problem: str | None = None, certificate_days: float | None = None, connected: bool = True) -> Health:
    ends = None if certificate_days is None else NOON / SECOND + certificate_days * DAY / SECOND
    return Health(connected, True, 0.0, 1, 0, 0, problem, ends)


def texts(*connections: Health) -> list[str]:
    return [finding.text for finding in broker_findings(connections, NOON)]


def test_a_sound_connection_finds_nothing() -> None:
    assert texts(connection(), connection(certificate_days=31)) == []


def test_what_the_broker_does_not_let_us_do_is_told_once() -> None:
    assert texts(connection("refused"), connection("refused"), connection("something else")) == [
        "refused",
        "something else",
    ]


def test_a_connection_that_is_down_is_told_by_others() -> None:
    assert texts(connection("lost", connected=False)) == []


def test_a_certificate_that_ends_within_a_month_is_a_task() -> None:
    (finding,) = broker_findings([connection(certificate_days=200), connection(certificate_days=29)], NOON)
    assert finding.advisory
    assert "ends on 2026-12-21" in finding.text
