"""Changes a YAML text at one place and leaves everything else to the letter: comments, order, quotes, blank lines.

Each function takes a text that `facility.site_yaml` reads and gives a text. Places are those of its `Document`: keys
and indices from the top. New text is YAML as it is to stand there.
"""

import yaml

from facility.site_yaml import Path

WIDEST = 120
"""Characters of a line; what would go beyond it begins a new one where the style allows."""


def set_key(text: str, place: Path, key: str, value: str) -> str:
    """The value of a key of the mapping at a place; a key that is not there is added behind the others."""
    mapping = _mapping(text, place)
    for key_node, value_node in mapping.value:
        if key_node.value == key:
            start, end = value_node.start_mark.index, _end(text, value_node)
            gap = "" if text[start - 1].isspace() else " "
            return text[:start] + gap + value + text[end:]
    end = _end(text, mapping.value[-1][1])
    if mapping.flow_style:
        return _behind(text, end, mapping, f"{key}: {value}")
    return _new_line(text, end, mapping.start_mark.column, f"{key}: {value}")


def delete_key(text: str, place: Path, key: str) -> str:
    """Without a key of the mapping at a place, which has others; a text that has no such key stays as it is."""
    mapping = _mapping(text, place)
    for index, (key_node, value_node) in enumerate(mapping.value):
        if key_node.value != key:
            continue
        start, end = key_node.start_mark.index, _end(text, value_node)
        if mapping.flow_style:
            return _cut(text, start, end)
        if text[_line_start(text, start) : start].isspace() or start == _line_start(text, start):
            return text[: _line_start(text, start)] + text[_line_end(text, end) :]
        return text[:start] + text[mapping.value[index + 1][0].start_mark.index :]
    return text


def add_element(text: str, place: Path, element: str) -> str:
    """With an element behind the others of the list at a place."""
    sequence = _sequence(text, place)
    if not sequence.value:
        start = sequence.start_mark.index + 1
        return text[:start] + element + text[start:]
    end = _end(text, sequence.value[-1])
    if sequence.flow_style:
        return _behind(text, end, sequence, element)
    return _new_line(text, end, sequence.start_mark.column, f"- {element}")


def remove_element(text: str, place: Path, index: int) -> str:
    """Without one of the elements of the list at a place, which has others."""
    sequence = _sequence(text, place)
    start, end = sequence.value[index].start_mark.index, _end(text, sequence.value[index])
    if sequence.flow_style:
        return _cut(text, start, end)
    dash = text.rindex("-", 0, start)
    return text[: _line_start(text, dash)] + text[_line_end(text, end) :]


def quoted(value: str) -> str:
    """A text as YAML, in double quotes."""
    written: str = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**9)
    return written.rstrip("\n")


def _node(text: str, place: Path) -> yaml.CollectionNode:
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == step)
    if not isinstance(node, yaml.CollectionNode):
        raise TypeError(f"{place} is no mapping or list")
    return node


def _mapping(text: str, place: Path) -> yaml.MappingNode:
    node = _node(text, place)
    if not isinstance(node, yaml.MappingNode):
        raise TypeError(f"{place} is no mapping")
    return node


def _sequence(text: str, place: Path) -> yaml.SequenceNode:
    node = _node(text, place)
    if not isinstance(node, yaml.SequenceNode):
        raise TypeError(f"{place} is no list")
    return node


def _end(text: str, node: yaml.Node) -> int:
    """Where a node's own text ends. What YAML calls the end of a block is behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start: int = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def _behind(text: str, end: int, around: yaml.CollectionNode, addition: str) -> str:
    """Behind an element in braces or brackets; on a line of its own where the line would be too long."""
    here = end - _line_start(text, end)
    gap = " " if here + len(addition) + 4 <= WIDEST else _newline(text) + " " * (around.start_mark.column + 1)
    return f"{text[:end]},{gap}{addition}{text[end:]}"


def _new_line(text: str, end: int, indent: int, addition: str) -> str:
    """On a new line below the one in which something ends."""
    at, newline = _line_end(text, end), _newline(text)
    before = text[:at] if text[:at].endswith("\n") else text[:at] + newline
    return f"{before}{' ' * indent}{addition}{newline}{text[at:]}"


def _cut(text: str, start: int, end: int) -> str:
    """Without something in braces or brackets, and without one of the commas beside it."""
    behind = text[end:].lstrip()
    if behind.startswith(","):
        return text[:start] + behind[1:].lstrip(" ")
    before = text[:start].rstrip()
    is_comma = before.endswith(",") and "#" not in before[_line_start(text, len(before)) :]
    return (before[:-1] if is_comma else text[:start]) + text[end:]


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Where the next line begins."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
