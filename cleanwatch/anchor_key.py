"""The key that mails about the audit trail are signed with: made at the first start, kept in the data folder."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from cleanwatch.claim import place
from facility.instants import Clock
from storage.records.database import Records
from storage.records.trail import anchors

NAME = "audit-key.pem"


class KeyNotUsableError(Exception):
    """The key file cannot be used; the message says why, and what would be right."""


def public_pem(key: Ed25519PrivateKey) -> str:
    """The public half, for whoever verifies."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_of(folder: Path) -> Ed25519PrivateKey | None:
    """The key of a data folder; None where none was made. Raises KeyNotUsableError."""
    path = folder / NAME
    try:
        if not path.exists():
            return None
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyNotUsableError(f"the key in {path} cannot be read: {error}. {_AGAIN}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyNotUsableError(f"the key in {path} is of another kind than Ed25519. {_AGAIN}")
    return key


_AGAIN = "Put it back from where it is kept, or move it away: then a new one is made, and goes on record"


def key_on_record(folder: Path, records: Records, clock: Clock) -> Ed25519PrivateKey:
    """The key of a data folder, made where there is none; its public half is on record. Raises KeyNotUsableError."""
    key = key_of(folder)
    if key is None:
        key = Ed25519PrivateKey.generate()
        _keep(folder / NAME, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem = public_pem(key)
    with records.transaction() as connection:
        if pem not in anchors.public_keys(connection):
            anchors.key_made(connection, clock(), pem, place(folder))
    return key


def _keep(path: Path, content: bytes) -> None:
    """Readable by nobody else, at no moment; whole, or not there."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
