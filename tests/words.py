"""The catalogues of languages and the texts in the code: `make words` brings the first in line with the second.

A catalogue has the files that a text stands in but no lines, and texts in their own order: a change of the code
changes nothing in it but the texts that are others.
"""

import ast
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from alerts.health_targets import Verdict
from app.status import Status
from facility.alarm import AlarmState, Condition, HoldKind
from facility.change_states import ChangeState, Step
from facility.language import CATALOGUES
from facility.levels.result import Method
from facility.levels.units import Unit
from facility.limit import RoomState, Severity, Side
from facility.reading import Reason, Validity
from facility.roles import Right, Role
from storage.records.annotations import Kind
from storage.records.annotations import Standing as AnnotationStanding
from storage.records.people.accounts import AccountState

Extracted: TypeAlias = tuple[int, str, tuple[Any, ...], list[str]]
"""As Babel has it: line, function, texts, comments."""
ROOT = Path(__file__).parents[1]
PACKAGES = ("alerts", "app", "assets", "bus", "cleanwatch", "collectors", "facility", "storage")
IMPORTED = b"from facility.language import"
"""What every Python file with a text in it says; the others need no second look."""
KEYWORDS = {"_": None, "N_": None, "_n": (1, 2), "say": None}
SHOWN: tuple[type[Enum], ...] = (
    AccountState,
    AlarmState,
    AnnotationStanding,
    ChangeState,
    Condition,
    HoldKind,
    Kind,
    Method,
    Reason,
    Right,
    Role,
    RoomState,
    Severity,
    Side,
    Status,
    Step,
    Unit,
    Validity,
    Verdict,
)
"""Enumerations whose members people see: each is a text, looked up where it is shown."""


def _in_python(file: IO[bytes], keywords: Collection[str], _tags: object, options: object) -> Iterator[Extracted]:
    """Every text in a file of Python, wherever in other calls it stands.

    Babel's own way leaves out what stands deeper, as the second of `_("…", a=f(_("…")))` does.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            texts = tuple(one.value if isinstance(one, ast.Constant) else None for one in node.args)
            yield node.lineno, node.func.id, texts, []


WAYS: dict[str, Any] = {".py": _in_python, ".js": "javascript", ".html": "jinja2.ext:babel_extract"}


def template() -> Catalog:
    """Every text in the code, with the files that it stands in."""
    found = Catalog(charset="utf-8")
    for file, message in sorted(_texts(), key=lambda entry: (str(entry[1]), entry[0])):
        found.add(message, locations=[(file, 0)])
    return found


def in_line(code: str, texts: Catalog) -> str:
    """The catalogue of a language with all texts and no others, as its file should be. New texts are empty."""
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return _written(catalogue)


def words_of(member: Enum) -> str:
    """The text of a member of an enumeration: its value, or of a number its name."""
    return member.value if isinstance(member.value, str) else member.name.lower().replace("_", " ")


def _texts() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.suffix in WAYS and (path.suffix != ".py" or IMPORTED in path.read_bytes()):
                file = path.relative_to(ROOT).as_posix()
                yield from ((file, message) for message in _in_file(path))
    for enumeration in SHOWN:
        file = f"{enumeration.__module__.replace('.', '/')}.py"
        yield from ((file, words_of(member)) for member in enumeration)


def _in_file(path: Path) -> Iterable[str | tuple[str, ...]]:
    options = {"encoding": "utf-8"}
    with path.open("rb") as file:
        for _line, message, _comments, _context in extract(WAYS[path.suffix], file, KEYWORDS, options=options):
            yield message


def _written(catalogue: Catalog) -> str:
    body = BytesIO()
    write_po(body, catalogue, width=118, omit_header=True, sort_output=True, include_lineno=False)
    header = f'"Language: {catalogue.locale_identifier}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    forms = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    return f'msgid ""\nmsgstr ""\n{header}{forms}\n{body.getvalue().decode()}'


def main() -> None:
    """Bring every catalogue in line, and say what has to be translated."""
    texts = template()
    for path in sorted(CATALOGUES.glob("*.po")):
        path.write_text(in_line(path.stem, texts))
        with path.open("rb") as file:
            missing = [message for message in read_po(file, locale=path.stem) if message.id and not message.string]
        print(f"{path.stem}: {len(texts)} texts, {len(missing)} to be translated")


if __name__ == "__main__":
    main()
