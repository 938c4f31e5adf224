"""Sealing the addresses of channels with a key that is a file, so that who has the records has no secret.

The key is made by whoever seals first. It is in no backup of the records: without it, addresses are entered anew.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class KeyNotUsableError(Exception):
    """An address cannot be sealed or opened; the message says why, and what would be right."""


class Seals:
    """Seals and opens with the key in a file, which is read each time: it may be put in place while we run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, text: str) -> str:
        """The text, for whoever has the key, which is made where there is none. Raises KeyNotUsableError."""
        try:
            if not self._path.exists():
                self._make()
        except OSError as error:
            raise KeyNotUsableError(f"the key {self._path} cannot be made: {error.strerror}") from error
        return self._fernet().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed. Raises KeyNotUsableError."""
        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise KeyNotUsableError(
                f"it was sealed with another key than the one in {self._path}; put that back, or enter the address "
                "of the channel anew"
            ) from error

    def _fernet(self) -> Fernet:
        try:
            return Fernet(self._path.read_bytes().strip())
        except FileNotFoundError as error:
            raise KeyNotUsableError(
                f"there is no key {self._path}; copy it from where the channel was added, or enter the address of "
                "the channel anew"
            ) from error
        except (OSError, ValueError) as error:
            raise KeyNotUsableError(f"the key {self._path} cannot be used: {error}") from error

    def _make(self) -> None:
        """Whole or not there, readable by nobody else, and never over one that another process has just made."""
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(Fernet.generate_key() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(beside, self._path)
        finally:
            beside.unlink()
