"""Codes of an authenticator (TOTP, RFC 6238), and the recovery codes for whoever has lost it."""

import hashlib
import secrets
from datetime import UTC, datetime

import pyotp

from app.sign_in.passwords import ALPHABET
from facility.instants import SECOND, Instant

STEP = 30
"""Seconds that a code holds."""
TOLERANCE = 1
"""Steps that the authenticator's clock may be off."""
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret for an authenticator: 160 bits in base 32 (RFC 4226, 4)."""
    return pyotp.random_base32()


def address(secret: str, account: str, issuer: str) -> str:
    """What the picture that an authenticator takes says."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now: Instant) -> int | None:
    """The time step whose code this is, of those that may hold now; None where it is of none."""
    typed = "".join(code.split())
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    totp, present = pyotp.TOTP(secret), now // SECOND // STEP
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if secrets.compare_digest(totp.at(datetime.fromtimestamp(step * STEP, UTC)), typed):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Each of ten letters and digits: 49 bits, so that a plain hash of them keeps them."""
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code, however it is typed."""
    return hashlib.sha256("".join(code.lower().replace("-", "").split()).encode("utf-8", "replace")).hexdigest()
