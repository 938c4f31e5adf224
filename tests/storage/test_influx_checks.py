"""What is told about an InfluxDB at start."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from facility.instants import DAY
from storage.samples.influx.address import Influx
from storage.samples.influx.checks import Finding
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.store import InfluxStore
from tests.influx import InfluxUnderTest
from tests.parts import free_port
from tests.storage.test_influx_contract import WATCHED
from tests.storage.test_influx_writing import own_server as own_server


def check(influx: Influx) -> list[Finding]:
    return InfluxStore.open(influx, lambda: WATCHED, lambda: 0).check()


def told(influx: Influx, severity: str) -> str:
    return "; ".join(finding.words for finding in check(influx) if finding.severity == severity)


def test_a_server_that_is_fit_has_no_problem_and_its_version_is_told(own_server: InfluxUnderTest) -> None:
    influx = own_server.new_bucket()
    assert told(influx, "problem") == ""
    assert f"InfluxDB 1.6.7~rc0 (OSS) answers at {influx.url}" in told(influx, "fine")
    assert f"bucket {influx.bucket} can be written and read" in told(influx, "fine")
    assert f"bucket {influx.bucket} keeps readings for ever" in told(influx, "fine")


def test_checking_leaves_nothing_behind(own_server: InfluxUnderTest) -> None:
    influx = own_server.new_bucket()
    check(influx)
    assert own_server.query("SHOW MEASUREMENTS", influx.bucket) == []


def test_a_version_before_the_oldest_supported_is_warned_about(own_server: InfluxUnderTest) -> None:
    assert "older than 1.8" in told(own_server.new_bucket(), "warning")


def test_a_bucket_that_forgets_soon_is_warned_about(own_server: InfluxUnderTest) -> None:
    influx = own_server.new_bucket()
    own_server.query(f'ALTER RETENTION POLICY "autogen" ON "{influx.bucket}" DURATION 30d')
    assert f"bucket {influx.bucket} forgets readings after 30 days" in told(influx, "warning")


def test_what_is_wrong_is_told_instead_of_raised(own_server: InfluxUnderTest, tmp_path: Path) -> None:
    influx = own_server.new_bucket()
    (tmp_path / "wrong").write_text("wrong")
    assert "has no bucket nowhere" in told(replace(influx, bucket="nowhere"), "problem")
    assert "refuses a request with the token" in told(replace(influx, token_file=tmp_path / "wrong"), "problem")
    assert "does not answer" in told(replace(influx, url=f"http://127.0.0.1:{free_port()}"), "problem")


Answer = tuple[int, dict[str, str], object]


@contextmanager
def answering(answer: Callable[[str], Answer]) -> Iterator[Influx]:
    """A server that answers as a product does that is not here: status, headers and body for a path."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = answer(self.path.split("?")[0])
            content = json.dumps(body).encode() if body is not None and status != 204 else b""
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Influx(f"http://127.0.0.1:{server.server_port}", "lab", "readings")
        server.shutdown()


CORE_PING: Answer = (200, {"x-influxdb-version": "3.9.2", "x-influxdb-build": "Core"}, {"version": "3.9.2"})
FILE_LIMIT = "Query would exceed file limit of 432 parquet files. Please specify a smaller time range"


def core(path: str) -> Answer:
    """InfluxDB 3 Core, as its documentation and source say that it answers."""
    if path == "/ping":
        return CORE_PING
    if path == "/query":
        return 500, {}, {"error": f"Error while planning query: External error: {FILE_LIMIT}"}
    return (204, {}, None) if path == "/api/v2/write" else (404, {}, {"error": "not found"})


def test_influxdb_3_core_is_warned_about() -> None:
    with answering(core) as influx:
        assert "InfluxDB 3 Core answers for about 72 hours" in told(influx, "warning")


def test_the_range_limit_of_core_is_told_in_words() -> None:
    with answering(core) as influx:
        store = InfluxStore.open(influx, lambda: WATCHED, lambda: 0)
        with pytest.raises(InfluxError, match="Use InfluxDB 2 or InfluxDB 3 Enterprise"):
            store.raw("T1", 0, 365 * DAY)
        assert "72 hours" in str(store.health().problem)


def test_what_does_not_say_that_it_is_influxdb_is_not_taken_for_it() -> None:
    with answering(lambda path: (204, {}, None)) as influx:
        assert "does not say that it is InfluxDB" in told(influx, "problem")


def test_a_token_that_may_only_write_is_told() -> None:
    """As InfluxDB 2 answers to it (tried)."""

    def answer(path: str) -> Answer:
        if path == "/ping":
            return 204, {"X-Influxdb-Version": "v2.7.6", "X-Influxdb-Build": "OSS"}, None
        if path == "/query":
            return 200, {}, {"results": [{"statement_id": 0, "error": "database not found: readings"}]}
        return (204, {}, None) if path == "/api/v2/write" else (200, {}, {"buckets": []})

    with answering(answer) as influx:
        assert "can be written, but not read" in told(influx, "problem")


def test_a_token_that_may_only_read_is_told() -> None:
    """As InfluxDB 2 answers to it (tried)."""

    def answer(path: str) -> Answer:
        if path == "/ping":
            return 204, {"X-Influxdb-Version": "v2.7.6", "X-Influxdb-Build": "OSS"}, None
        if path == "/api/v2/write":
            return 403, {}, {"code": "forbidden", "message": "insufficient permissions for write"}
        if path == "/query":
            return 200, {}, {"results": [{"statement_id": 0}]}
        return 200, {}, {"buckets": [{"name": "readings", "retentionRules": [{"everySeconds": 604800}]}]}

    with answering(answer) as influx:
        assert "does not let us write in bucket readings" in told(influx, "problem")
        assert "forgets readings after 7 days" in told(influx, "warning")


def test_a_server_that_is_too_busy_says_for_how_long() -> None:
    with answering(lambda path: (429, {"Retry-After": "7"}, {"message": "slow down"})) as influx:
        with pytest.raises(InfluxError, match="too much to do") as caught:
            InfluxStore.open(influx, lambda: WATCHED, lambda: 0).write([b"temperature value=1 1"])
        assert caught.value.wait == 7
