"""Handing commands to the engine, and waiting for what it says to them."""

import time
from collections import Counter
from collections.abc import Sequence

from app import formats
from app.context import AppContext
from facility.language import N_, _, retold
from storage.records import commands
from storage.records.commands import DONE, Command
from storage.records.errors import RecordsAwayError

PATIENCE = 5.0
"""Seconds to wait for the engine, which applies a command at once while it runs."""
PATIENCE_MORE = 0.05
"""Seconds to wait longer for each further command that was handed over together."""
GLANCE = 0.05
ENGINE = ("alerts/excursions.py", "alerts/holding.py", "alerts/machine.py", "alerts/present")
"""Where the engine has its words for what it refuses. They are on record in English."""
NOBODY = N_("Nobody is signed in here any more. Sign in, and send it again.")


def submit(context: AppContext, command: Command, no_answer: str, patience: float = PATIENCE) -> str | None:
    """Put a command of the present user on record; None when the engine has applied it, else in words why not.

    `no_answer` is said where the engine is silent: the command stays on record, and is applied when it runs.
    """
    return submit_all(context, [command], no_answer, patience)[0]


def submit_all(
    context: AppContext, several: Sequence[Command], no_answer: str, patience: float = PATIENCE
) -> list[str | None]:
    """Put commands on record, all or none; of each what `submit` would say."""
    person = context.person()
    if person is None:
        return [_(NOBODY)] * len(several)
    try:
        with context.records.transaction() as connection:
            at = context.clock()
            ids = [commands.submit(connection, at, person.actor, command) for command in several]
    except RecordsAwayError as error:
        words = _(
            "{problem} It is not known whether this is on record: look before you send it again.", problem=error
        )
        return [words] * len(several)
    except commands.NotUsableError as error:
        return [formats.sentence(str(error))] * len(several)
    until = time.monotonic() + patience + (PATIENCE_MORE * (len(ids) - 1) if patience else 0)
    outcomes: dict[int, str] = {}
    while time.monotonic() < until:
        with context.records.reading() as connection:
            outcomes = commands.outcomes(connection, ids)
        if len(outcomes) == len(ids):
            break
        time.sleep(GLANCE)
    return [_said(outcomes.get(id), no_answer) for id in ids]


def _said(outcome: str | None, no_answer: str) -> str | None:
    if outcome is None:
        return no_answer
    return None if outcome == DONE else formats.sentence(retold(outcome, *ENGINE))


def summed_up(outcomes: Sequence[str | None]) -> str | None:
    """What came of several commands together, in words: None where all are done, else how many are not, and why."""
    problems = Counter(outcome for outcome in outcomes if outcome is not None)
    if not problems:
        return None
    if len(outcomes) == 1:
        return next(iter(problems))
    done = len(outcomes) - problems.total()
    reasons = " ".join(f"{n}: {formats.sentence(words)}" for words, n in problems.most_common())
    return _("{done} of {all} are done. Not done are {reasons}", done=done, all=len(outcomes), reasons=reasons)
