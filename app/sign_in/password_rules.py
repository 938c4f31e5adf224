"""Which passwords are refused, and why (NIST SP 800-63B-4, 3.1.1.2: length and a blocklist, no composition rules)."""

import re
from collections.abc import Iterable

from app.sign_in.rules import SignInRules


def problem(rules: SignInRules, password: str, *, names: Iterable[str]) -> str | None:
    """Why this cannot be a password here, in words; None where it can.

    `names` are those that it must not be made of: the account's, the person's, the site's, the program's.
    """
    if len(password) < rules.shortest:
        return f"At least {rules.shortest} characters are needed; some words in a row are easy to remember."
    if len(password) > rules.longest:
        return f"At most {rules.longest} characters can be used."
    if len(set(password.lower())) < 5:
        return "It has too few different characters."
    lower = password.lower()
    for name in names:
        if any(len(part) >= 4 and part in lower for part in (name.lower(), *re.split(r"[\W_]+", name.lower()))):
            return f"It must not have the name “{name}” or a part of it in it."
    return None
