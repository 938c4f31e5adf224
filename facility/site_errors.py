"""What is wrong with a site file: every problem with its place and with what would be right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from facility.language import _


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `line` counts from 1; `key` leads to the place, like `rooms[B101].plan.x`; empty for the file."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        return f"{place}{self.key}: {self.message}" if self.key else place + self.message


class SiteFileError(Exception):
    """A site file that cannot be used. `problems` holds all that was found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean B101?`, or nothing where no known word is near."""
    as_written = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), as_written, n=1)
    return _("; did you mean {word}?", word=as_written[near[0]]) if near else ""


def quoted(written: object) -> str:
    """What was written, in quotes, and not more of it than a person wants to see."""
    text = repr(written)
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_of(words: Sequence[str]) -> str:
    """`one of A, B, C, D`."""
    return _("one of {words}", words=", ".join(words))


def not_described(kind: str, name: str, known: Iterable[str]) -> str:
    """`room B11 is not described; did you mean B101?`"""
    near = did_you_mean(name, known)
    return _("{kind} {name} is not described{near}", kind=_(kind), name=name, near=near)
