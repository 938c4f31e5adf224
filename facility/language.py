"""The language that people read. Texts stand in English in the code; `languages/<code>.po` has them in another one.

Adding a language is one file there. The site file names the language of a site.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ENGLISH = "en"
CATALOGUES = Path(__file__).parent / "languages"
SCRIPTS = "assets/"
"""Texts in files there are written by the browser."""
_PLACE = re.compile(r"\{(\w+)\}")
_speaking: ContextVar[str] = ContextVar("_speaking", default=ENGLISH)


def languages() -> tuple[str, ...]:
    """The codes of the languages there are, English first."""
    return (ENGLISH, *sorted(path.stem for path in CATALOGUES.glob("*.po")))


def language() -> str:
    """The code of the language that is spoken here and now."""
    return _speaking.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within it texts are written in that language; English where there is no catalogue of it."""
    token = _speaking.set(code)
    try:
        yield
    finally:
        _speaking.reset(token)


def _(message: str, /, **values: object) -> str:
    """The text in the language that is spoken, with its values in place: `_("Batch {batch}", batch=run.batch)`."""
    return _put(_catalogue(_speaking.get()).gettext(message), values) if message else ""  # gettext has its head there


def _n(one: str, many: str, n: int, /, **values: object) -> str:
    """The text for one or for several: `_n("{n} alarm", "{n} alarms", n, n=formats.words(n))`."""
    return _put(_catalogue(_speaking.get()).ngettext(one, many, n), values)


def N_(message: str, /) -> str:  # noqa: N802  # gettext's own name for it
    """The text as it is, marked for the catalogue: for constants, which are read before anybody speaks."""
    return message


def retold(written: str, *files: str) -> str:
    """What the program has once written down in English, in the language that is spoken.

    It is found again by the texts with places in files whose paths begin like these; their values are looked up the
    same way, for one text may be a part of another. Whatever is none of them stays as it is.
    """
    for pattern, text in _patterns(_speaking.get(), files):
        if (found := pattern.fullmatch(written)) is not None:
            return _put(text, {place: retold(value, *files) for place, value in found.groupdict().items()})
    return written


def in_scripts() -> dict[str, str]:
    """The texts of the browser's scripts in the language that is spoken; none in English, which stands in them."""
    read = _read(_speaking.get())
    if read is None:
        return {}
    return {str(m.id): str(m.string) for m in read if any(file.startswith(SCRIPTS) for file, _line in m.locations)}


def _put(text: str, values: dict[str, object]) -> str:
    return text.format(**values) if values else text


@cache
def _patterns(code: str, files: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What a text of these files looks like once it is written, with its translation; the longest first."""
    texts = {
        m.id: m.string
        for m in _read(code) or ()
        if isinstance(m.id, str)
        and isinstance(m.string, str)
        and m.string
        and any(file.startswith(files) for file, _line in m.locations)
    }
    by_length = sorted(texts, key=lambda text: len(_PLACE.sub("", text)), reverse=True)
    return tuple((_pattern(text), texts[text]) for text in by_length if _PLACE.sub("", text).strip())


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PLACE.split(text)
    parts[::2] = map(re.escape, parts[::2])
    places = parts[1::2]
    parts[1::2] = (f"(?P={p})" if p in places[:n] else f"(?P<{p}>.*?)" for n, p in enumerate(places))
    return re.compile("".join(parts), re.DOTALL)


@cache
def _catalogue(code: str) -> NullTranslations:
    read = _read(code)
    if read is None:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


@cache
def _read(code: str) -> Catalog | None:
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=code)
