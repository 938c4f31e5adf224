"""Which alarm explains another, by the rules of the site file.

An alarm that is explained calls nobody: whoever was called for its cause knows. So an alarm explains another only
while that is true: it has not returned, people are called for it (or for what explains it), and it is no less severe
than what it explains.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from facility.alarm import Alarm, HoldKind
from facility.causes import Cause
from facility.instants import MINUTE, Instant, Span
from facility.quantities import Quantity
from facility.site import Site

LEAD: Span = MINUTE
"""So much earlier than its cause an alarm may begin: instruments are read at different moments."""

ANYWHERE = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An alarm explains another by a rule, until a moment."""

    cause: Alarm
    rule: Cause
    until: Instant


class Causes:
    """What may explain others, of the alarms that stand (by their id)."""

    def __init__(self, standing: Mapping[str, Alarm], site: Site) -> None:
        self._site = site
        speaking = sorted(filter(_is_told, standing.values()), key=_order)
        self._causes: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
        """By the id of a rule, and the room where that matters; in order."""
        for rule in site.causes:
            for alarm in speaking:
                if rule.cause.has(alarm, _quantity(alarm, site)):
                    self._causes[rule.id, ANYWHERE if rule.anywhere else alarm.room].append(alarm)

    def has(self, alarms: Collection[str]) -> bool:
        """Is one of these, by id, what may explain others?"""
        return any(cause.id in alarms for causes in self._causes.values() for cause in causes)

    def of(self, alarm: Alarm, standing: Mapping[str, Alarm], now: Instant) -> Explanation | None:
        """What explains an alarm now; None where nothing does.

        Of several the one that explains it already, then the one that began first. `standing` are the alarms as they
        are by now, also what explains each of them.
        """
        if alarm.retrospective or alarm.returned is not None:
            return None
        quantity = _quantity(alarm, self._site)
        rules = [rule for rule in self._site.causes if rule.explains.has(alarm, quantity)]
        known = standing.get(alarm.cause or "")
        if known is not None and _is_told(known) and known.severity >= alarm.severity:
            rules_of_known = [rule for rule in rules if self._is_cause(rule, known, alarm, now)]
            if rules_of_known:
                rule = max(rules_of_known, key=lambda rule: (rule.span, rule.id))
                return Explanation(known, rule, known.onset + rule.span)
        found: list[Explanation] = []
        for rule in rules:
            near = (c for c in self._near(rule, alarm, now) if self._explains(c, alarm, standing))
            cause = next(near, None)
            if cause is not None:
                found.append(Explanation(cause, rule, cause.onset + rule.span))
        return min(found, key=lambda e: (*_order(e.cause), -e.until, e.rule.id), default=None)

    def _is_cause(self, rule: Cause, cause: Alarm, alarm: Alarm, now: Instant) -> bool:
        """Does a rule call one alarm the cause of another that it speaks of, by the moments at which both began?"""
        in_place = rule.anywhere or cause.room == alarm.room
        in_time = cause.onset - LEAD <= alarm.onset and max(now, alarm.onset) < cause.onset + rule.span
        return in_place and in_time and rule.cause.has(cause, _quantity(cause, self._site))

    def _near(self, rule: Cause, alarm: Alarm, now: Instant) -> Iterator[Alarm]:
        """What a rule calls the cause of an alarm like this, by the moments at which both began; in order."""
        causes = self._causes.get((rule.id, ANYWHERE if rule.anywhere else alarm.room), [])
        first = bisect_right(causes, max(now, alarm.onset) - rule.span, key=lambda cause: cause.onset)
        last = bisect_right(causes, alarm.onset + LEAD, key=lambda cause: cause.onset)
        return (causes[index] for index in range(first, last))

    def _explains(self, cause: Alarm, alarm: Alarm, standing: Mapping[str, Alarm]) -> bool:
        if cause.severity < alarm.severity or _descends(cause, alarm, standing):
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


def _is_told(alarm: Alarm) -> bool:
    """Are people called for it, or for what explains it?"""
    announced = alarm.announced or (alarm.held is not None and alarm.held.kind is HoldKind.CAUSE)
    return announced and alarm.returned is None and not alarm.retrospective


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
