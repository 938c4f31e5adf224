"""Changes one limit of one point in the text of a site file, and nothing else in it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from facility.language import _
from facility.limit import ALL_ROOM_STATES, Limit, RoomState, Severity, Side
from facility.site import Point, Site
from facility.site_build import point_id
from facility.site_file import parse_site
from facility.site_limits import site_limits
from facility.site_rules import rule_words
from facility.site_schema import LimitEntry, PointEntry, SiteEntry
from facility.site_validation import validate
from facility.site_words import duration
from facility.site_yaml import Path, read_yaml
from facility.yaml_edit import add_element, delete_key, quoted, remove_element, set_key

NAME = "the changed site file"
BYTE_ORDER_MARK = "\ufeff"
"""Some editors begin a file with it; YAML does not count it among the characters."""


class SiteEditError(ValueError):
    """A limit that cannot be written into this text; says why, in words."""


def set_limit(text: str, point: str, limit: Limit) -> str:
    """The text with this limit in force at a point, in the limit's room states, in place of one of its kind.

    It is written as the point's own, also where the present one comes from a limit set or a standard: other points
    keep theirs. An entry of the point's own for just these room states is changed in place, one for more of them
    keeps the others. Comments, order and everything else stay to the letter.

    KeyError for a point that the site does not have, SiteFileError for a text, or a limit in it, that is not right
    (looser than the standard, an alert level outside the action limit, a delay without rationale). What comes out has
    been read again: the site differs in this limit and nothing else, or SiteEditError.
    """
    before = parse_site(text, NAME)
    wanted = replace(limit, source="site", rationale=limit.rationale.strip())
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    changed = mark + _written(text.removeprefix(mark), before.points[point].id, wanted)
    after = parse_site(changed, NAME)
    expected = cells(before.points[point]) | {
        (limit.severity, limit.side, state): _bare(wanted) for state in limit.room_states
    }
    if cells(after.points[point]) != expected or _but(after, point) != _but(before, point):
        raise SiteEditError(
            _("the limit of {point} cannot be changed as the file is written; change it by hand", point=point)
        )
    return changed


def cells(point: Point) -> dict[tuple[Severity, Side, RoomState], Limit]:
    """The limit of a point for each severity, side and room state that has one, with no room states of its own."""
    return {
        (limit.severity, limit.side, state): _bare(limit) for limit in point.limits for state in limit.room_states
    }


def _bare(limit: Limit) -> Limit:
    return replace(limit, room_states=frozenset())


def _but(site: Site, point: str) -> Site:
    """The site without the limits of one point."""
    return replace(site, points={**site.points, point: replace(site.points[point], limits=())})


def _written(text: str, point: str, limit: Limit) -> str:
    """Room is made for the limit among the point's own entries, and it is written into one or added."""
    site = _entry(text)
    place, entry = next(_places(site, point))
    kept: int | None = None
    added: list[Mapping[str, str]] = []
    needless: list[int] = []
    for index, other in enumerate(entry.limits):
        here = (*place, "limits", index)
        if not _is_of_kind(other, limit) or not limit.room_states & set(other.room_states):
            continue
        left = frozenset(other.room_states) - limit.room_states
        if other.low is not None and other.high is not None:
            text = delete_key(text, here, limit.side.value)
            if left:
                added.append(_left(other, limit.side, left))
        elif left:
            text = set_key(text, here, "room_states", _states(left))
        elif kept is None:
            kept = index
            text = _changed_in_place(text, here, _keys(_side(other, limit.side)), _keys(limit))
        else:
            needless.append(index)
    if kept is None:
        added.append(_keys(limit))
    for keys in added:
        element = "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"
        has_limits = "limits" in entry.model_fields_set
        text = (
            add_element(text, (*place, "limits"), element)
            if has_limits
            else set_key(text, place, "limits", f"[{element}]")
        )
    for index in reversed(needless):
        text = remove_element(text, (*place, "limits"), index)
    return text


def _entry(text: str) -> SiteEntry:
    entry, problems = validate(read_yaml(text, NAME))
    if entry is None or problems:
        raise AssertionError("a text that has been read as a site")
    return entry


def _places(site: SiteEntry, point: str) -> Iterator[tuple[Path, PointEntry]]:
    for index, room in enumerate(site.rooms):
        for number, instrument in enumerate(room.instruments):
            for position, entry in enumerate(instrument.points):
                if point_id(instrument, entry) == point:
                    yield ("rooms", index, "instruments", number, "points", position), entry


def _is_of_kind(entry: LimitEntry, limit: Limit) -> bool:
    has = entry.low if limit.side is Side.LOW else entry.high
    return Severity[entry.severity.upper()] is limit.severity and has is not None


def _changed_in_place(text: str, place: Path, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    for key in {**old, **new}:
        if key not in new:
            text = delete_key(text, place, key)
        elif old.get(key) != new[key]:
            text = set_key(text, place, key, new[key])
    return text


def _side(entry: LimitEntry, side: Side) -> Limit:
    """One side of an entry, with the rationale that is written in it."""
    limit = next(own.limit for own in site_limits([((), entry)]) if own.limit.side is side)
    return replace(limit, rationale=entry.rationale or "")


def _left(entry: LimitEntry, side: Side, states: frozenset[RoomState]) -> dict[str, str]:
    """One side of an entry in some of its room states, to be an entry of its own."""
    return _keys(replace(_side(entry, side), room_states=states))


def _keys(limit: Limit) -> dict[str, str]:
    """The keys of a limit with their values as YAML; what is as it is by default is left out."""
    written = {
        "severity": limit.severity.name.lower(),
        limit.side.value: _number(limit.value),
        "reached": "true" if limit.reached else "",
        "on_delay": duration(limit.on_delay) if limit.on_delay else "",
        "off_delay": duration(limit.off_delay) if limit.off_delay else "",
        "deadband": _number(limit.deadband) if limit.deadband else "",
        "rule": rule_words(limit.rule),
        "at_once": "" if limit.at_once is None else _number(limit.at_once),
        "latched": "true" if limit.latched else "",
        "room_states": "" if limit.room_states == ALL_ROOM_STATES else _states(limit.room_states),
        "rationale": quoted(limit.rationale) if limit.rationale else "",
        "response": quoted(limit.response) if limit.response else "",
        "standard_does_not_apply": quoted(limit.exempt) if limit.exempt else "",
    }
    return {key: value for key, value in written.items() if value}


def _states(states: frozenset[RoomState]) -> str:
    return f"[{', '.join(state for state in RoomState if state in states)}]"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
