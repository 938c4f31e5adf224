"""From plain values to the site file's schema, with every mistake in words that say what would be right."""

import re
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from facility.language import _
from facility.site_errors import Problem, did_you_mean, one_of, quoted
from facility.site_schema import SiteEntry
from facility.site_yaml import Document, Path


def validate(document: Document) -> tuple[SiteEntry | None, list[Problem]]:
    """What of the file has the right shape, and the problems of the rest.

    Unknown keys, and list elements with a mistake in them, are left out of the document, so that everything else can
    still be checked against each other. None where a mistake stands outside any list.
    """
    problems: list[Problem] = []
    while True:
        try:
            return SiteEntry.model_validate(document.remaining()), problems
        except ValidationError as error:
            details = error.errors(include_url=False)
        problems = problems or [document.problem(_place(detail), _words(detail)) for detail in details]
        mistaken = {document.original(_to_leave_out(detail)) for detail in details} - {()}
        if not mistaken:
            return None, problems
        document.left_out |= mistaken


def keys_at(place: Path) -> list[str]:
    """The keys that the schema knows at a place; none where it holds no group of keys."""
    kind: Any = SiteEntry
    for step in place:
        if _is_group(kind):
            kind = kind.model_fields[step].annotation if step in kind.model_fields else None
        else:
            kind = get_args(kind)[-1] if get_args(kind) else None
        kind = _plain(kind)
    return list(kind.model_fields) if _is_group(kind) else []


def _plain(kind: Any) -> Any:
    """A kind without what may stand around it: that it may be left out, and what is checked of it."""
    while get_origin(kind) in (UnionType, Union, Annotated):
        kind = next(part for part in get_args(kind) if part is not NoneType)
    return kind


def _is_group(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _place(detail: ErrorDetails) -> Path:
    return tuple(step for step in detail["loc"] if step != "[key]")


def _to_leave_out(detail: ErrorDetails) -> Path:
    """An unknown key itself; else the innermost list element around a mistake, or nothing outside any list."""
    place = _place(detail)
    if detail["type"] == "extra_forbidden":
        return place
    while place and not isinstance(place[-1], int):
        place = place[:-1]
    return place


def _words(detail: ErrorDetails) -> str:
    """What is wrong and what would be right, from one finding of pydantic."""
    place, written = _place(detail), detail["input"]
    key = next((step for step in reversed(place) if isinstance(step, str)), "file")
    match detail["type"]:
        case "extra_forbidden":
            known = keys_at(place[:-1])
            near = did_you_mean(key, known)
            return _(
                "unknown key {key}{near}; the keys here are {known}",
                key=quoted(key),
                near=near,
                known=", ".join(known),
            )
        case "missing":
            return _("the key {key} is missing", key=quoted(key))
        case "enum" | "literal_error":
            words = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
            noun = key.removesuffix("s").replace("_", " ")
            near = did_you_mean(str(written)[:60], words)
            return _(
                "unknown {noun} {written}; {words}{near}",
                noun=noun,
                written=quoted(written),
                words=one_of(words),
                near=near,
            )
        case "value_error":
            return str(detail["ctx"]["error"])
        case "float_parsing" | "float_type" | "finite_number":
            return _("{written} is no number", written=quoted(written))
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("{written} is no whole number", written=quoted(written))
        case "bool_parsing" | "bool_type":
            return _("{written} is neither true nor false", written=quoted(written))
        case "list_type":
            return _("should be a list: lines that begin with '-', or [a, b]")
        case "model_type" | "dict_type":
            keys = ", ".join(keys_at(place))
            return _("should be keys with values: {keys}", keys=keys) if keys else _("should be keys with values")
        case "string_type":
            return _("has no value") if written is None else _("should be plain text")
        case "greater_than":
            return _("must be more than {number}", number=f"{detail['ctx']['gt']:g}")
        case "greater_than_equal":
            return _("must be at least {number}", number=f"{detail['ctx']['ge']:g}")
        case "less_than_equal":
            return _("must be at most {number}", number=f"{detail['ctx']['le']:g}")
        case "too_long":
            return _(
                "should have at most {most}, has {n}",
                most=detail["ctx"]["max_length"],
                n=detail["ctx"]["actual_length"],
            )
        case "too_short":
            return _(
                "should have at least {least}, has {n}",
                least=detail["ctx"]["min_length"],
                n=detail["ctx"]["actual_length"],
            )
        case _:
            return detail["msg"][0].lower() + detail["msg"][1:]
