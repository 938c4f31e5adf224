"""A bad way to InfluxDB: answers 500, hangs up before or after the server has taken a request."""

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

FAULTS = ("error", "cut before", "cut after", "none", "none")


class BadWay:
    """Passes requests on to `target`, with faults as long as `faulty` is set."""

    def __init__(self, target: str, seed: int) -> None:
        self.faulty = threading.Event()
        self.faults = 0
        way, chance, pool = self, random.Random(seed), urllib3.PoolManager(retries=False)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fault = chance.choice(FAULTS) if way.faulty.is_set() else "none"
                way.faults += fault != "none"
                if fault == "error":
                    self.answer(500, b'{"code":"internal error","message":"engine: disk is full"}')
                elif fault == "cut before":
                    self.close_connection = True
                else:
                    passed_on = pool.request(
                        self.command, target + self.path, body=body or None, headers=dict(self.headers)
                    )
                    if fault == "cut after":
                        self.close_connection = True
                    else:
                        self.answer(passed_on.status, passed_on.data, passed_on.headers)

            do_GET = do_POST  # noqa: N815 - the library's name

            def answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
                self.send_response(status)
                for name in ("X-Influxdb-Version", "X-Influxdb-Build"):
                    if headers and name in headers:
                        self.send_header(name, headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Begin to pass on."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._server.shutdown()
            self._server.server_close()


@contextmanager
def bad_way(target: str, seed: int) -> Iterator[BadWay]:
    """A running bad way."""
    way = BadWay(target, seed)
    way.start()
    try:
        yield way
    finally:
        way.stop()
