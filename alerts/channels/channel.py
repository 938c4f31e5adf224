"""What a channel is: something that takes a message for an address, or says why not and whether ever."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed over. `id` is the same however often it is; `number` is what people see of that."""

    id: str
    number: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The service has taken the message; `words` is what it said."""

    words: str


class TemporaryFailureError(Exception):
    """The service has not taken the message, and may later; the text says why.

    `known` is False where nothing tells whether it ever will: then it is tried a limited number of times.
    """

    def __init__(self, words: str, *, known: bool = True) -> None:
        super().__init__(words)
        self.known = known


class PermanentFailureError(Exception):
    """The service will not take this message for this address; the text says why."""


class Channel(Protocol):
    """One way to reach people."""

    def send(self, address: str, message: Message) -> Receipt:
        """Hand a message over. Raises TemporaryFailureError or PermanentFailureError, and nothing else."""
        ...
