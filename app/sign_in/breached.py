"""Passwords that were found in breaches, in a local file: nothing of a password ever leaves this machine.

The file is that of Have I Been Pwned's downloads, sorted by hash: a line is the SHA-1 of a password in 40 hexadecimal
digits, a colon, and how often it was found. It has some forty gigabytes, so it is searched where it lies.
"""

import hashlib
import re
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

LINE = re.compile(rb"[0-9A-Fa-f]{40}:[0-9]+\r?\n?")
LONGEST = 80
"""Bytes of a line, at most."""
SAMPLES = 64
"""Places of the file at which is looked whether it is what it should be."""


class NotAListError(Exception):
    """The file cannot be used; the message says why, and what would be right."""


class BreachedPasswords:
    """The list of a file, which is looked at here and there. Raises NotAListError where it is none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            with file.open("rb") as lines:
                size = lines.seek(0, 2)
                found = [_line_at(lines, size * part // SAMPLES) for part in range(SAMPLES)]
        except OSError as error:
            raise NotAListError(f"{file}, the list of breached passwords, cannot be read: {error.strerror}") from None
        found = [line for line in found if line]
        wrong = next((line for line in found if not LINE.fullmatch(line)), None)
        if not found or wrong is not None:
            raise NotAListError(
                f"{file} is no list of breached passwords: {_said(wrong)}. Right are lines of a password's SHA-1 "
                "in 40 hexadecimal digits, a colon and a count, as in Have I Been Pwned's downloads by SHA-1."
            )
        if any(earlier[:40].upper() > later[:40].upper() for earlier, later in pairwise(found)):
            raise NotAListError(
                f"{file} is not sorted by hash. Take the download of Have I Been Pwned in that order."
            )

    def has(self, password: str) -> bool:
        """Is it in the list? About 35 looks at the disk. Raises OSError."""
        hash = hashlib.sha1(password.encode("utf-8", "replace"), usedforsecurity=False)
        wanted = hash.hexdigest().upper().encode()
        with self._file.open("rb") as lines:
            low, high = 0, lines.seek(0, 2)
            while low < high:  # the line wanted begins at or after low, and before high
                middle = (low + high) // 2
                found = _line_at(lines, middle)[:40].upper()
                if found == wanted:
                    return True
                if found and found < wanted:
                    low = middle + 1
                else:
                    high = middle
        return False


def _line_at(lines: BinaryIO, place: int) -> bytes:
    """The first line that begins at a place of the file or after it; empty behind the last one."""
    lines.seek(max(0, place - 1))
    if place:
        lines.readline(LONGEST)  # the end of the line before
    return lines.readline(LONGEST)


def _said(line: bytes | None) -> str:
    return "it is empty" if line is None else f"it says {line[:50].decode('utf-8', 'replace').strip()!r}"
