"""A limit as a person types it into the form, checked and made into a site file that is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app import formats
from facility.language import _
from facility.limit import ALL_ROOM_STATES, Each, Limit, RoomState, Rule, Severity, Side
from facility.site import Point, Site
from facility.site_changes import Difference, differences
from facility.site_edit import SiteEditError, set_limit
from facility.site_errors import Problem, SiteFileError
from facility.site_file import parse_site
from facility.site_rules import rule_of, rule_words
from facility.site_values import Duration
from facility.site_words import duration, kind, room_states

FIELDS = (
    "severity",
    "side",
    "value",
    "reached",
    "on_delay",
    "off_delay",
    "deadband",
    "rule",
    "at_once",
    "latched",
    "room_states",
    "rationale",
    "response",
    "exempt",
)
"""The fields of the form, as a limit's own."""
KEYS = {"low": "value", "high": "value", "standard_does_not_apply": "exempt", "limits": "rationale"}
"""Keys of the site file that the form calls otherwise; of a limit as a whole only its rationale may be missing."""
_DURATION = TypeAdapter(Duration)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What came of a typed limit: the site file and what it changes, or what is wrong with which field.

    A problem of no field stands under the empty name.
    """

    text: str = ""
    found: tuple[Difference, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def typed(limit: Limit) -> dict[str, Any]:
    """What the fields show for a limit."""
    return {
        "severity": limit.severity.name.lower(),
        "side": limit.side.value,
        "value": limit.value,
        "reached": limit.reached,
        "on_delay": duration(limit.on_delay),
        "off_delay": duration(limit.off_delay),
        "deadband": limit.deadband,
        "rule": rule_words(limit.rule),
        "at_once": "" if limit.at_once is None else limit.at_once,
        "latched": limit.latched,
        "room_states": [state.value for state in RoomState if state in limit.room_states],
        "rationale": limit.rationale,
        "response": limit.response,
        "exempt": limit.exempt,
    }


def choices(point: Point) -> list[str]:
    """The names of a point's limits, in their order: action low, in operation."""
    return [
        kind(limit) if limit.room_states == ALL_ROOM_STATES else f"{kind(limit)}, {room_states(limit.room_states)}"
        for limit in point.limits
    ]


def choice_words(name: str) -> str:
    """The name of a limit in the language that is spoken: Action low, in operation."""
    limit, _comma, states = name.partition(", ")
    severity, _space, side = limit.partition(" ")
    words = _("{severity} {side}", severity=_(severity), side=_(side))
    return formats.sentence(", ".join([words, *(_(state) for state in states.split(", ") if state)]))


def propose(text: str, point: str, fields: Mapping[str, Any]) -> Proposal:
    """The site file with this limit at a point, in place of one of its kind."""
    problems: dict[str, str] = {}
    spans = {}
    for name in ("on_delay", "off_delay"):
        try:
            spans[name] = _DURATION.validate_python(str(fields[name] or "0 s"))
        except ValidationError:
            problems[name] = _("a number and a unit: 30 s, 10 min")
    rule: Rule = Each()
    if written := str(fields["rule"] or "").strip():
        try:
            rule = rule_of(written)
        except ValueError as error:
            problems["rule"] = str(error)
    for name in ("value", "deadband", "at_once"):
        if not _is_number(fields[name]) and (name == "value" or fields[name]):
            problems[name] = _("a number")
    states = frozenset(RoomState(state) for state in fields["room_states"] or ())
    if not states:
        problems["room_states"] = _("at least one")
    if problems:
        return Proposal(problems=problems)
    limit = Limit(
        Severity[str(fields["severity"]).upper()],
        Side(fields["side"]),
        float(fields["value"]),
        reached=bool(fields["reached"]),
        on_delay=spans["on_delay"],
        off_delay=spans["off_delay"],
        deadband=float(fields["deadband"] or 0),
        rule=rule,
        at_once=float(fields["at_once"]) if _is_number(fields["at_once"]) else None,
        latched=bool(fields["latched"]),
        room_states=states,
        rationale=str(fields["rationale"] or "").strip(),
        response=str(fields["response"] or "").strip(),
        exempt=str(fields["exempt"] or "").strip(),
    )
    try:
        changed = set_limit(text, point, limit)
    except SiteFileError as error:
        return Proposal(problems=_by_field(error.problems))
    except SiteEditError as error:
        return Proposal(problems={"": str(error)})
    before = _site(text)
    if _speaks_for_another(before.points[point], limit):
        return Proposal(problems={"rationale": _("this was said of the present limit: say why the other is right")})
    return Proposal(changed, differences(before, _site(changed)))


def _speaks_for_another(point: Point, limit: Limit) -> bool:
    """Is the rationale that of the limit in its place, which judges otherwise?"""
    return any(
        limit.rationale == present.rationale != "" and _judgement(limit) != _judgement(present)
        for present in point.limits
        if (limit.severity, limit.side) == (present.severity, present.side)
        and limit.room_states & present.room_states
    )


def _judgement(limit: Limit) -> Limit:
    """What of a limit decides about a value."""
    return replace(limit, room_states=ALL_ROOM_STATES, source="", rationale="", response="", exempt="")


def _site(text: str) -> Site:
    return parse_site(text, _("the site file"))


def _is_number(value: object) -> bool:
    try:
        return isfinite(float(str(value)))
    except ValueError:
        return False


def _by_field(problems: Sequence[Problem]) -> dict[str, str]:
    """Each mistake at the field whose key it names; what is of no field stands under the empty name."""
    found: dict[str, str] = {}
    for problem in problems:
        key = problem.key.rpartition(".")[2].partition("[")[0]
        name = KEYS.get(key, key)
        found.setdefault(name if name in FIELDS else "", problem.message)
    return found
