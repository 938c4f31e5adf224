"""Refusals that several operations share."""

from http import HTTPStatus
from typing import NoReturn

from app.api.problems import ApiError, Fault
from facility.instants import DAY, Instant, Span


def not_there(kind: str, id: str) -> NoReturn:
    """There is none of this id, or none that the person may see: who asks cannot tell which."""
    raise ApiError(HTTPStatus.NOT_FOUND, f"There is no {kind} {id}, or none that you may see.")


def wrong(where: str, what: str) -> NoReturn:
    """What is asked cannot be answered like this."""
    raise ApiError(HTTPStatus.BAD_REQUEST, f"{where}: {what}", [Fault(where=where, what=what)])


def ordered(start: Instant, end: Instant, longest: Span) -> None:
    """Check a stretch of time. Raises ApiError."""
    if end <= start:
        wrong("end", "it must be later than start")
    if end - start > longest:
        wrong("end", f"it may be {longest // DAY} days after start at most")
