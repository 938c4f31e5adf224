"""docs/audit-trail.md explains every action that the code writes into the audit trail, and no other."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from alerts import retrospect
from alerts.machine import Transition
from alerts.present_causes import EXPLAINED
from alerts.present_excursions import FIRST_OUT, NOT_FIRST_OUT
from app.trail_query import EYES

ROOT = Path(__file__).parents[2]
PACKAGES = ("alerts", "app", "cleanwatch", "collectors", "facility", "storage")
ENGINE = {*Transition, retrospect.FOUND, retrospect.COMPLETED, EXPLAINED, FIRST_OUT, NOT_FIRST_OUT}
"""What becomes of an alarm: handed through several modules, so it is named here."""


@dataclass(frozen=True)
class Call:
    """A call, with the function and the module that it is in."""

    node: ast.Call
    function: ast.FunctionDef
    module: ast.Module


@cache
def modules() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text()) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def calls() -> dict[str, list[Call]]:
    """Every call by the name of what is called."""
    found: dict[str, list[Call]] = {}
    for module in modules():
        for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    found.setdefault(_name(node.func), []).append(Call(node, function, module))
    return found


@cache
def constants() -> dict[str, list[tuple[ast.expr, ast.Module]]]:
    """What stands behind each name in capitals, at the top of a module."""
    found: dict[str, list[tuple[ast.expr, ast.Module]]] = {}
    for module in modules():
        for name, value in _assignments(module.body):
            if name.isupper():
                found.setdefault(name, []).append((value, module))
    return found


def documented() -> set[str]:
    lines = (ROOT / "docs" / "audit-trail.md").read_text().splitlines()
    return {
        action for line in lines if line.startswith("| `") for action in re.findall("`([^`]+)`", line.split("|")[1])
    }


def written() -> Iterator[str]:
    """Every action; what is only known while running is a `*`."""
    for call in calls()["AuditEntry"]:
        yield from _values(call.node.args[1], call)


def _values(node: ast.expr, within: Call) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _values(node.body, within)
            yield from _values(node.orelse, within)
        case ast.JoinedStr():
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        case ast.Subscript(value=table):
            yield from _values(table, within)
        case ast.Dict(values=values):
            for value in values:
                yield from _values(value, within)
        case ast.Name(id=name) if not name.isupper():
            assigned = [value for target, value in _assignments(list(ast.walk(within.function))) if target == name]
            for value in assigned:
                yield from _values(value, within)
            if not assigned:
                yield from _handed_over(name, within)
        case ast.Attribute(value=ast.Name(id="Transition")):
            return  # in ENGINE
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper():
            own = [value for value, module in constants().get(name, []) if module is within.module]
            for value in own or [value for value, _ in constants().get(name, [])]:
                yield from _values(value, within)


def _assignments(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Names with what they are set to; tuples are taken apart."""
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs: list[tuple[ast.expr, ast.expr]] = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))


def _handed_over(parameter: str, within: Call) -> Iterator[str]:
    """What callers give for a parameter of this function."""
    function = within.function
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    for call in calls().get(function.name, []):
        if call.function is function or (function.name.startswith("_") and call.module is not within.module):
            continue
        given = {keyword.arg: keyword.value for keyword in call.node.keywords}
        place = names.index(parameter) if parameter in names else len(call.node.args)
        value = given.get(parameter) or (call.node.args[place] if place < len(call.node.args) else None)
        if value is not None:
            yield from _values(value, call)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_action_that_is_written_is_documented() -> None:
    known = documented()
    actions = {*written(), *map(str, ENGINE)}
    assert len(actions) > 40
    missing = {action for action in actions if not any(fnmatchcase(one, action) for one in known)}
    assert missing == set()


def test_no_action_is_documented_or_reviewed_that_is_never_written() -> None:
    patterns = {*written(), *map(str, ENGINE)}
    named = documented() | {action for actions in EYES.values() for action in actions}
    assert {one for one in named if not any(fnmatchcase(one, pattern) for pattern in patterns)} == set()
