"""Questions in InfluxQL and their answers: the one read language that InfluxDB 1.8, 2.x and 3.x share.

One request to /query with JSON back. Everything that comes from outside goes through `name` or `text`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlencode

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from facility.instants import Instant
from storage.samples.influx.address import Influx
from storage.samples.influx.problems import InfluxError, question_refused, refusal, unreachable

CONNECT_SECONDS, ANSWER_SECONDS = 5, 60
LONGEST_LIST = 3_000
"""Characters of points that go into one question."""
LONGEST_ADDRESS = 4_000
"""Longer questions are sent in the body (POST): servers and proxies take about 8,000 characters in an address."""
FIRST, LAST = -9_000_000_000_000, 9_000_000_000_000
"""Within the times that InfluxDB can hold."""


class Series(msgspec.Struct, frozen=True):
    """Rows that share measurement and the tags that were grouped by."""

    columns: list[str]
    values: list[list[Any]] = []
    name: str = ""
    tags: dict[str, str] = {}

    def column(self, name: str) -> list[Any]:
        """One column, None where a row does not have it."""
        place = self.columns.index(name)
        return [row[place] for row in self.values]


class _Result(msgspec.Struct, frozen=True):
    series: list[Series] = []
    error: str | None = None


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Result] = []
    error: str | None = None


_DECODER = msgspec.json.Decoder(_Answer)


def name(identifier: str) -> str:
    """A measurement, tag or field as an identifier."""
    return '"' + _escaped(identifier).replace('"', '\\"') + '"'


def text(string: str) -> str:
    """A string as a literal."""
    return "'" + _escaped(string).replace("'", "\\'") + "'"


def _escaped(string: str) -> str:
    return string.replace("\\", "\\\\").translate(_CONTROL)


_CONTROL = dict.fromkeys([*range(32), 127], "\ufffd")
"""No id holds control characters, and InfluxQL has no way to write them: what asks for one finds nothing."""


def sources(measurements: Sequence[str]) -> str:
    """What stands behind FROM."""
    return ", ".join(map(name, measurements))


def within(start: Instant, end: Instant) -> str:
    """The condition on time: from `start`, without `end`."""
    return f"time >= {max(start, FIRST)}ms AND time < {min(end, LAST)}ms"


def one_of(points: Sequence[str]) -> str:
    """The condition on the tag `point`."""
    return "(" + " OR ".join(f'"point" = {text(point)}' for point in points) + ")"


def portions(points: Sequence[str]) -> Iterator[list[str]]:
    """The points in lists that are short enough for one question."""
    portion: list[str] = []
    length = 0
    for point in points:
        length += len(point) + 16
        if portion and length > LONGEST_LIST:
            yield portion
            portion, length = [], len(point) + 16
        portion.append(point)
    if portion:
        yield portion


Answers: TypeAlias = list[list[Series]]


class Reader:
    """Asks the bucket. Any thread may use it."""

    def __init__(self, influx: Influx, patience: float = ANSWER_SECONDS) -> None:
        self._influx = influx
        self._pool = urllib3.PoolManager(
            maxsize=8,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=patience),
            ca_certs=None if influx.ca_file is None else str(influx.ca_file),
        )
        self._authorization: str | None = None
        self._problem: str | None = None
        database, _, policy = influx.bucket.partition("/")
        self._fields = {"db": database, "epoch": "ms", **({"rp": policy} if policy else {})}

    @property
    def problem(self) -> str | None:
        """Why the newest question was not answered, in words; None where it was."""
        return self._problem

    def ask(self, *statements: str) -> Answers:
        """The series that answer each statement. Raises InfluxError."""
        if not statements:
            return []
        try:
            answers = self._asked("; ".join(statements))
        except InfluxError as error:
            self._problem = str(error)
            raise
        self._problem = None
        return answers

    def ask_csv(self, statement: str) -> bytes:
        """The answer to one statement as CSV, each series with a heading of its own. Raises InfluxError."""
        body = self._answer(statement, "application/csv")
        if body.startswith(b"error"):
            raise question_refused(self._influx, body.decode(errors="replace").partition("\n")[2].strip())
        return body

    def close(self) -> None:
        """Hang up."""
        self._pool.clear()

    def _answer(self, statements: str, kind: str) -> bytes:
        status, body, headers = self.request("/query", self._fields, statements, kind)
        if status in (401, 403):
            self._authorization = None  # so that the token is read again
        if status != 200:
            raise refusal(self._influx, "read", status, body.decode(errors="replace"), headers)
        return body

    def _asked(self, statements: str) -> Answers:
        body = self._answer(statements, "application/json")
        try:
            answer = _DECODER.decode(body)
        except msgspec.DecodeError as error:
            raise InfluxError(f"what InfluxDB at {self._influx.url} answers is not understood: {error}") from error
        for said in (answer.error, *(result.error for result in answer.results)):
            if said is not None:
                raise question_refused(self._influx, said)
        return [result.series for result in answer.results]

    def request(
        self, path: str, fields: dict[str, str], question: str | None = None, kind: str = "application/json"
    ) -> tuple[int, bytes, Any]:
        """Status, body and headers of any page of the server. Raises InfluxError where nothing answers."""
        if self._authorization is None:
            token = self._influx.token()
            self._authorization = f"Token {token}" if token else ""
        headers = {"Accept": kind}
        if kind == "application/json":
            headers["Accept-Encoding"] = "gzip"
        if self._authorization:
            headers["Authorization"] = self._authorization
        body = None
        if question is not None:
            encoded = urlencode({"q": question})
            if len(encoded) > LONGEST_ADDRESS:
                body = encoded
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            else:
                fields = {**fields, "q": question}
        url = f"{self._influx.url}{path}" + (f"?{urlencode(fields)}" if fields else "")
        try:
            answer = self._pool.request("GET" if body is None else "POST", url, body=body, headers=headers)
        except (HTTPError, OSError) as error:
            raise unreachable(self._influx, error) from error
        return answer.status, answer.data, answer.headers
