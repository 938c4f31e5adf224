"""What was refused goes on record, but a loop that is refused cannot fill the audit trail."""

import logging
import threading
from dataclasses import dataclass

from facility.instants import MINUTE, Clock, Instant, Span
from facility.people import Actor, Person
from storage.records.database import Records
from storage.records.errors import RecordsError
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry

log = logging.getLogger(__name__)

PAUSE: Span = 10 * MINUTE
"""So long refusals of one thing to one person are only counted, after one has gone on record."""
MOST_KEPT = 1_000
"""Persons and things that are counted at the same time; when there are more, the oldest is counted no longer."""
NOBODY = Actor("nobody")


@dataclass(slots=True)
class _Counted:
    since: Instant
    more: int = 0


class Refusals:
    """Writes one row for each person and thing in ten minutes; the next one says how many there were in between."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: dict[tuple[str, str], _Counted] = {}

    def note(self, person: Person | None, what: str, words: str) -> None:
        """Somebody was refused something, and was told these words."""
        actor = NOBODY if person is None else person.actor
        at = self._clock()
        with self._lock:
            known = self._counted.get((actor.name, what))
            if known is not None and at - known.since < PAUSE:
                known.more += 1
                return
            self._counted.pop((actor.name, what), None)
            self._counted[actor.name, what] = _Counted(at)
            while len(self._counted) > MOST_KEPT:
                del self._counted[next(iter(self._counted))]
        log.warning("refused to %s: %s: %s", actor.name, what, words)
        more = known.more if known is not None else 0
        entry = AuditEntry(actor, "refused", what, {"told": words, **({"not written down": more} if more else {})})
        try:
            with self._records.transaction() as connection:
                audit.append(connection, at, [entry])
        except RecordsError as error:  # it is refused all the same
            log.error("a refusal is not on record: %s", error)
