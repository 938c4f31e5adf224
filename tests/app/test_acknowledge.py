import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.components.acknowledge import NO_ANSWER, NO_COMMENT, send
from app.context import AppContext
from app.live.hub import Hub
from facility.limit import Severity
from storage.records import commands
from storage.records.commands import DONE, Acknowledge
from storage.records.database import Records
from tests.app.parts import NOON, NoSamples, Time, site
from tests.people import MOREAU

ALARM = "B101.DP1/high/1"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = Records.open(tmp_path / "records.db", time)
    yield AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: MOREAU, time)
    records.close()


def answering(context: AppContext, outcome: str) -> threading.Thread:
    """The engine, as far as this matters: it gives the first command that it finds this outcome."""

    def apply() -> None:
        for _ in range(500):
            with context.records.transaction() as connection:
                for command in commands.waiting(connection):
                    commands.applied(connection, command.id, NOON, outcome)
                    return
            threading.Event().wait(0.01)

    thread = threading.Thread(target=apply)
    thread.start()
    return thread


def test_an_acknowledgement_without_comment_is_not_even_submitted(context: AppContext) -> None:
    assert send(context, ALARM, Severity.ACTION, "  \n") == NO_COMMENT
    with context.records.reading() as connection:
        assert commands.waiting(connection) == []


def test_an_acknowledgement_is_submitted_as_the_person_with_what_that_person_saw(context: AppContext) -> None:
    assert send(context, ALARM, Severity.ALERT, " On my way ", patience=0) == NO_ANSWER
    with context.records.reading() as connection:
        (waiting,) = commands.waiting(connection)
    assert waiting.actor == MOREAU.actor
    assert waiting.command == Acknowledge(ALARM, Severity.ALERT, "On my way")


def test_it_is_done_when_the_engine_says_so(context: AppContext) -> None:
    engine = answering(context, DONE)
    assert send(context, ALARM, Severity.ACTION, "On my way") is None
    engine.join()


def test_a_refusal_is_said_in_the_words_of_the_engine(context: AppContext) -> None:
    engine = answering(context, "the alarm has risen to action meanwhile")
    assert send(context, ALARM, Severity.ALERT, "On my way") == "The alarm has risen to action meanwhile"
    engine.join()
