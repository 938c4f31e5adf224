"""Computations that take longer than a page may wait: each in a thread, with its progress, until it is cancelled."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.levels.answer import Answer
from app.levels.gather import Progress
from app.levels.question import QuestionError
from storage.records.errors import RecordsError
from storage.samples.store import HistoryAwayError

log = logging.getLogger(__name__)

AT_ONCE = 2
KEPT = 30
"""Answers that are kept, the newest, for whoever makes a draft of one."""


class CancelledError(Exception):
    """Nobody waits for it any more."""


class BusyError(Exception):
    """Others are being worked out; says so in words."""


@dataclass(slots=True)
class Job:
    """One computation. `done` is the part of it that is done; in the end there is an answer, or words why not."""

    owner: str
    done: float = 0.0
    answer: Answer | None = None
    problem: str = ""
    cancelled: bool = field(default=False, repr=False)

    @property
    def is_over(self) -> bool:
        return self.answer is not None or bool(self.problem)

    def report(self, done: float) -> None:
        """How far it is. Raises CancelledError where nobody waits for it."""
        self.done = done
        if self.cancelled:
            raise CancelledError


class Jobs:
    """The computations of all people. A job is found only by the account that started it."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, owner: str, work: Callable[[Progress], Answer]) -> str:
        """Begin; the id of the job. An older one of the same person is cancelled. Raises BusyError."""
        id, job = secrets.token_urlsafe(12), Job(owner)
        with self._lock:
            for other in self._jobs.values():
                other.cancelled |= other.owner == owner
            if sum(not other.is_over for other in self._jobs.values()) >= AT_ONCE:
                raise BusyError("Levels of others are being worked out just now. Try again in a minute.")
            self._jobs[id] = job
            for old in [key for key, other in self._jobs.items() if other.is_over][: -KEPT or None]:
                del self._jobs[old]
        threading.Thread(target=_run, args=(job, work), name="levels", daemon=True).start()
        return id

    def find(self, owner: str, id: str | None) -> Job | None:
        """A job of this person; None where there is none, or none any more."""
        with self._lock:
            job = self._jobs.get(id or "")
        return job if job is not None and job.owner == owner else None

    def cancel(self, owner: str, id: str | None) -> None:
        """Nobody waits for it any more: it ends at its next step."""
        if (job := self.find(owner, id)) is not None:
            job.cancelled = True


def _run(job: Job, work: Callable[[Progress], Answer]) -> None:
    try:
        job.answer = work(job.report)
    except CancelledError:
        job.problem = "Cancelled."
    except (QuestionError, HistoryAwayError, RecordsError) as error:
        job.problem = str(error)
    except Exception:
        log.exception("levels could not be worked out")
        job.problem = "The levels could not be worked out; the log of the app says why."
