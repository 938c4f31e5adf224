"""What InfluxDB, or the way to it, says no with: in words of ours."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from facility.language import N_


class InfluxError(Exception):
    """InfluxDB did not take or answer something; says what, where, and what would be right.

    Nothing is lost by it: whatever was to be written is still the caller's. `wait` is for how many seconds the
    server asked to be left alone, where it did.
    """

    def __init__(self, words: str, wait: float | None = None) -> None:
        super().__init__(words)
        self.wait = wait


class NoBucketError(InfluxError):
    """There is no such bucket, or none that we may see."""


class Server(Protocol):
    """What is said about a server in a message (see `address.Influx`)."""

    @property
    def url(self) -> str: ...
    @property
    def org(self) -> str: ...
    @property
    def bucket(self) -> str: ...
    @property
    def token_words(self) -> str: ...


def refusal(server: Server, doing: str, status: int, body: str, headers: Mapping[str, str]) -> InfluxError:
    """What an answer that is not 2xx means; `doing` is what was asked for: "write" or "read"."""
    answer = said(body)
    if status == 404 and "organization" not in answer and any(word in answer for word in _BUCKET_WORDS):
        return no_bucket(server, answer)
    return InfluxError(_words(server, doing, status, answer), _seconds(headers.get("Retry-After")))


def unreachable(server: Server, error: Exception) -> InfluxError:
    """No answer: the way to the server, or the server itself."""
    return InfluxError(
        N_(
            "InfluxDB at {url} does not answer ({why}). Is it running, is the address right, is the way to it open?"
        ).format(url=server.url, why=_cause(error))
    )


def said(body: str) -> str:
    """The server's own words out of the body of an answer, on one line."""
    try:
        answer = msgspec.json.decode(body)
    except msgspec.DecodeError:
        answer = body
    if isinstance(answer, dict):
        answer = answer.get("message") or answer.get("error") or body
    return " ".join(str(answer).split())[:2000]


def no_bucket(server: Server, answer: str) -> NoBucketError:
    """The bucket is missing: how it is made."""
    return NoBucketError(
        f"InfluxDB at {server.url} has no bucket {server.bucket}, or the token may not see it ({answer}). "
        f"Make it with InfluxDB 2: influx bucket create --name {server.bucket} --org {server.org} --retention 0; "
        f'InfluxDB 1.8: CREATE DATABASE "{server.bucket}"; InfluxDB 3: influxdb3 create database {server.bucket}'
    )


_BUCKET_WORDS = ("bucket", "database", "retention policy", "dbrp")


def question_refused(server: Server, answer: str) -> InfluxError:
    """An error inside an answer to a question."""
    if "not found" in answer:
        return no_bucket(server, answer)
    if _is_file_limit(answer):
        return InfluxError(_file_limit(server, answer))
    return InfluxError(
        N_("InfluxDB at {url} could not answer from bucket {bucket} ({answer})").format(
            url=server.url, bucket=server.bucket, answer=answer
        )
    )


_FILE_LIMIT_SIGNS = ("file limit", "parquet files", "query-file-limit")


def _words(server: Server, doing: str, status: int, answer: str) -> str:
    if _is_file_limit(answer):
        return _file_limit(server, answer)
    if status == 401:
        return (
            f"InfluxDB at {server.url} refuses a request {server.token_words} (401: {answer}). The file that "
            "CLEANWATCH_INFLUX_TOKEN_FILE names should hold a token that may read and write the bucket; for InfluxDB "
            "1.8 user:password"
        )
    if status == 403:
        return (
            f"InfluxDB at {server.url} does not let us {doing} in bucket {server.bucket}, {server.token_words} "
            f"(403: {answer}). The token needs the right to read and write this bucket"
        )
    if status == 404 and "organization" in answer:
        return (
            f"InfluxDB at {server.url} knows no organisation {server.org} ({answer}). Set CLEANWATCH_INFLUX_ORG to "
            "the one that the bucket belongs to"
        )
    if status == 404:
        return (
            f"what answers at {server.url} is no InfluxDB 1.8, 2 or 3 (404: {answer}). Check the address and what "
            "stands in front of the server"
        )
    if status in (502, 504):
        return N_("InfluxDB at {url} does not answer; what stands in front of it does ({status})").format(
            url=server.url, status=status
        )
    if status in (429, 503):
        return N_("InfluxDB at {url} has too much to do just now ({status}: {answer}); it is tried again").format(
            url=server.url, status=status, answer=answer
        )
    return f"InfluxDB at {server.url} could not {doing} in bucket {server.bucket} ({status}: {answer})"


def _is_file_limit(answer: str) -> bool:
    """Whether this is what InfluxDB 3 Core says to a question over too long a time."""
    return any(sign in answer.lower() for sign in _FILE_LIMIT_SIGNS)


def _file_limit(server: Server, answer: str) -> str:
    """InfluxDB 3 Core does not answer for long ranges: what can be done."""
    return (
        f"InfluxDB 3 Core at {server.url} does not answer questions over more than about 72 hours of new readings "
        f"({answer}). Use InfluxDB 2 or InfluxDB 3 Enterprise, or start Core with a higher --query-file-limit, "
        "which costs memory"
    )


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else None


def _cause(error: Exception) -> str:
    """What happened, without the objects that urllib3 names before it."""
    words = " ".join(str(error).split()).removeprefix("(0) Reason: ")
    return words.rsplit(">: ", 1)[-1].rsplit("): ", 1)[-1] or type(error).__name__
