"""Exact words for what a site file holds: for messages, for changes on record, for the summary."""

from collections.abc import Iterable

from facility.conditions import Frozen, Invalid, Rate
from facility.instants import DAY, HOUR, MINUTE, SECOND, Span
from facility.limit import ALL_ROOM_STATES, Limit, RoomState, Side
from facility.site import Classification, Grade, IsoClass
from facility.site_rules import rule_words

UNITS: dict[str, Span] = {"ms": 1, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
"""The units of durations."""


def number(value: float) -> str:
    """With thousands separated and nothing rounded: 3,520,000 or 0.36."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def duration(span: Span) -> str:
    """In the largest unit that leaves a whole number, as a site file writes it: 90 s, 10 min."""
    unit = next(unit for unit in reversed(UNITS) if span % UNITS[unit] == 0) if span else "s"
    return f"{span // UNITS[unit]} {unit}"


def classification(room_class: Classification | None) -> str:
    """Grade B, ISO 7.5, unclassified."""
    match room_class:
        case Grade():
            return f"grade {room_class}"
        case IsoClass(step):
            return f"ISO {number(step)}"
        case None:
            return "unclassified"


def room_states(states: Iterable[RoomState]) -> str:
    """In operation, at rest; all room states."""
    known = frozenset(states)
    return "all room states" if known == ALL_ROOM_STATES else ", ".join(s for s in RoomState if s in known)


def bound(limit: Limit, unit: str) -> str:
    """What is outside: > 3,520 /m³."""
    return f"{limit.operator} {number(limit.value)} {unit}"


def kind(limit: Limit) -> str:
    """Alert low, action high."""
    return f"{limit.severity.name.lower()} {limit.side}"


def patience(limit: Limit) -> str:
    """How long it waits before it calls: 3 in a row, 30 s, at once < 5; empty where it never waits."""
    delay = duration(limit.on_delay) if limit.on_delay else ""
    beyond = ">" if limit.side is Side.HIGH else "<"
    deep = "" if limit.at_once is None else f"at once {beyond} {number(limit.at_once)}"
    return ", ".join(part for part in (rule_words(limit.rule), delay, deep) if part)


def whole(limit: Limit, unit: str) -> str:
    """All that the engine needs of a limit: action low < 10 Pa, 30 s, in operation."""
    wait = patience(limit)
    states = "" if limit.room_states == ALL_ROOM_STATES else room_states(limit.room_states)
    latched = "latched" if limit.latched else ""
    parts = (f"{kind(limit)} {bound(limit, unit)}", wait, states, latched, limit.mark)
    return ", ".join(part for part in parts if part)


def condition(value: Frozen | Rate | Invalid | Limit, unit: str) -> str:
    """A condition beside limits: 1 h within 0.05 Pa; more than 5 Pa in 60 s, alert; 5 in 1 h; < 0 Pa, 10 s."""
    match value:
        case Frozen(after, within):
            return f"{duration(after)} within {number(within)} {unit}" if within else duration(after)
        case Rate(change, within, severity):
            return f"more than {number(change)} {unit} in {duration(within)}, {severity.name.lower()}"
        case Invalid(readings, within):
            return f"{readings} readings in {duration(within)}"
        case Limit():
            return whole(value, unit)
