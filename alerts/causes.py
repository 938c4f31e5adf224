"""Which alarm explains another, by the rules of the site file.

An alarm that is explained calls nobody: whoever was called for its cause knows. So an alarm explains another only
while that is true: it has not returned, people are called for it (or for what explains it), and it is no less severe
than what it explains.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from facility.alarm import STANDING, Alarm, HoldKind
from facility.causes import Cause
from facility.instants import MINUTE, Instant, Span
from facility.quantities import Quantity
from facility.site import Site

LEAD: Span = MINUTE
"""So much earlier than its cause an alarm may begin: instruments are read at different moments."""

ANYWHERE = ""
Place: TypeAlias = tuple[str, str]
"""The id of a rule, and the room where that matters."""
Key: TypeAlias = tuple[Instant, str]
"""Onset and id of an alarm."""
LAST = "\U0010ffff"
"""After every id."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An alarm explains another by a rule, until a moment."""

    cause: Alarm
    rule: Cause
    until: Instant


class Causes:
    """The alarms that stand, as far as they explain each other; kept up to date alarm by alarm."""

    def __init__(self, standing: Iterable[Alarm], site: Site) -> None:
        self._site = site
        self.standing: dict[str, Alarm] = {}
        self._speaking: dict[Place, list[Key]] = defaultdict(list)
        """What may explain others; in order."""
        self._unexplained: dict[Place, list[Key]] = defaultdict(list)
        """What may be explained, and is by nothing; in order."""
        self._effects: dict[str, set[str]] = defaultdict(set)
        """What is held back by each."""
        for alarm in standing:
            self.take(alarm)

    def take(self, alarm: Alarm) -> set[str]:
        """An alarm is now like this, or stands no longer; the ids of those that others may explain by that."""
        id, before = alarm.id, self.standing.pop(alarm.id, None)
        concerned = {*self._effects.get(id, ())}
        if before is not None:
            self._leave(before)
            if before.cause != alarm.cause or alarm.state not in STANDING:
                concerned |= self._explaining(before)
        if alarm.state in STANDING:
            self.standing[id] = alarm
            self._enter(alarm)
            concerned |= {id} | self._near_effects(alarm)
        return concerned

    def of(self, alarm: Alarm, now: Instant) -> Explanation | None:
        """What explains an alarm now; None where nothing does.

        Of several the one that explains it already, then the one that began first.
        """
        if alarm.retrospective or alarm.returned is not None:
            return None
        quantity = _quantity(alarm, self._site)
        rules = [rule for rule in self._site.causes if rule.explains.has(alarm, quantity)]
        known = self.standing.get(alarm.cause or "")
        if known is not None and _is_told(known) and known.severity >= alarm.severity:
            rules_of_known = [rule for rule in rules if self._is_cause(rule, known, alarm, now)]
            if rules_of_known:
                rule = max(rules_of_known, key=lambda rule: (rule.span, rule.id))
                return Explanation(known, rule, known.onset + rule.span)
        found: list[Explanation] = []
        for rule in rules:
            near = (c for c in self._near(rule, alarm, now) if self._explains(c, alarm))
            cause = next(near, None)
            if cause is not None:
                found.append(Explanation(cause, rule, cause.onset + rule.span))
        return min(found, key=lambda e: (*_order(e.cause), -e.until, e.rule.id), default=None)

    def _is_cause(self, rule: Cause, cause: Alarm, alarm: Alarm, now: Instant) -> bool:
        """Does a rule call one alarm the cause of another that it speaks of, by the moments at which both began?"""
        in_time = max(now, alarm.onset) < cause.onset + rule.span
        return in_time and _speaks_of(rule, cause, alarm, self._site)

    def _near(self, rule: Cause, alarm: Alarm, now: Instant) -> Iterator[Alarm]:
        """What a rule calls the cause of an alarm like this, by the moments at which both began; in order."""
        causes = self._speaking.get((rule.id, ANYWHERE if rule.anywhere else alarm.room), [])
        first = bisect_right(causes, (max(now, alarm.onset) - rule.span, LAST))
        last = bisect_right(causes, (alarm.onset + LEAD, LAST))
        return (self.standing[causes[index][1]] for index in range(first, last))

    def _near_effects(self, cause: Alarm) -> set[str]:
        """What nothing explains yet, and this may, by the moments at which both began."""
        found: set[str] = set()
        if _is_told(cause):
            for rule in self._rules_by_cause(cause):
                effects = self._unexplained.get((rule.id, ANYWHERE if rule.anywhere else cause.room), [])
                first = bisect_left(effects, (cause.onset - LEAD, ""))
                last = bisect_left(effects, (cause.onset + rule.span, ""))
                found.update(id for _, id in effects[first:last])
        return found

    def _explaining(self, alarm: Alarm) -> set[str]:
        """What explains an alarm, what explains that, and so on."""
        found: set[str] = set()
        at = alarm
        while at.cause is not None and at.cause not in found and at.cause in self.standing:
            found.add(at.cause)
            at = self.standing[at.cause]
        return found

    def _enter(self, alarm: Alarm) -> None:
        key = _order(alarm)
        for place in self._places(alarm):
            insort(place, key)
        if is_explained(alarm) and alarm.cause is not None:
            self._effects[alarm.cause].add(alarm.id)

    def _leave(self, alarm: Alarm) -> None:
        key = _order(alarm)
        for place in self._places(alarm):
            del place[bisect_left(place, key)]
        if is_explained(alarm) and alarm.cause is not None:
            self._effects[alarm.cause].discard(alarm.id)
            if not self._effects[alarm.cause]:
                del self._effects[alarm.cause]

    def _places(self, alarm: Alarm) -> Iterator[list[Key]]:
        """Wherever an alarm is listed."""
        if _is_told(alarm):
            for rule in self._rules_by_cause(alarm):
                yield self._speaking[rule.id, ANYWHERE if rule.anywhere else alarm.room]
        if alarm.cause is None and alarm.returned is None and not alarm.retrospective:
            quantity = _quantity(alarm, self._site)
            for rule in self._site.causes:
                if rule.explains.has(alarm, quantity):
                    yield self._unexplained[rule.id, ANYWHERE if rule.anywhere else alarm.room]

    def _rules_by_cause(self, alarm: Alarm) -> list[Cause]:
        """The rules by which an alarm explains others."""
        quantity = _quantity(alarm, self._site)
        return [rule for rule in self._site.causes if rule.cause.has(alarm, quantity)]

    def _explains(self, cause: Alarm, alarm: Alarm) -> bool:
        if cause.severity < alarm.severity or _descends(cause, alarm, self.standing):
            return False
        return _order(cause) < _order(alarm) or not self._may_explain(alarm, cause)

    def _may_explain(self, cause: Alarm, alarm: Alarm) -> bool:
        """Of two that may explain each other the first does."""
        return any(
            rule.cause.has(cause, _quantity(cause, self._site))
            and rule.explains.has(alarm, _quantity(alarm, self._site))
            and (rule.anywhere or cause.room == alarm.room)
            for rule in self._site.causes
        )


