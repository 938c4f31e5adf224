"""What holds for passwords, failures and sessions: figures that a site may set, as data."""

from dataclasses import dataclass, field

from argon2 import Parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from facility.instants import DAY, HOUR, MINUTE, SECOND, Span
from facility.roles import Role


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How people sign in here. The defaults are for a site that has not thought about it yet."""

    argon2: Parameters = field(default_factory=lambda: RFC_9106_LOW_MEMORY)
    """Argon2id with 64 MiB, 3 passes, 4 lanes: the second recommended profile of RFC 9106, 4."""
    shortest: int = 12
    longest: int = 128
    remembered: int = 10
    """How many of a person's earlier passwords are refused."""
    password_age: Span | None = None
    """After which a password has to be changed; None never (NIST SP 800-63B-4, 3.1.1.2: not without a cause)."""
    free_failures: int = 3
    """Wrong passwords in a row that cost nothing."""
    first_wait: Span = 5 * SECOND
    longest_wait: Span = 15 * MINUTE
    most_failures: int = 100
    """Wrong passwords in a row after which an administrator has to unlock the account (NIST SP 800-63B-4, 3.2.2: no
    more than 100). The waits before that add up to a day."""
    told_failures: int = 10
    """Wrong passwords in a row of which administrators are told."""
    idle: Span = 30 * MINUTE
    longest_session: Span = 12 * HOUR
    one_time_password: Span = 7 * DAY
    """For how long a one-time password can be used."""
    second_factor: frozenset[Role] = field(default_factory=frozenset)
    """The roles that cannot do without an authenticator."""
    note: str = ""
    """What the sign-in page says beside: whom to ask, for example."""
