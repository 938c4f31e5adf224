"""Lines go in: synchronously, in large bodies, and one bad line costs nobody but itself."""

import gzip
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService
from urllib3.exceptions import HTTPError

from storage.samples.influx.address import Influx
from storage.samples.influx.problems import InfluxError, refusal, said, unreachable

BODY_LINES = 10_000
"""So many lines at most go into one request."""
CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
REFUSED_FOR_CONTENT = (400, 413, 422)
"""Statuses that are about what was sent, and not about who sent it or how the server is."""

_DROPPED = re.compile(r"partial write: .* dropped=(\d+)")


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that InfluxDB will never take, and why."""

    line: bytes
    reason: str


class Writer:
    """Writes lines into the bucket. Any thread may use it."""

    def __init__(self, influx: Influx) -> None:
        self._influx = influx
        self._lock = threading.Lock()
        self._client: InfluxDBClient | None = None

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        """Have all lines written, but for those that are returned.

        Lines may be written again: the same line says the same. Raises InfluxError where InfluxDB is out of reach,
        is too busy, or does not let us write: then some may be written and the call is to be repeated.
        """
        refused = []
        for begin in range(0, len(lines), BODY_LINES):
            refused += self._isolate(lines[begin : begin + BODY_LINES])
        return refused

    def probe(self) -> None:
        """Write nothing, to learn whether we may. Raises InfluxError."""
        self._post([])

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _isolate(self, lines: Sequence[bytes]) -> list[Refused]:
        reason = self._post(lines)
        if reason is None:
            return []
        dropped = _DROPPED.search(reason)
        if len(lines) == 1 or (dropped and int(dropped[1]) == len(lines)):
            return [Refused(line, reason) for line in lines]
        half = len(lines) // 2
        return self._isolate(lines[:half]) + self._isolate(lines[half:])

    def _post(self, lines: Sequence[bytes]) -> str | None:
        """None where all lines are written now, else why some are not (others may be)."""
        try:
            WriteService(self._connected().api_client).post_write(
                org=self._influx.org,
                bucket=self._influx.bucket,
                body=gzip.compress(b"\n".join(lines), compresslevel=1),
                precision="ms",
                content_encoding="gzip",
                content_type="text/plain; charset=utf-8",
            )
        except ApiException as error:
            if error.status in REFUSED_FOR_CONTENT:
                return said(error.body or "")
            if error.status in (401, 403):
                self.close()  # so that the token is read again
            raise self._told(error) from error
        except (HTTPError, OSError) as error:
            raise unreachable(self._influx, error) from error
        return None

    def _told(self, error: ApiException) -> InfluxError:
        if not error.status:  # the client's way to pass on what TLS said
            return unreachable(self._influx, error)
        return refusal(self._influx, "write", error.status, error.body or "", error.headers or {})

    def _connected(self) -> InfluxDBClient:
        with self._lock:
            if self._client is None:
                self._client = InfluxDBClient(
                    url=self._influx.url,
                    token=self._influx.token(),
                    org=self._influx.org,
                    timeout=(CONNECT_SECONDS * 1000, ANSWER_SECONDS * 1000),
                    ssl_ca_cert=None if self._influx.ca_file is None else str(self._influx.ca_file),
                )
            return self._client
