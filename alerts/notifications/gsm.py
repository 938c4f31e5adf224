"""Text for phones: one text of 160 characters, in the alphabet that lets it be one (GSM 03.38).

A single character outside of it, like the sign for at least, makes a phone network send 70 characters a text.
"""

import unicodedata
from collections.abc import Sequence

LENGTH = 160
_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Characters that count once; those of its extension table, like brackets, count twice and are written otherwise."""
_WRITTEN = {
    "≥": ">=",
    "≤": "<=",
    "µ": "u",
    "μ": "u",
    "³": "3",
    "²": "2",
    "°": "",
    "−": "-",
    "–": "-",
    "…": "..",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "\u202f": " ",
    "\u00a0": " ",
    "~": "-",
    "^": "",
    "|": "/",
    "\\": "/",
    "€": "EUR",
}


def plain(text: str) -> str:
    """The text in that alphabet, with other characters written as near as can be."""
    return "".join(_plain(character) for character in text)


def fitted(heads: Sequence[str], must: str, more: Sequence[str], end: str) -> str:
    """One text: a head, what must be there, as much of the rest as fits in order of importance, and an end.

    The head is the first of `heads` that leaves room for what must be there; where none does, the last, cut.
    """
    end, must = plain(end), plain(must)
    if len(must) + len(end) > LENGTH:
        must = ""
    room = LENGTH - len(must) - len(end)
    written = [plain(head) for head in heads]
    text = next((head for head in written if len(head) <= room), written[-1][:room]) + must
    for part in map(plain, more):
        if len(text) + len(part) + len(end) <= LENGTH:
            text += part
    return text + end


def _plain(character: str) -> str:
    if character in _ALPHABET:
        return character
    if character in _WRITTEN:
        return _WRITTEN[character]
    base = unicodedata.normalize("NFKD", character)
    return "".join(part for part in base if part in _ALPHABET) or ("" if base != character else "?")
