"""What is asked: points, one of their limits and its other values, and a period; as a form or an address says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from alerts.replay.what_if import changed_points
from app.proposal import choice_words, choices
from facility.instants import DAY, Instant, Span, instant_of, text_of
from facility.language import _
from facility.limit import Limit
from facility.site import Point, Site
from facility.site_changes import differences, lines
from facility.site_rules import rule_of
from facility.site_values import Duration

PATH = "/back-test"
CHANGEABLE = ("value", "on_delay", "off_delay", "deadband", "rule")
"""The values of a limit that can be changed; what is left empty stays as it is."""
FIELDS = ("points", "limit", "from", "to", *CHANGEABLE)
ROOM = "room:"
"""Before the name of a room, it stands for all its points."""
LONGEST: Span = 366 * DAY
_DURATION = TypeAdapter(Duration)


class QuestionError(ValueError):
    """This cannot be asked; says why, in words. `field` is the one that is wrong, empty where it is none of them."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Question:
    """The points as they would be, over `[start, end)`.

    `changes` says in lines what is another; `search` is the query of the address that asks it again.
    """

    start: Instant
    end: Instant
    changed: Mapping[str, Point]
    changes: tuple[str, ...]
    search: str


def asked(site: Site, fields: Mapping[str, Any], now: Instant) -> Question:
    """What the fields ask. Raises QuestionError."""
    start, end = _period(site, fields, now)
    values = _values(fields)
    if not values:
        raise QuestionError(_("Change at least one value."))
    name = str(fields["limit"] or "")
    changed = {
        point.id: _with(point, choices(point).index(name), values)
        for point in _points(site, fields["points"] or ())
        if name in choices(point)
    }
    if len({point.quantity for point in changed.values()}) > 1 and {"value", "deadband"} & values.keys():
        raise QuestionError(
            _("These points measure different quantities: choose points of one, or change only delays.")
        )
    if not changed:
        raise QuestionError(_no_limit(site, name, fields["points"] or ()), "limit")
    told = {name: str(fields[name]) for name in CHANGEABLE if fields[name] not in (None, "")}
    search = {
        "points": ",".join(fields["points"]),
        "limit": name,
        "from": text_of(start),
        "to": text_of(end),
    } | told
    return _question(site, start, end, changed, search)


def of_change(site: Site, proposed: Site, number: int, fields: Mapping[str, Any], now: Instant) -> Question:
    """What a change to another site file would have made. Raises QuestionError."""
    start, end = _period(site, fields, now)
    changed = changed_points(site, proposed)
    if not changed:
        raise QuestionError(
            _("Change {number} changes nothing about the limits of a point that there is already.", number=number)
        )
    return _question(site, start, end, changed, {"change": str(number), "from": text_of(start), "to": text_of(end)})


def limits_of(site: Site, points: Sequence[str]) -> list[str]:
    """The names of the limits that these points have, each once."""
    return list(dict.fromkeys(name for point in _points(site, points) for name in choices(point)))


def example(site: Site, points: Sequence[str], name: str) -> tuple[Point, Limit] | None:
    """The first of these points that has a limit of this name, and the limit."""
    for point in _points(site, points):
        if name in choices(point):
            return point, point.limits[choices(point).index(name)]
    return None


def _no_limit(site: Site, name: str, points: Sequence[str]) -> str:
    there = "; ".join(choice_words(one) for one in limits_of(site, points))
    if not there:
        return _("None of these points has a limit.")
    if not name:
        return _("Choose a limit: {there}.", there=there)
    return _("None of these points has a limit {name}. They have {there}.", name=choice_words(name), there=there)


def _question(
    site: Site, start: Instant, end: Instant, changed: Mapping[str, Point], search: Mapping[str, str]
) -> Question:
    after = replace(site, points={**site.points, **changed})
    words = lines(differences(site, after))
    if not words:
        raise QuestionError(_("These are the values that are in force already."))
    query = "?" + "&".join(f"{name}={quote(value, safe=',:')}" for name, value in search.items())
    return Question(start, end, changed, words, query)


def _points(site: Site, wanted: Sequence[str]) -> Iterator[Point]:
    seen: set[str] = set()
    for name in wanted:
        room = name.removeprefix(ROOM)
        named = site.points_by_room.get(room, ()) if name.startswith(ROOM) else (site.points.get(name),)
        for point in named:
            if point is not None and point.id not in seen:
                seen.add(point.id)
                yield point


def _with(point: Point, index: int, values: Mapping[str, Any]) -> Point:
    limits = list(point.limits)
    limits[index] = replace(limits[index], **values)
    return replace(point, limits=tuple(limits))


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in CHANGEABLE:
        written = str(fields[name] if fields[name] is not None else "").strip()
        if not written:
            continue
        try:
            values[name] = _value(name, written)
        except ValidationError:
            raise QuestionError(_("A number and a unit: 30 s, 10 min"), name) from None
        except ValueError as error:
            raise QuestionError(str(error), name) from None
    return values


def _value(name: str, written: str) -> object:
    if name == "rule":
        return rule_of(written)
    if name in ("value", "deadband"):
        try:
            number = float(written)
        except ValueError:
            raise ValueError(_("A number")) from None
        if not isfinite(number) or (name == "deadband" and number < 0):
            raise ValueError(_("A number"))
        return number
    return _DURATION.validate_python(written)


def _period(site: Site, fields: Mapping[str, Any], now: Instant) -> tuple[Instant, Instant]:
    start, end = (_moment(site, fields[name], name) for name in ("from", "to"))
    end = min(end, now)
    if start >= end:
        raise QuestionError(_("The period ends before it begins."), "to")
    if end - start > LONGEST:
        raise QuestionError(_("A year at most."), "from")
    return start, end


def _moment(site: Site, text: object, field: str) -> Instant:
    """A moment by the clocks on the site's wall, or with a zone of its own."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise QuestionError(_("Choose a day and a time."), field) from None
    return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(site.timezone)))
