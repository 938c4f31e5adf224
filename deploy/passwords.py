"""Random passwords, files that only their owner reads, and lines of mosquitto's password file.

Python's standard library is all it needs, so that a host with nothing but Docker can make them.
"""

import base64
import hashlib
import os
import re
import secrets
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What may be a user at the broker: no part of it means anything in a topic or in the password file."""
ROUNDS = 101
"""As many as mosquitto_passwd itself takes. The passwords are random: more rounds would only slow the broker down,
which checks them in the one thread that also moves every message."""


def new_secret() -> str:
    """192 random bits in letters and digits that need no quoting anywhere."""
    return secrets.token_urlsafe(24)


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner reads; FileExistsError where there is one already."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        os.fchmod(descriptor, 0o600)
    owner = path.parent.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def mosquitto_line(user: str, password: str) -> str:
    """A line of mosquitto's password file: PBKDF2 with SHA-512, its format 7."""
    salt = secrets.token_bytes(12)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"{user}:$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}\n"


def set_broker_password(folder: Path, user: str) -> Path:
    """Give a user of the broker a new password; returns the file that holds it.

    The file comes last: while it is not there, whoever makes what is missing makes both.
    """
    password = new_secret()
    secret = folder / "secrets" / f"broker-{user}"
    secret.unlink(missing_ok=True)
    _replace(folder, user, mosquitto_line(user, password))
    write_private(secret, password)
    return secret


def remove_broker_user(folder: Path, user: str) -> None:
    """Take a user of the broker off its list, and forget the password."""
    _replace(folder, user, "")
    (folder / "secrets" / f"broker-{user}").unlink(missing_ok=True)


def _replace(folder: Path, user: str, line: str) -> None:
    """Put another line for a user into the broker's file: as a whole, so that the broker never sees half of it."""
    hashes = folder / "passwords" / "mosquitto"
    lines = hashes.read_text().splitlines(keepends=True) if hashes.exists() else []
    fresh = hashes.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    write_private(fresh, "".join([*(other for other in lines if not other.startswith(f"{user}:")), line]))
    fresh.replace(hashes)
