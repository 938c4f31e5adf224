"""Calendars of rotas: fetched from a real server, the last good copy kept, told when it is old or names nobody."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts import on_call_feed
from alerts.on_call_calendar import CalendarError, check, planned
from alerts.on_call_feed import AGAIN, EVERY, STALE, Calendars, FeedError, fetch
from alerts.whom import duties
from facility.escalation import OnCall
from facility.instants import HOUR, Instant, instant_of
from facility.language import speaking
from facility.on_call import Calendar, Rota
from facility.site import Site
from storage.records import on_call
from storage.records.on_call import CalendarCopy
from tests.acceptance.story import site_of
from tests.alerts.examples import low, point
from tests.certificates import Certificates
from tests.records import open_records

EVENTS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//rota//EN
BEGIN:VEVENT
UID:1
SUMMARY:Deputy
ATTENDEE;CN=Dr. Keller:mailto:Keller@example.org
DTSTART;TZID=Europe/Zurich:20260323T080000
DTEND;TZID=Europe/Zurich:20260330T080000
RRULE:FREQ=WEEKLY;INTERVAL=2
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:N. Okafor
DTSTART;VALUE=DATE:20260401
DTEND;VALUE=DATE:20260403
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:N. Okafor
STATUS:CANCELLED
DTSTART:20260404T080000Z
DTEND:20260405T080000Z
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:Somebody else
DTSTART:20260405T080000
DTEND:20260405T100000
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
PEOPLE = (("keller@example.org", "m.keller"), ("N. Okafor", "n.okafor"))


def at(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Zurich")))


def rota(address: str = "duty.ics") -> Rota:
    return Rota("deputies", "Deputies", "Europe/Zurich", Calendar(address, PEOPLE))


def site(address: str) -> Site:
    return replace(site_of(point(low(9))), on_call=OnCall({"deputies": rota(address)}))


def test_an_event_is_a_duty_of_its_attendee_or_of_whom_its_summary_names() -> None:
    found = planned(rota(), EVENTS, at("2026-03-23T00:00"), at("2026-04-07T00:00"))
    assert [(duty.start, duty.end, duty.account) for duty in found.duties] == [
        (at("2026-03-23T08:00"), at("2026-03-30T08:00"), "m.keller"),
        (at("2026-04-01T00:00"), at("2026-04-03T00:00"), "n.okafor"),
        (at("2026-04-06T08:00"), at("2026-04-13T08:00"), "m.keller"),
    ]
    assert found.unknown == ("Somebody else",)


@pytest.mark.parametrize("text", ["", "<html>", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR\r\n"])
def test_what_is_no_calendar_is_refused_in_words(text: str) -> None:
    with pytest.raises(CalendarError, match="is no iCalendar"):
        check(text)


@dataclass
class Server:
    """An https server with one calendar."""

    folder: Path
    body: bytes = EVENTS.encode()
    status: int = 200
    asked: int = 0
    certificates: Certificates = field(init=False)

    def __enter__(self) -> "Server":
        self.certificates = Certificates(self.folder)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                self.send_response(server.status)
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.server, self.certificates.server_key)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self._http.server_address[1]}/duty.ics?token=secret"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    folder = tmp_path / "certificates"
    folder.mkdir()
    with Server(folder) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.certificates.authority))
        yield server


def test_the_calendar_is_fetched_on_a_schedule_and_the_last_good_copy_is_kept(tmp_path: Path, server: Server) -> None:
    now = at("2026-03-24T12:00")
    records = open_records(tmp_path / "records.db", lambda: now)
    plan = site(server.address)
    keeper = Calendars(records, lambda: plan, lambda: now)
    keeper.step()
    keeper.step()
    assert server.asked == 1
    now += EVERY
    server.status, server.body = 503, b"down"
    keeper.step()
    with records.reading() as connection:
        copy = on_call.calendars(connection)["deputies"]
        assert "answers 503" in copy.problem and "secret" not in copy.problem
        assert (copy.fetched, copy.tried) == (now - EVERY, now)
        assert duties(connection, plan, now, now + 1)["deputies"][0].account == "m.keller"
    now += AGAIN
    server.status, server.body = 200, b"<html>sign in</html>"
    keeper.step()
    with records.reading() as connection:
        copy = on_call.calendars(connection)["deputies"]
        assert "is no iCalendar" in copy.problem and copy.text == EVENTS
    assert list(on_call_feed.troubles(plan.on_call.rotas["deputies"], copy, now)) == [
        "the calendar of rota Deputies names Somebody else, for whom the site file has no account"
    ]
    old, _ = on_call_feed.troubles(plan.on_call.rotas["deputies"], copy, now + STALE + HOUR)
    assert "was read 7 h ago, and not since" in old and "what it said then holds" in old
    records.close()


def test_what_is_wrong_with_a_calendar_is_kept_in_english_and_told_in_the_language_that_is_spoken() -> None:
    address = "https://rota.example/t0ken"
    problem = "https://rota.example/… answers 404 Not Found"
    copy = CalendarCopy("deputies", address, "", None, 0, problem)
    with speaking("de"):
        (told,) = on_call_feed.troubles(rota(address), copy, 0)
    assert "https://rota.example/… antwortet 404 Not Found" in told


def test_a_feed_that_leads_elsewhere_or_that_nobody_vouches_for_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = 302
    with pytest.raises(FeedError, match="answers 302"):
        fetch(server.address)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(FeedError, match="does not answer: SSLError"):
        fetch(server.address)


def test_a_file_is_read_and_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "duty.ics").write_bytes(EVENTS.encode())
    assert planned(rota(), fetch(str(tmp_path / "duty.ics")), at("2026-03-23T00:00"), at("2026-04-01T00:00")).duties
    with pytest.raises(FeedError, match=r"gone\.ics cannot be read: No such file"):
        fetch(str(tmp_path / "gone.ics"))
