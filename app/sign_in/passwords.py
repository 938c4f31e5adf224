"""Hashing passwords and checking them, with Argon2id."""

import base64
import secrets

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes by these parameters. Checking a password that no account has costs as much as any other."""

    def __init__(self, parameters: Parameters) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobodys = _unknown_password(parameters)

    def hash(self, password: str) -> str:
        """The hash to store: parameters and salt are in it."""
        return self._hasher.hash(password)

    def fits(self, hash: str | None, password: str) -> bool:
        """Is it the password of this hash? None is the hash of nobody, which takes as long, and never fits."""
        try:
            return self._hasher.verify(hash or self._nobodys, password) and hash is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_old(self, hash: str) -> bool:
        """Was it made by other parameters than hold now?"""
        return self._hasher.check_needs_rehash(hash)


def _unknown_password(parameters: Parameters) -> str:
    """What looks like a hash and is none: random bytes in the place of salt and hash."""
    salt, hash = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (parameters.salt_len, parameters.hash_len)
    )
    cost = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"$argon2id$v={parameters.version}${cost}${salt}${hash}"


ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that are mistaken for one another."""
