"""What a new site file changes, in words: for the record of the revision, and for whoever approves it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from facility import cause_words, on_call_words
from facility import site_words as words
from facility.causes import Which
from facility.conditions import Frozen, Invalid, Rate
from facility.drawing import Drawing
from facility.escalation import Quiet, Summary
from facility.limit import ALL_ROOM_STATES, Consecutive, Dose, Each, Limit, MOfN, RollingVolume, Severity
from facility.on_call import Calendar, Weekly
from facility.site import CascadeStep, Door, Grade, IsoClass, Point, Rectangle, Site
from facility.site_rules import rule_words

_SPANS = frozenset(
    {"interval", "silent_after", "state_unknown_after", "on_delay", "off_delay", "span", "same_room", "same_time"}
)
_IN_THE_UNIT = frozenset({"value", "deadband", "at_once"})
_ALL_WITHOUT = frozenset({"areas", "sources", "grades"})
_APART = frozenset({"limits", "conditions", "clock", "overdue_from"})
"""Told for themselves, or by what they follow from."""
_FREE_TEXT = frozenset({"name", "serial", "rationale", "response", "source", "exempt"})


class Kind(StrEnum):
    """Of what something is another."""

    SITE = "site"
    AREA = "area"
    STATION = "station"
    ROOM = "room"
    INSTRUMENT = "instrument"
    POINT = "point"
    LIMIT = "limit"
    DOOR = "door"
    CASCADE = "cascade"
    ROTA = "rota"
    POLICY = "escalation policy"
    ON_CALL = "on call"
    CAUSE = "cause"
    GROUPING = "excursions"
    SUPPRESSION = "suppression"


BESIDE_LIMITS = frozenset({"range", "frozen", "rate", "invalid", "reversal"})

DECISIVE_FIELDS: Mapping[Kind, frozenset[str]] = {
    Kind.SITE: frozenset({"id", "simulated", "retention"}),
    Kind.ROOM: frozenset({"classification", "inside", "state_unknown_after"}),
    Kind.POINT: BESIDE_LIMITS
    | frozenset({"room", "instrument", "quantity", "size", "silent_after", "fault_severity"}),
}
"""Fields, beside those of a limit, that decide whether there is an alarm, how bad it is, or how long it is kept."""

RULES = frozenset({Kind.LIMIT, Kind.POLICY, Kind.CAUSE, Kind.SUPPRESSION})
"""Of these every field decides."""

WHOLLY_DECISIVE = RULES | {Kind.ROOM, Kind.POINT}
"""What decides by being there at all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is another, or (then `field` is empty) one thing that is new or is no more.

    `object` is a kind and a name, of a limit its point and kind: `room B101`, `B101.DP1 action low (at rest)`.
    `old` and `new` are as people read them, None where there was or is nothing. `words` says it: of a field
    `on-delay 30 s to 1 min`, of a thing a whole line.
    """

    kind: Kind
    object: str
    field: str
    old: str | None
    new: str | None
    words: str

    @property
    def decides(self) -> bool:
        """Does it decide whether there is an alarm, or whom it calls? The others name, place or split things."""
        if self.kind in RULES or not self.field:
            return self.kind in WHOLLY_DECISIVE
        return self.field in DECISIVE_FIELDS.get(self.kind, frozenset())


def lines(found: Iterable[Difference]) -> tuple[str, ...]:
    """One line for each thing: `B101.DP1 action low: 10 Pa to 8 Pa, on-delay 30 s to 1 min`."""
    return tuple(
        line for object, group in groupby(found, key=lambda d: d.object) for line in _lines_of(object, group)
    )


def _lines_of(object: str, found: Iterable[Difference]) -> Iterator[str]:
    changed = []
    for difference in found:
        if difference.field:
            changed.append(difference.words)
        else:
            yield difference.words
    if changed:
        yield f"{object}: {', '.join(changed)}"


def differences(old: Site | None, new: Site) -> tuple[Difference, ...]:
    """Everything that is another in the new site; comments and order in the file are no difference.

    Without an old site one line says what is described for the first time.
    """
    if old is None:
        size = f"{len(new.rooms)} rooms, {len(new.instruments)} instruments, {len(new.points)} points"
        told = f"site {new.id} described for the first time: {size}"
        return (Difference(Kind.SITE, f"site {new.id}", "", None, size, told),)
    return tuple(_differences(old, new))


def _differences(old: Site, new: Site) -> Iterator[Difference]:
    for name in ("id", "name", "timezone", "language", "simulated", "retention"):
        if getattr(old, name) != getattr(new, name):
            yield _change(Kind.SITE, "site", name, getattr(old, name), getattr(new, name))
    yield from _things(Kind.AREA, {area.id: area for area in old.areas}, {area.id: area for area in new.areas})
    yield from _things(Kind.STATION, {s.id: s for s in old.stations}, {s.id: s for s in new.stations})
    yield from _things(Kind.ROOM, old.rooms, new.rooms)
    yield from _things(Kind.INSTRUMENT, old.instruments, new.instruments)
    yield from _points(old.points, new.points)
    yield from _whole(Kind.DOOR, map(_door, old.doors), map(_door, new.doors))
    yield from _whole(Kind.CASCADE, map(_step, old.cascade), map(_step, new.cascade))
    yield from _things(Kind.ROTA, old.on_call.rotas, new.on_call.rotas)
    yield from _things(Kind.POLICY, *({p.id: p for p in site.on_call.policies} for site in (old, new)))
    yield from _things(Kind.CAUSE, *({cause.id: cause for cause in site.causes} for site in (old, new)))
    yield from _things(Kind.SUPPRESSION, *({rule.id: rule for rule in site.suppressions} for site in (old, new)))
    yield from _changes(Kind.GROUPING, Kind.GROUPING, old.grouping, new.grouping)
    if old.on_call.retrospective != new.on_call.retrospective:
        told = (old.on_call.retrospective, new.on_call.retrospective)
        yield _change(Kind.ON_CALL, "on call", "retrospective", *told)


def _things(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """What is retired and added, by id; and of what stays the fields that are another."""
    yield from (_retired(kind, id) for id in old if id not in new)
    for id, thing in new.items():
        if id not in old:
            yield Difference(kind, f"{kind} {id}", "", None, "added", f"{kind} {id} added")
        else:
            yield from _changes(kind, f"{kind} {id}", old[id], thing)


def _retired(kind: Kind, id: str) -> Difference:
    return Difference(kind, f"{kind} {id}", "", "in use", None, f"{kind} {id} retired")


def _points(old: Mapping[str, Point], new: Mapping[str, Point]) -> Iterator[Difference]:
    yield from (_retired(Kind.POINT, id) for id in old if id not in new)
    for id, point in new.items():
        name = f"{Kind.POINT} {id}"
        if id not in old:
            limits = "; ".join(words.whole(limit, point.unit) for limit in point.limits) or "no limits"
            yield Difference(Kind.POINT, name, "", None, limits, f"{name} added: {limits}")
        else:
            yield from _changes(Kind.POINT, name, old[id], point)
            yield from _changes(Kind.POINT, name, old[id].conditions, point.conditions, old[id].unit, point.unit)
            yield from _limits(old[id], point)


def _limits(old: Point, new: Point) -> Iterator[Difference]:
    """Limits are the same limit when they are of one severity and side, and hold in the same room states."""
    gone = [limit for limit in old.limits if limit not in new.limits]
    come = [limit for limit in new.limits if limit not in old.limits]
    for limit in come:
        before = _predecessor(limit, gone, come)
        name = f"{new.id} {words.kind(limit)}"
        if before is None:
            whole = words.whole(limit, new.unit)
            yield Difference(Kind.LIMIT, name, "", None, whole, f"{new.id} {whole} added")
            continue
        gone.remove(before)
        states = "" if limit.room_states == before.room_states == ALL_ROOM_STATES else _states(limit)
        marked = f"{name}{states} {limit.mark}".rstrip()
        yield from _changes(Kind.LIMIT, marked, before, limit, old.unit, new.unit)
    for limit in gone:
        whole = words.whole(limit, old.unit)
        name = f"{new.id} {words.kind(limit)}"
        yield Difference(Kind.LIMIT, name, "", whole, None, f"{new.id} {whole} removed")


def _predecessor(limit: Limit, gone: list[Limit], come: list[Limit]) -> Limit | None:
    alike = [other for other in gone if words.kind(other) == words.kind(limit)]
    same_states = [other for other in alike if other.room_states == limit.room_states]
    if same_states:
        return same_states[0]
    rivals = [other for other in come if words.kind(other) == words.kind(limit)]
    return alike[0] if len(alike) == len(rivals) == 1 else None


def _states(limit: Limit) -> str:
    return f" ({words.room_states(limit.room_states)})"


def _changes(
    kind: Kind, object: str, old: Any, new: Any, old_unit: str = "", new_unit: str = ""
) -> Iterator[Difference]:
    """The fields of two things of one kind that are not the same; a point's limits are told for themselves."""
    for name in [field.name for field in fields(new) if field.name not in _APART]:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield _change(kind, object, name, before, after, old_unit, new_unit)


