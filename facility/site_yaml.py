"""YAML read with its line numbers kept, and nothing that YAML can do beyond plain text, lists and keys.

Every plain value stays the text that was written: what it means is for the schema to say. So a serial number 0042
keeps its zeros, and no word turns into a boolean.
"""

from dataclasses import dataclass, field
from itertools import count, islice
from typing import TypeAlias

import yaml

from facility.language import _
from facility.site_errors import Problem, SiteFileError

DEEPEST = 30
"""Levels of lists and keys inside each other; a site file takes six."""
LARGEST = 1_000_000
"""Characters. The largest site file that is read; a suite of 120 points takes some 30,000."""

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

_TOP = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_TOP + tag for tag in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")}


@dataclass
class Document:
    """A YAML file as plain values, with the line of every key and element."""

    file: str
    value: Value = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: set[Path] = field(default_factory=set)
    """Keys and elements that `remaining` leaves out, because there is a mistake in them."""

    def remaining(self) -> Value:
        """The value without what is left out."""
        return self._remaining(self.value, ())

    def original(self, place: Path) -> Path:
        """Where a place in the remaining value stands in the whole one."""
        whole: Path = ()
        for step in place:
            if isinstance(step, int):
                kept = (index for index in count() if (*whole, index) not in self.left_out)
                step = next(islice(kept, step, None))
            whole = (*whole, step)
        return whole

    def line_of(self, path: Path) -> int:
        """The line of a place, or of the nearest place around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def key_of(self, path: Path) -> str:
        """A place in words: elements by their id, or counted from 1: `rooms[B101].instruments[2].interval`."""
        text, value = "", self.value
        for step in path:
            if isinstance(step, int):
                value = value[step] if isinstance(value, list) and step < len(value) else None
                name = value.get("id") if isinstance(value, dict) else None
                text += f"[{name if isinstance(name, str) else step + 1}]"
            else:
                value = value.get(step) if isinstance(value, dict) else None
                text += f".{step}" if text else step
        return text

    def problem(self, path: Path, message: str) -> Problem:
        return Problem(self.file, self.line_of(path), self.key_of(path), message)

    def _remaining(self, value: Value, path: Path) -> Value:
        if isinstance(value, dict):
            keys = [key for key in value if (*path, key) not in self.left_out]
            return {key: self._remaining(value[key], (*path, key)) for key in keys}
        if isinstance(value, list):
            kept = [(index, inner) for index, inner in enumerate(value) if (*path, index) not in self.left_out]
            return [self._remaining(inner, (*path, index)) for index, inner in kept]
        return value


def read_yaml(text: str, file: str) -> Document:
    """The document in a YAML text. What cannot be read at all raises SiteFileError; the rest is in `problems`."""
    document = Document(file)
    if len(text) > LARGEST:
        raise SiteFileError(
            [
                Problem(
                    file,
                    1,
                    "",
                    _("{n} characters; a site file has at most {most}", n=f"{len(text):,}", most=f"{LARGEST:,}"),
                )
            ]
        )
    try:
        if _too_deep(text):
            raise SiteFileError([Problem(file, 1, "", _("nested too deeply for a site file"))])
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if node is not None:
            document.value = _value(node, (), document, set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else 1
        raise SiteFileError([Problem(file, line, "", _("this is not YAML: {said}", said=said))]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reason = _("the character {character} cannot stand in YAML", character=repr(error.character))
        raise SiteFileError([Problem(file, line, "", reason)]) from error
    return document


def _too_deep(text: str) -> bool:
    """Found without descending: libyaml's composer overflows the stack of the process on a text nested too deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


def _value(node: yaml.Node, path: Path, document: Document, seen: set[int]) -> Value:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen:
        document.problems.append(
            document.problem(path, _("aliases (*name) are not read; share limits by a limit set"))
        )
        return None
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode) and node.tag == _TOP + "map":
        return _mapping(node, path, document, seen)
    if isinstance(node, yaml.SequenceNode) and node.tag == _TOP + "seq":
        return [_value(element, (*path, index), document, seen) for index, element in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN_TAGS:
        text: str = node.value
        return None if node.tag == _TOP + "null" else text
    tag = node.tag.replace(_TOP, "!!")
    document.problems.append(document.problem(path, _("the tag {tag} is not read; write a plain value", tag=tag)))
    return None


def _mapping(node: yaml.MappingNode, path: Path, document: Document, seen: set[int]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(
                Problem(document.file, line, document.key_of(path), _("a key must be plain text"))
            )
            continue
        key: str = key_node.value
        if key in values:
            first = document.lines[(*path, key)]
            document.problems.append(
                Problem(
                    document.file,
                    line,
                    document.key_of((*path, key)),
                    _("written twice; first in line {line}", line=first),
                )
            )
            continue
        document.lines[(*path, key)] = line
        values[key] = _value(value_node, (*path, key), document, seen)
    return values
