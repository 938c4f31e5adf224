"""Which passwords are refused, and why (NIST SP 800-63B-4, 3.1.1.2: length and a blocklist, no composition rules).

The blocklist is `common-passwords.gz`: the 29,706 of five and more characters among the 30,000 that were found most
often in breaches. It is the list of zxcvbn 4.5.0 (MIT licence), which Dropbox made of Mark Burnett's ten million
(2015, public domain). It holds also where digits and signs stand before or behind, where letters are written as
digits, and where a word is repeated: that is how people get to twelve characters.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from app.sign_in.rules import SignInRules
from facility.language import _

LIST = Path(__file__).parent / "common-passwords.gz"
AS_LETTERS = str.maketrans("01345789@$!", "oleastbgasi")
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1234567890")
FEWEST_DIFFERENT = 5
SHORTEST_PART = 4


def problem(rules: SignInRules, password: str, *, names: Iterable[str]) -> str | None:
    """Why this cannot be a password here, in words; None where it can.

    `names` are those that it must not be made of: the account's, the person's, the site's, the program's.
    """
    if len(password) < rules.shortest:
        return _(
            "At least {shortest} characters are needed; some words in a row are easy to remember.",
            shortest=rules.shortest,
        )
    if len(password) > rules.longest:
        return _("At most {longest} characters can be used.", longest=rules.longest)
    lower = password.lower()
    if len(set(lower)) < FEWEST_DIFFERENT or any(lower in row * 8 or lower in row[::-1] * 8 for row in ROWS):
        return _("It is too easy to guess: too few different characters, or only those that follow one another.")
    if any(core in _common() for core in _cores(lower)):
        return _("It is too easy to guess: a password that many people use, with little added. Take other words.")
    for name in names:
        if any(part in lower for part in re.split(r"[\W_]+", name.lower()) if len(part) >= SHORTEST_PART):
            return _("It must not have “{name}” or a part of it in it.", name=name)
    return None


def _cores(password: str) -> Iterator[str]:
    """What a password is made of, if it is one word with something round it, or several times the same."""
    for written in (password, password.translate(AS_LETTERS)):
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", written)
        repeated = re.fullmatch(r"(.+?)\1+", core)
        yield from (written, core, repeated.group(1) if repeated else core)
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    yield core.translate(AS_LETTERS)


@cache
def _common() -> frozenset[str]:
    return frozenset(gzip.decompress(LIST.read_bytes()).decode().split())
