import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from alerts import machine
from alerts.findings import Raised
from alerts.machine import RefusedError
from app.components.acknowledge import NO_ANSWER, NO_COMMENT, send
from app.context import AppContext
from app.live.hub import Hub
from app.submitting import summed_up
from facility.alarm import Condition
from facility.language import speaking
from facility.limit import Severity
from storage.records import commands
from storage.records.commands import DONE, Acknowledge
from tests.alerts.examples import point
from tests.app.parts import NOON, NoSamples, Time, site
from tests.people import MOREAU
from tests.records import open_records

ALARM, OTHER = "B101.DP1/high/1", "B102.T1/high/1"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = open_records(tmp_path / "records.db", time)
    yield AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: MOREAU, time)
    records.close()


def answering(context: AppContext, *outcomes: str) -> threading.Thread:
    """The engine, as far as this matters: it gives the first commands that it finds these outcomes, at once."""

    def apply() -> None:
        for _ in range(500):
            with context.records.transaction() as connection:
                waiting = commands.waiting(connection)
                if len(waiting) == len(outcomes):
                    for command, outcome in zip(waiting, outcomes, strict=True):
                        commands.applied(connection, command.id, NOON, outcome)
                    return
            threading.Event().wait(0.01)

    thread = threading.Thread(target=apply)
    thread.start()
    return thread


def test_an_acknowledgement_without_comment_is_not_even_submitted(context: AppContext) -> None:
    assert send(context, {ALARM: Severity.ACTION}, "  \n") == NO_COMMENT
    with context.records.reading() as connection:
        assert commands.waiting(connection) == []


def test_an_acknowledgement_is_submitted_as_the_person_with_what_that_person_saw(context: AppContext) -> None:
    assert send(context, {ALARM: Severity.ALERT}, " On my way ", patience=0) == NO_ANSWER
    with context.records.reading() as connection:
        (waiting,) = commands.waiting(connection)
    assert waiting.actor == MOREAU.actor
    assert waiting.command == Acknowledge(ALARM, Severity.ALERT, "On my way")


def test_several_are_a_command_each_with_the_one_comment(context: AppContext) -> None:
    seen = {ALARM: Severity.ACTION, OTHER: Severity.ALERT}
    assert send(context, seen, "Door closed", patience=0) is not None
    with context.records.reading() as connection:
        submitted = [waiting.command for waiting in commands.waiting(connection)]
    assert submitted == [Acknowledge(alarm, severity, "Door closed") for alarm, severity in seen.items()]


def test_a_refusal_is_told_in_the_language_of_the_site_and_stays_english_on_record(context: AppContext) -> None:
    found = Raised(Condition.LOW, Severity.ACTION, NOON, NOON, 9, 10, "<", 8, NOON)
    alarm = machine.raised(point(), found)
    with pytest.raises(RefusedError) as refusal:
        machine.acknowledged(alarm, "j.moreau", NOON, "Door closed", Severity.ALERT)
    engine = answering(context, str(refusal.value))
    with speaking("de"):
        words = send(context, {ALARM: Severity.ALERT}, "Door closed")
    engine.join()
    assert words is not None
    assert words.startswith("Seit Sie hingesehen haben, ist der Alarm auf die Aktionsgrenze gestiegen")
    with context.records.reading() as connection:
        assert commands.outcome(connection, 1) == str(refusal.value)
    assert "risen to the action limit" in str(refusal.value)


def test_it_is_done_when_the_engine_says_so(context: AppContext) -> None:
    engine = answering(context, DONE, DONE)
    assert send(context, {ALARM: Severity.ACTION, OTHER: Severity.ACTION}, "On my way") is None
    engine.join()


def test_a_refusal_is_said_in_the_words_of_the_engine(context: AppContext) -> None:
    engine = answering(context, "the alarm has risen to action meanwhile")
    assert send(context, {ALARM: Severity.ALERT}, "On my way") == "The alarm has risen to action meanwhile"
    engine.join()


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ((None, None), None),
        (("It has risen.",), "It has risen."),
        ((None, "It has risen.", "It has risen.", "Answered already."), "1 of 4 are done. Not done are"),
    ],
)
def test_of_several_it_is_told_how_many_are_not_done_and_why(
    outcomes: Sequence[str | None], words: str | None
) -> None:
    told = summed_up(outcomes)
    assert told == words if words is None else told is not None and told.startswith(words)
    if len(outcomes) == 4:
        assert told is not None and told.endswith("2: It has risen. 1: Answered already.")
