"""Who was let in of late: while the records are away they may go on looking, and nobody else gets in.

Whatever one decides needs the records, so there is nothing that anybody could do in the meantime but look.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from app.sign_in.origin import origin
from facility.people import Person
from storage.records.accounts import Account
from storage.records.sessions import Session, Stage

MOST = 1_000


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
    """By the hash of their token, those who were let in last."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, SignedIn] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, token_hash: str, found: SignedIn | None) -> None:
        """What the records have said of a token: whose it is, or that it is nobody's any more."""
        with self._lock:
            self._known.pop(token_hash, None)
            if found is not None:
                self._known[token_hash] = found
                if len(self._known) > MOST:
                    self._known.popitem(last=False)

    def recall(self, token_hash: str) -> SignedIn | None:
        """What they said last, where it is not long ago."""
        with self._lock:
            return self._known.get(token_hash)