def explained_in_retrospect(alarm: Alarm, others: Iterable[Alarm], site: Site) -> Explanation | None:
    """What explains an alarm found in late readings: of the alarms that were outside when it began, the first.

    Nobody was called for it, so it does not matter here whether anybody was for its cause.
    """
    quantity = _quantity(alarm, site)
    rules = [rule for rule in site.causes if rule.explains.has(alarm, quantity)]
    found = [
        Explanation(cause, rule, cause.onset + rule.span)
        for cause in others
        for rule in rules
        if _order(cause) < _order(alarm)
        and cause.severity >= alarm.severity
        and (cause.returned is None or alarm.onset < cause.returned)
        and alarm.onset < cause.onset + rule.span
        and _speaks_of(rule, cause, alarm, site)
    ]
    return min(found, key=lambda e: (*_order(e.cause), -e.until, e.rule.id), default=None)


def _speaks_of(rule: Cause, cause: Alarm, alarm: Alarm, site: Site) -> bool:
    """Does a rule call one alarm the cause of another that it explains, by place and by when they began?"""
    in_place = rule.anywhere or cause.room == alarm.room
    return in_place and cause.onset - LEAD <= alarm.onset and rule.cause.has(cause, _quantity(cause, site))


def _is_told(alarm: Alarm) -> bool:
    """Are people called for it, or for what explains it?"""
    return (alarm.announced or is_explained(alarm)) and alarm.returned is None and not alarm.retrospective


def is_explained(alarm: Alarm) -> bool:
    """Is an alarm held back by its cause?"""
    return alarm.held is not None and alarm.held.kind is HoldKind.CAUSE


def _descends(alarm: Alarm, ancestor: Alarm, standing: Mapping[str, Alarm]) -> bool:
    """Is an alarm, by what explains it and so on, explained by another, or the same?"""
    at: Alarm | None = alarm
    while at is not None and at.id != ancestor.id:
        at = standing.get(at.cause or "")
    return at is not None


def _order(alarm: Alarm) -> tuple[Instant, str]:
    return alarm.onset, alarm.id


def _quantity(alarm: Alarm, site: Site) -> Quantity | None:
    point = site.points.get(alarm.point)
    return None if point is None else point.quantity
