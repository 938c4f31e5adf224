"""Reads a site file: YAML, checked by its schema and against itself, and made into a `Site`."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from facility.language import _
from facility.site import Site
from facility.site_build import build
from facility.site_checks import mistakes_in
from facility.site_errors import Problem, SiteFileError
from facility.site_validation import validate
from facility.site_yaml import Document, read_yaml


def load_site(path: Path) -> Site:
    """The site in a file. SiteFileError with every problem found, also where the file cannot be read."""
    return parse_site(site_text(path), str(path))


def site_text(path: Path) -> str:
    """What a site file says, to the letter. SiteFileError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SiteFileError([Problem(str(path), 1, "", _("cannot be read: {why}", why=error.strerror))]) from error
    except UnicodeDecodeError as error:
        raise SiteFileError([Problem(str(path), 1, "", _("is not UTF-8 text: {why}", why=error.reason))]) from error


def parse_site(text: str, name: str) -> Site:
    """The site in a text. `name` stands for the file in SiteFileError, which carries every problem found."""
    try:
        return _site(text)
    except SiteFileError as error:
        raise SiteFileError(replace(problem, file=name) for problem in error.problems) from None


# A form reads the file in force and the one it proposes at every key that is typed, and again when it is drafted.
@lru_cache(maxsize=4)
def _site(text: str) -> Site:
    document = read_yaml(text, "")
    entry, problems = validate(document)
    problems += document.problems
    if entry is not None:
        found = dict(reversed([*mistakes_in(entry, _room_ids(document))]))
        problems += [document.problem(document.original(place), message) for place, message in found.items()]
    if entry is None or problems:
        raise SiteFileError(problems)
    return build(entry, text)


def _room_ids(document: Document) -> list[str]:
    """All room ids that are written, those with mistakes in them too."""
    rooms = document.value.get("rooms") if isinstance(document.value, dict) else None
    ids = [room.get("id") for room in rooms if isinstance(room, dict)] if isinstance(rooms, list) else []
    return [id for id in ids if isinstance(id, str)]
