"""Computations that take longer than a page may wait: each in a thread, with its progress, until it is cancelled."""

import logging
import secrets
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from app.formats import sentence
from facility.language import _
from storage.records.errors import RecordsError
from storage.samples.store import HistoryAwayError

log = logging.getLogger(__name__)

AT_ONCE = 2
KEPT = 30
"""Answers that are kept, the newest, for whoever makes a draft of one."""

A = TypeVar("A")
Progress: TypeAlias = Callable[[float], None]
"""Told the part that is done, 0 to 1; may raise, which ends the work."""


class CancelledError(Exception):
    """Nobody waits for it any more."""


class BusyError(Exception):
    """Others are being worked out; says so in words."""


@dataclass(slots=True)
class Job(Generic[A]):
    """One computation. `done` is the part of it that is done; in the end there is an answer, or words why not."""

    owner: str
    done: float = 0.0
    answer: A | None = None
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


class Jobs(Generic[A]):
    """The computations of all people of one kind. A job is found only by the account that started it.

    `what` they are, in words; `problems` are the errors whose message is for people.
    """

    def __init__(self, what: str, *problems: type[Exception]) -> None:
        self._what = what
        self._problems: tuple[type[Exception], ...] = (*problems, HistoryAwayError, RecordsError)
        self._jobs: dict[str, Job[A]] = {}
        self._lock = threading.Lock()

    def start(self, owner: str, work: Callable[[Progress], A]) -> str:
        """Begin; the id of the job. An older one of the same person is cancelled. Raises BusyError."""
        id, job = secrets.token_urlsafe(12), Job[A](owner)
        with self._lock:
            for other in self._jobs.values():
                other.cancelled |= other.owner == owner
            if sum(not other.is_over for other in self._jobs.values()) >= AT_ONCE:
                raise BusyError(
                    _(
                        "{what} of others are being worked out just now. Try again in a minute.",
                        what=sentence(_(self._what)),
                    )
                )
            self._jobs[id] = job
            for old in [key for key, other in self._jobs.items() if other.is_over][: -KEPT or None]:
                del self._jobs[old]
        run = copy_context().run  # with the language of whoever asks
        threading.Thread(target=run, args=(self._run, job, work), name=self._what, daemon=True).start()
        return id

    def find(self, owner: str, id: str | None) -> Job[A] | None:
        """A job of this person; None where there is none, or none any more."""
        with self._lock:
            job = self._jobs.get(id or "")
        return job if job is not None and job.owner == owner else None

    def cancel(self, owner: str, id: str | None) -> None:
        """Nobody waits for it any more: it ends at its next step."""
        if (job := self.find(owner, id)) is not None:
            job.cancelled = True

    def _run(self, job: Job[A], work: Callable[[Progress], A]) -> None:
        try:
            job.answer = work(job.report)
        except CancelledError:
            job.problem = _("Cancelled.")
        except self._problems as error:
            job.problem = str(error)
        except Exception:
            log.exception("%s could not be worked out", self._what)
            job.problem = _("The {what} could not be worked out; the log of the app says why.", what=_(self._what))
