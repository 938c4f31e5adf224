"""Handing a command to the engine, and waiting for what it says to it."""

import time

from app import formats
from app.context import AppContext
from storage.records import commands
from storage.records.commands import DONE, Command
from storage.records.errors import RecordsAwayError

PATIENCE = 5.0
"""Seconds to wait for the engine, which applies a command at once while it runs."""
GLANCE = 0.05
NOBODY = "Nobody is signed in here any more. Sign in, and send it again."


def submit(context: AppContext, command: Command, no_answer: str, patience: float = PATIENCE) -> str | None:
    """Put a command of the present user on record; None when the engine has applied it, else in words why not.

    `no_answer` is said where the engine is silent: the command stays on record, and is applied when it runs.
    """
    person = context.person()
    if person is None:
        return NOBODY
    try:
        with context.records.transaction() as connection:
            id = commands.submit(connection, context.clock(), person.actor, command)
    except RecordsAwayError as error:
        return f"{error} It is not known whether this is on record: look before you send it again."
    except commands.NotUsableError as error:
        return formats.sentence(str(error))
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with context.records.reading() as connection:
            outcome = commands.outcome(connection, id)
        if outcome is not None:
            return None if outcome == DONE else formats.sentence(outcome)
        time.sleep(GLANCE)
    return no_answer
