"""Reading the simulator's own YAML files, with errors that name file, line, key and what is wrong."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from facility.site_errors import SiteFileError
from facility.site_yaml import Document, read_yaml


class Part(BaseModel):
    """A group of keys in one of these files."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Read = TypeVar("Read", bound=Part)
Mismatch = tuple[tuple[str | int, ...], str]
"""Where something does not fit the site, and what."""


def load(path: Path, kind: type[Read], mismatches: Callable[[Read], Iterable[Mismatch]]) -> Read:
    """What a file holds; raises SiteFileError with everything wrong in it."""
    document = read_yaml(path.read_text(encoding="utf-8"), str(path))
    problems = list(document.problems)
    try:
        read = kind.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += [document.problem(_place(document, detail["loc"]), detail["msg"]) for detail in details]
        raise SiteFileError(problems) from error
    problems += [document.problem(place, words) for place, words in mismatches(read)]
    if problems:
        raise SiteFileError(problems)
    return read


def _place(document: Document, steps: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Pydantic also names the kind of an event in its path, which is no place in the file."""
    place: tuple[str | int, ...] = ()
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if (*place, step) in document.lines or last:
            place = (*place, step)
    return place
