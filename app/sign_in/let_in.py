"""Who was let in of late, so that the records are not asked again for each file of a page.

While the records are away those may go on looking, and nobody else gets in. Whatever one decides needs the records,
so there is nothing that anybody could do in the meantime but look.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from app.sign_in.origin import origin
from facility.people import Person
from storage.records.people.accounts import Account
from storage.records.people.sessions import Session, Stage

MOST = 1_000
TRUSTED_SECONDS = 1.0
"""For so long what the records said of a token is taken for true in the running app. Whatever ends a session there
is `doubt`; one that is ended elsewhere, at a shell, goes on for this long at most."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session and its account; how far somebody has come is the session's stage."""

    session: Session
    account: Account

    def person(self) -> Person | None:
        """Who it is; None before everything is proven that is wanted."""
        if self.session.stage is not Stage.SIGNED_IN:
            return None
        return Person(self.account.account, self.account.name, self.account.role, origin(), self.account.areas)


class LetIn:
    """By the hash of their token, those who were let in last. The records are asked again after `trusted` seconds."""

    def __init__(self, trusted: float) -> None:
        self._known: OrderedDict[str, tuple[SignedIn, float]] = OrderedDict()
        self._trusted = trusted
        self._lock = threading.Lock()

    def note(self, token_hash: str, found: SignedIn | None) -> None:
        """What the records have said of a token: whose it is, or that it is nobody's any more."""
        with self._lock:
            self._known.pop(token_hash, None)
            if found is not None:
                self._known[token_hash] = found, time.monotonic()
                if len(self._known) > MOST:
                    self._known.popitem(last=False)

    def recall(self, token_hash: str) -> SignedIn | None:
        """What they said last, where it is not long ago."""
        with self._lock:
            found, _asked = self._known.get(token_hash, (None, 0.0))
            return found

    def fresh(self, token_hash: str) -> SignedIn | None:
        """What they said a moment ago; None where they are to be asked again."""
        with self._lock:
            found, asked = self._known.get(token_hash, (None, 0.0))
            return found if time.monotonic() - asked < self._trusted else None

    def doubt(self) -> None:
        """Somebody may have been signed out: ask again for everybody."""
        with self._lock:
            self._known = OrderedDict((hash, (found, float("-inf"))) for hash, (found, _) in self._known.items())
