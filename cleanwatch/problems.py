"""What is wrong now, in words, with since when; each is logged once when it begins, changes and ends."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerts.watch import MemoryNotUsableError
from facility.instants import Clock, Instant
from facility.language import N_
from facility.site_errors import SiteFileError
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.station_report import Problem
from storage.samples.local import CommitsSealedError, NewerSchemaError
from storage.sqlite import sqlite

log = logging.getLogger(__name__)

SAID_IN_WORDS = (RecordsError, NewerSchemaError, CommitsSealedError, MemoryNotUsableError, SiteFileError)
"""Errors whose message says what is wrong, where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a part finds wrong. `key` tells apart what one part may find at the same time."""

    part: str
    text: str
    key: str = ""
    advisory: bool = False
    logged: bool = False
    """Has the part told the log itself?"""


class Problems:
    """The problems that stand. Any thread may tell; `changed` is set whenever one begins, changes or ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._standing: dict[tuple[str, str], tuple[Finding, Instant]] = {}
        self._lock = threading.Lock()
        self.changed = threading.Event()

    def tell(self, part: str, text: str | None) -> None:
        """What is wrong with a part now; None where nothing is."""
        self.tell_all(part, () if text is None else (Finding(part, text),))

    def tell_all(self, teller: str, found: Iterable[Finding]) -> None:
        """Everything that one teller has to say now; what it said before and does not say again is over."""
        now = self._clock()
        present = {(teller, finding.key): finding for finding in found}
        with self._lock:
            gone = [key for key in self._standing if key[0] == teller and key not in present]
            for key in gone:
                finding, since = self._standing.pop(key)
                _log(
                    finding,
                    logging.WARNING,
                    "over after %d s: %s: %s",
                    (now - since) // 1000,
                    finding.part,
                    finding.text,
                )
            for key, finding in present.items():
                before = self._standing.get(key)
                if before is not None and before[0] == finding:
                    continue
                self._standing[key] = (finding, now if before is None else before[1])
                _log(
                    finding,
                    logging.WARNING if finding.advisory else logging.ERROR,
                    "%s: %s",
                    finding.part,
                    finding.text,
                )
                gone.append(key)
        if gone:
            self.changed.set()

    def now(self) -> tuple[Problem, ...]:
        """The problems that stand: what is no mere advisory first, then what stands longest."""
        with self._lock:
            standing = list(self._standing.values())
        problems = [Problem(found.part, found.text, since, found.advisory) for found, since in standing]
        return tuple(sorted(problems, key=lambda problem: (problem.advisory, problem.since, problem.part)))


def in_words(error: Exception) -> str:
    """An error as a person is told it."""
    if isinstance(error, SAID_IN_WORDS):
        return str(error)
    if isinstance(error, sqlite.Error):
        return N_("the local store cannot be read or written: {error}").format(error=error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    return N_("a fault of Cleanwatch: {error}").format(error=repr(error))


def is_known(error: Exception) -> bool:
    """May this happen on a bad day? Then a line says enough; of anything else the traceback is wanted."""
    return isinstance(error, (*SAID_IN_WORDS, sqlite.Error, OSError))


def watched(work: Callable[[], object], part: str, problems: Problems) -> Callable[[], bool]:
    """The same work, which tells what it raised instead of raising it; returns whether it went well.

    Records that are away are a problem of their own (`Records.health`), not one of everyone who uses them. What the
    work finds and tells of the same part is not touched by its going well.
    """
    teller = f"work: {part}"

    def attempt() -> bool:
        try:
            work()
        except RecordsAwayError:
            return False
        except Exception as error:
            text = N_("{problem}; it is tried again every few seconds").format(problem=in_words(error))
            if not is_known(error) and not any(p.part == part and p.text == text for p in problems.now()):
                log.exception("%s failed", part)
            problems.tell_all(teller, [Finding(part, text)])
            return False
        problems.tell_all(teller, ())
        return True

    return attempt


def _log(finding: Finding, level: int, message: str, *arguments: object) -> None:
    if not finding.logged:
        log.log(level, message, *arguments)
