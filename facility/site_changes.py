"""What a new site file changes, in words: for the record of the revision, and for whoever approves it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from facility import site_words as words
from facility.limit import ALL_ROOM_STATES, Consecutive, Each, Limit, Severity
from facility.site import CascadeStep, Door, Grade, IsoClass, Point, Rectangle, Site

_SPANS = frozenset({"interval", "silent_after", "on_delay", "off_delay"})
_IN_THE_UNIT = frozenset({"value", "deadband"})
_ALL_WITHOUT = frozenset({"areas", "sources"})
_FREE_TEXT = frozenset({"name", "serial", "rationale", "source"})


def differences(old: Site | None, new: Site) -> tuple[str, ...]:
    """Everything that is another in the new site, one line each; comments and order in the file are no difference.

    Without an old site one line says what is described for the first time.
    """
    if old is None:
        size = f"{len(new.rooms)} rooms, {len(new.instruments)} instruments, {len(new.points)} points"
        return (f"site {new.id} described for the first time: {size}",)
    return tuple(_differences(old, new))


def _differences(old: Site, new: Site) -> Iterator[str]:
    for name in ("id", "name", "timezone", "simulated"):
        if getattr(old, name) != getattr(new, name):
            yield f"site {_change(name, getattr(old, name), getattr(new, name))}"
    yield from _things("area", {area.id: area for area in old.areas}, {area.id: area for area in new.areas})
    yield from _things("station", {s.id: s for s in old.stations}, {s.id: s for s in new.stations})
    yield from _things("room", old.rooms, new.rooms)
    yield from _things("instrument", old.instruments, new.instruments)
    yield from _points(old.points, new.points)
    yield from _lines(map(_door, old.doors), map(_door, new.doors))
    yield from _lines(map(_step, old.cascade), map(_step, new.cascade))


def _things(noun: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What is retired and added, by id; and of what stays the fields that are another."""
    yield from (f"{noun} {id} retired" for id in old if id not in new)
    for id, thing in new.items():
        if id not in old:
            yield f"{noun} {id} added"
        elif changes := _changes(old[id], thing):
            yield f"{noun} {id}: {', '.join(changes)}"


def _points(old: Mapping[str, Point], new: Mapping[str, Point]) -> Iterator[str]:
    yield from (f"point {id} retired" for id in old if id not in new)
    for id, point in new.items():
        if id not in old:
            limits = "; ".join(words.whole(limit, point.unit) for limit in point.limits)
            yield f"point {id} added: {limits or 'no limits'}"
            continue
        if changes := _changes(old[id], point):
            yield f"point {id}: {', '.join(changes)}"
        yield from _limits(old[id], point)


def _limits(old: Point, new: Point) -> Iterator[str]:
    """Limits are the same limit when they are of one severity and side, and hold in the same room states."""
    gone = [limit for limit in old.limits if limit not in new.limits]
    come = [limit for limit in new.limits if limit not in old.limits]
    for limit in come:
        before = _predecessor(limit, gone, come)
        if before is None:
            yield f"{new.id} {words.whole(limit, new.unit)} added"
            continue
        gone.remove(before)
        states = "" if limit.room_states == before.room_states == ALL_ROOM_STATES else _states(limit)
        changes = _changes(before, limit, old.unit, new.unit)
        yield f"{new.id} {words.kind(limit)}{states}: {', '.join(changes)}"
    yield from (f"{new.id} {words.whole(limit, old.unit)} removed" for limit in gone)


def _predecessor(limit: Limit, gone: list[Limit], come: list[Limit]) -> Limit | None:
    alike = [other for other in gone if words.kind(other) == words.kind(limit)]
    same_states = [other for other in alike if other.room_states == limit.room_states]
    if same_states:
        return same_states[0]
    rivals = [other for other in come if words.kind(other) == words.kind(limit)]
    return alike[0] if len(alike) == len(rivals) == 1 else None


def _states(limit: Limit) -> str:
    return f" ({words.room_states(limit.room_states)})"


def _changes(old: Any, new: Any, old_unit: str = "", new_unit: str = "") -> list[str]:
    """The fields of two things of one kind that are not the same; a point's limits have lines of their own."""
    names = [field.name for field in fields(new) if field.name != "limits"]
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in names]
    return [_change(*pair, old_unit, new_unit) for pair in pairs if pair[1] != pair[2]]


def _change(name: str, old: object, new: object, old_unit: str = "", new_unit: str = "") -> str:
    label = {"value": "", "on_delay": "on-delay ", "off_delay": "off-delay "}.get(name, name.replace("_", " ") + " ")
    return f"{label}{_text(name, old, old_unit)} to {_text(name, new, new_unit)}"


def _text(name: str, value: Any, unit: str) -> str:
    match value:
        case None:
            return "all" if name in _ALL_WITHOUT else "none"
        case bool():
            return "yes" if value else "no"
        case Severity():
            return value.name.lower()
        case int() if name in _SPANS:
            return words.duration(value)
        case int() | float():
            return f"{words.number(value)} {unit}" if name in _IN_THE_UNIT else words.number(value)
        case Grade() | IsoClass():
            return words.classification(value)
        case Rectangle():
            x, y, width, height = map(words.number, (value.x, value.y, value.width, value.height))
            return f"{width} x {height} at {x}, {y}"
        case Each():
            return "each reading"
        case Consecutive():
            return f"{value.n} in a row"
        case tuple():
            return ", ".join(value)
        case frozenset():
            return words.room_states(value)
        case date():
            return value.isoformat()
        case _:
            return f"'{value}'" if name in _FREE_TEXT else str(value)


def _door(door: Door) -> str:
    return f"door between {' and '.join(sorted(door.between))}"


def _step(step: CascadeStep) -> str:
    return f"pressure point {step.point} from {step.high} to {step.low or 'outside'}"


def _lines(old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    before, after = list(old), list(new)
    yield from (f"{line} removed" for line in before if line not in after)
    yield from (f"{line} added" for line in after if line not in before)
