"""The heartbeat to a watcher outside, held against a real one on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from cleanwatch.heartbeat import TOLD_AFTER, Heartbeat
from facility.instants import MINUTE, SECOND
from tests.app.parts import Time
from tests.parts import free_port
from tests.serving import served


class Watcher:
    """What a watcher has heard, and how it answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.status = 200
        self.heard: list[tuple[str, str, str]] = []


@contextmanager
def watcher() -> Iterator[Watcher]:
    kept = Watcher(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            kept.heard.append((self.command, self.path, body))
            self.send_response(kept.status)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

    with served(Handler) as kept.port:
        yield kept


def secret(folder: Path, port: int) -> Path:
    file = folder / "heartbeat"
    file.write_text(f"http://127.0.0.1:{port}/ping/7f9c-secret\n")
    return file


def test_it_comes_once_a_minute_while_all_is_well(tmp_path: Path) -> None:
    with watcher() as there:
        time = Time()
        heartbeat = Heartbeat(secret(tmp_path, there.port), lambda: None, time)
        for _ in range(121):
            assert heartbeat.step() == []
            time.now += SECOND
    assert there.heard == [("GET", "/ping/7f9c-secret", "")] * 3


def test_what_keeps_alarms_from_being_told_is_said_to_the_watcher(tmp_path: Path) -> None:
    with watcher() as there:
        Heartbeat(secret(tmp_path, there.port), lambda: "the records are away", Time()).step()
    assert there.heard == [("POST", "/ping/7f9c-secret/fail", "the records are away")]


def test_a_watcher_that_is_not_reached_is_told_after_a_while_and_its_secret_is_not(tmp_path: Path) -> None:
    time = Time()
    heartbeat = Heartbeat(secret(tmp_path, free_port()), lambda: None, time)
    assert heartbeat.step() == []
    time.now += TOLD_AFTER
    (finding,) = heartbeat.step()
    assert "ConnectionError" in finding.text
    assert "secret" not in finding.text


def test_a_watcher_that_refuses_is_told_until_it_takes_the_heartbeat_again(tmp_path: Path) -> None:
    with watcher() as there:
        time = Time()
        heartbeat = Heartbeat(secret(tmp_path, there.port), lambda: None, time)
        there.status = 404
        heartbeat.step()
        time.now += TOLD_AFTER
        assert [finding.text.endswith("it answers 404") for finding in heartbeat.step()] == [True]
        there.status = 200
        time.now += MINUTE
        assert heartbeat.step() == []


def test_without_an_address_nothing_happens() -> None:
    assert Heartbeat(None, lambda: "ill", Time()).step() == []
