"""Handing over what a person decides, and what is answered to it."""

from http import HTTPStatus
from typing import Literal

from pydantic import Field

from app.api.operation import Answer
from app.api.problems import ApiError
from app.context import AppContext
from app.submitting import submit
from storage.records.commands import Command

WAITING = "The station has not answered yet. This is on record, and will be applied when the station runs."
OUTCOMES = ((HTTPStatus.CONFLICT, "The engine refuses it, and says why."),)


class OutcomeAnswer(Answer):
    outcome: Literal["done", "waiting"] = Field(description="Waiting: it is on record, and the station is away.")
    words: str


def hand_over(context: AppContext, command: Command) -> OutcomeAnswer:
    """Submit a command, and wait for what the engine says to it. Raises ApiError where it refuses."""
    words = submit(context, command, WAITING)
    if words is None:
        return OutcomeAnswer(outcome="done", words="Done.")
    if words == WAITING:
        return OutcomeAnswer(outcome="waiting", words=WAITING)
    away = context.records.health().problem is not None
    raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.CONFLICT, words)
