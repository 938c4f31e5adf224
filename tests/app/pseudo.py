"""A language that nobody speaks: every text of the program in the strange letters of it, ａｂｃ for abc.

What a page shows in plain letters while it is spoken has not come from the catalogue. What people have written is
made strange as well (`strange`), so that it is not taken for a text of the program.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from facility import language
from tests.words import template

CODE = "el"
"""A language of CLDR with letters of its own in its names of days and months, and two plural forms."""
PLAIN = re.compile("[A-Za-z]")
_STRANGE = {ord(letter): ord(letter) + 0xFEE0 for letter in map(chr, range(0x21, 0x7F)) if letter.isalpha()}
_KEPT = re.compile(r"\{\w*\}|<[^>]*>")
"""Places, and marks of a page."""
_WRITTEN = {"name", "rationale", "response"}
"""The keys of a site file under which people write what they like."""


def strange(text: str) -> str:
    """The text in strange letters. `{places}` stay."""
    kept = [*_KEPT.findall(text), ""]
    parts = _KEPT.split(text)
    return "".join(part.translate(_STRANGE) + place for part, place in zip(parts, kept, strict=True))


def strange_site(text: str) -> str:
    """A site file that speaks the language, in which people have written in strange letters."""
    return str(yaml.safe_dump(_strange_in(yaml.safe_load(text)) | {"language": CODE}, sort_keys=False))


def _strange_in(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _strange_in(part, name) for name, part in value.items()}
        case list():
            return [_strange_in(part, key) for part in value]
        case str() if key in _WRITTEN:
            return strange(value)
    return value


@contextmanager
def a_language_that_nobody_speaks(folder: Path) -> Iterator[None]:
    """While it is there, `CODE` is a language of the program."""
    catalogue = Catalog(locale=CODE, charset="utf-8")
    for message in template():
        if message.id:
            texts = message.id
            told = strange(texts) if isinstance(texts, str) else tuple(map(strange, texts))
            catalogue.add(texts, told, locations=message.locations)
    with (folder / f"{CODE}.po").open("wb") as file:
        write_po(file, catalogue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "CATALOGUES", folder)
        _forget()
        yield
    _forget()


def _forget() -> None:
    for read in (language._read, language._catalogue, language._patterns):
        read.cache_clear()
