"""Lines go in: synchronously, in large bodies, and one bad line costs nobody but itself."""

import gzip
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.samples.influx.address import Influx
from storage.samples.influx.problems import refusal, said

if TYPE_CHECKING:
    from storage.samples.influx.client import Client

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
        self._client: Client | None = None

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
        answer = self._connected().post(gzip.compress(b"\n".join(lines), compresslevel=1))
        if answer is None:
            return None
        if answer.status in REFUSED_FOR_CONTENT:
            return said(answer.body)
        if answer.status in (401, 403):
            self.close()  # so that the token is read again
        raise refusal(self._influx, "write", answer.status, answer.body, answer.headers)

    def _connected(self) -> "Client":
        from storage.samples.influx.client import Client  # late, as it loads the client library

        with self._lock:
            if self._client is None:
                self._client = Client(self._influx, CONNECT_SECONDS, ANSWER_SECONDS)
            return self._client
