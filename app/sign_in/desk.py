"""The desk where people prove who they are: the rules that hold there, and what it needs for checking."""

import threading

from app.sign_in.breached import BreachedPasswords
from app.sign_in.let_in import LetIn
from app.sign_in.passwords import Passwords
from app.sign_in.provider import Provider
from app.sign_in.rules import SignInRules
from app.sign_in.strangers import Strangers


class Desk:
    """What the app has once for everybody who signs in. `turn` lets one after the other prove who they are: so each
    failure is counted before the next try, and Argon2 takes its memory only once.

    For `trusted` seconds the records are not asked again who somebody is. People may come by a `provider` of single
    sign-on, too. New passwords are also held against a site's own list of `breached` ones.
    """

    def __init__(
        self,
        rules: SignInRules,
        trusted: float = 0.0,
        provider: Provider | None = None,
        breached: BreachedPasswords | None = None,
    ) -> None:
        self.rules = rules
        self.breached = breached
        self.provider = provider
        self.passwords = Passwords(rules.argon2)
        self.strangers = Strangers()
        self.let_in = LetIn(trusted)
        self.turn = threading.Lock()
