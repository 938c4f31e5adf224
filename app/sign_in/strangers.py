"""Failures of names that are no account: they have to wait like the others, or the waiting would tell which exist."""

import hashlib
import secrets
import threading
from collections import OrderedDict

from facility.instants import Instant

MOST = 10_000
"""Names that are remembered; the one that failed longest ago is forgotten first."""


class Strangers:
    """Counts failures of names, of which it keeps only a keyed hash: some are passwords in the wrong field."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._failures: OrderedDict[bytes, tuple[int, Instant]] = OrderedDict()
        self._lock = threading.Lock()

    def failures(self, name: str) -> tuple[int, Instant | None]:
        """How many failures in a row, and when the last was."""
        with self._lock:
            return self._failures.get(self._hash(name), (0, None))

    def count(self, name: str, at: Instant) -> int:
        """One more failure; how many there are now."""
        key = self._hash(name)
        with self._lock:
            failures = self._failures.pop(key, (0, at))[0] + 1
            self._failures[key] = (failures, at)
            if len(self._failures) > MOST:
                self._failures.popitem(last=False)
        return failures

    def _hash(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
