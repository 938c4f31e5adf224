"""What an operation of the API is: one row of the table that routes, checks and describes it."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.context import AppContext
from app.guard import Need


class Asked(BaseModel):
    """What an operation is asked with: fields that its path names stand there, the others in the query."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(BaseModel):
    """What an operation is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What an operation answers."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program may ask. `do` is called with what was asked, and what was sent where there is `body`.

    `path` names its parameters in braces, which are fields of `asked`. `refused` gives in words what other answers
    there are than those that every operation has.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    need: Need
    summary: str
    do: Callable[..., Answer]
    answer: type[Answer]
    asked: type[Asked] = Asked
    body: type[Body] | None = None
    refused: tuple[tuple[HTTPStatus, str], ...] = ()

    def call(self, context: AppContext, asked: Asked, body: Body | None) -> Answer:
        """Do what is asked. Raises ApiError, or what the parts that are asked raise."""
        arguments: tuple[Any, ...] = (asked,) if body is None else (asked, body)
        return self.do(context, *arguments)
