"""Problems: said once when they begin, change and end, with since when."""

import re
import threading

import pytest

from cleanwatch.problems import Finding, Problems, in_words, watched
from cleanwatch.threads import again_and_again
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.station_report import Problem
from storage.sqlite import sqlite
from tests.waiting import wait_until

NOON = 1_795_348_800_000


class Time:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def problems(time: Time) -> Problems:
    return Problems(time)


def test_a_problem_is_logged_once_when_it_begins_changes_and_ends(
    problems: Problems, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    for text in ("the disk is full", "the disk is full", "the disk is gone", "the disk is gone", None, None):
        problems.tell("local store", text)
        time.now += 1000
    assert [record.getMessage() for record in caplog.records] == [
        "local store: the disk is full",
        "local store: the disk is gone",
        "over after 4 s: local store: the disk is gone",
    ]


def test_a_problem_that_changes_goes_on_since_it_began(problems: Problems, time: Time) -> None:
    problems.tell("local store", "the disk is full")
    time.now += 5000
    problems.tell("local store", "the disk is gone")
    assert problems.now() == (Problem("local store", "the disk is gone", NOON),)


def test_one_part_may_have_several_problems(problems: Problems) -> None:
    problems.tell_all("clocks", [Finding("clocks", "A is wrong", "A"), Finding("clocks", "B is wrong", "B")])
    problems.tell_all("clocks", [Finding("clocks", "B is wrong", "B")])
    assert [problem.text for problem in problems.now()] == ["B is wrong"]
    problems.tell("broker", None)
    assert len(problems.now()) == 1


def test_advisories_come_last_and_the_oldest_first(problems: Problems, time: Time) -> None:
    problems.tell_all("clocks", [Finding("clocks", "a task", advisory=True)])
    time.now += 1
    problems.tell("broker", "older")
    time.now += 1
    problems.tell("disk", "newer")
    assert [problem.text for problem in problems.now()] == ["older", "newer", "a task"]


def test_every_change_asks_for_a_report(problems: Problems) -> None:
    def changed() -> bool:
        was = problems.changed.is_set()
        problems.changed.clear()
        return was

    problems.tell("broker", None)
    assert not changed()
    problems.tell("broker", "it is gone")
    assert changed()
    problems.tell("broker", "it is gone")
    assert not changed()
    problems.tell("broker", None)
    assert changed()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite.OperationalError("database or disk is full"), "the local store cannot be .* disk is full"),
        (RecordsError("The records are of a newer Cleanwatch."), "^The records are of a newer Cleanwatch.$"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (ZeroDivisionError("division by zero"), "a fault of Cleanwatch: ZeroDivisionError"),
    ],
)
def test_an_error_is_told_in_words(error: Exception, words: str) -> None:
    assert re.search(words, in_words(error))


def test_a_fault_of_ours_leaves_one_traceback_and_a_bad_day_none(
    problems: Problems, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[Exception] = [ZeroDivisionError(), ZeroDivisionError(), sqlite.OperationalError("disk I/O error")]

    def work() -> None:
        if errors:
            raise errors.pop(0)

    attempt = watched(work, "engine", problems)
    assert [attempt() for _ in range(4)] == [False, False, False, True]
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False, False]
    assert problems.now() == ()


def test_records_that_are_away_are_no_problem_of_everyone_who_uses_them(problems: Problems) -> None:
    def work() -> None:
        raise RecordsAwayError("The records are away.")

    assert not watched(work, "engine", problems)()
    assert problems.now() == ()


def test_what_a_part_has_told_the_log_itself_is_not_logged_again(
    problems: Problems, caplog: pytest.LogCaptureFixture
) -> None:
    problems.tell_all("records", [Finding("records", "they are away", logged=True)])
    problems.tell_all("records", [])
    assert caplog.records == []


def test_work_that_fails_is_tried_again_in_its_thread(problems: Problems) -> None:
    attempts: list[int] = []
    stopping = threading.Event()

    def work() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("no")

    thread = again_and_again("engine", work, 0.001, problems, stopping)
    wait_until(lambda: len(attempts) > 3)
    stopping.set()
    thread.join()
    assert problems.now() == ()


def test_what_work_finds_stands_also_where_its_thread_goes_by_the_same_name(problems: Problems) -> None:
    found = Finding("audit trail", "row 7 was altered", key="broken")
    attempt = watched(lambda: problems.tell_all("audit trail", [found]), "audit trail", problems)
    assert attempt()
    assert [problem.text for problem in problems.now()] == ["row 7 was altered"]