def _change(
    kind: Kind, object: str, name: str, old: object, new: object, old_unit: str = "", new_unit: str = ""
) -> Difference:
    label = _LABELS.get(name, name.replace("_", " ") + " ")
    before, after = _text(name, old, old_unit), _text(name, new, new_unit)
    told = f"because {after}" if name == "exempt" and not old else f"{label}{before} to {after}"
    return Difference(kind, object, name, before, after, told)


_LABELS = {
    "value": "",
    "on_delay": "on-delay ",
    "off_delay": "off-delay ",
    "exempt": "the standard does not apply ",
    "plan": "",
    "quiet": "quiet hours ",
    "retrospective": "alarms found in late readings are told ",
    "span": "within ",
    "cause": "alarm ",
    "goes_on": "goes on once all has returned ",
}


def _text(name: str, value: Any, unit: str) -> str:
    match value:
        case None | "":
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
        case Consecutive() | MOfN() | RollingVolume() | Dose():
            return rule_words(value)
        case Frozen() | Rate() | Invalid() | Limit():
            return words.condition(value, unit)
        case tuple() if name == "range":
            return f"{words.number(value[0])} to {words.number(value[1])} {unit}"
        case Drawing():
            return value.words
        case Weekly() | Calendar():
            return on_call_words.plan(value)
        case Which():
            return cause_words.which(value)
        case Quiet():
            return on_call_words.quiet(value)
        case Summary():
            return on_call_words.summary(value)
        case tuple() if name == "steps":
            return on_call_words.steps(value)
        case tuple():
            return ", ".join(value)
        case frozenset() if name == "severities":
            return on_call_words.severities(value)
        case frozenset() if name == "grades":
            return ", ".join(sorted(value))
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


def _whole(kind: Kind, old: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    before, after = list(old), list(new)
    yield from (Difference(kind, line, "", "there", None, f"{line} removed") for line in before if line not in after)
    yield from (Difference(kind, line, "", None, "added", f"{line} added") for line in after if line not in before)


def decides(found: Sequence[Difference]) -> bool:
    """Do these differences touch anything that decides whether there is an alarm?"""
    return any(difference.decides for difference in found)
