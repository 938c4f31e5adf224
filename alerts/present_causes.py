"""The alarms that others explain, as of the newest event: which are held back for that, and which call after all."""

from collections.abc import Collection
from dataclasses import replace
from heapq import heapify, heappop, heappush

from alerts import machine
from alerts.causes import Causes, Explanation, is_explained
from alerts.machine import Transition
from alerts.present_alarms import PresentAlarms
from facility.alarm import Alarm, Held, HoldKind
from facility.instants import Instant
from facility.people import CLEANWATCH

NEVER: Instant = 1 << 62

FRESH = frozenset({Transition.RAISED, Transition.CAME_BACK, Transition.HOLD_ENDED})
"""Steps after which people are called: before they are, a cause is looked for."""

EXPLAINED = "alarm explained"


class PresentCauses:
    """A cause takes back nothing that was announced before it: then it is put on record, and nothing is held back."""

    def __init__(self, alarms: PresentAlarms) -> None:
        self._alarms = alarms
        self.use_site()

    def use_site(self) -> None:
        """Look at every alarm that stands once more: the rules of the site are others, perhaps."""
        self._causes = Causes(self._alarms.standing.values(), self._alarms.site)
        self._alarms.changed.clear()
        self._concerned = set(self._causes.standing)
        """Alarms whose explanation may be another by now."""
        self._ends: list[tuple[Instant, str]] = []
        """When explanations end, the first at the top; only what `_end` says, too, holds still."""
        self._end: dict[str, Instant] = {}
        self._must_settle = True

    @property
    def due(self) -> Instant:
        """No alarm that is held back by its cause calls by time alone before this."""
        if self._must_settle:
            return 0
        while self._ends and self._end.get(self._ends[0][1]) != self._ends[0][0]:
            heappop(self._ends)
        return self._ends[0][0] if self._ends else NEVER

    def settle(self, now: Instant) -> Collection[str]:
        """Bring it up to date with the alarms as they are; returns the ids of those whose cause was just found."""
        fresh = {step.alarm.id for step in self._alarms.untold if step.action in FRESH}
        self._must_settle = False
        for alarm in self._alarms.changed.values():
            self._concerned |= self._causes.take(alarm)
        while self.due <= now:
            _, id = heappop(self._ends)
            self._concerned.add(id)
            del self._end[id]
        found: set[str] = set()
        waiting = [(self._causes.standing[id].onset, id) for id in self._concerned if id in self._causes.standing]
        self._concerned.clear()
        heapify(waiting)
        at = None
        while waiting:
            last, at = at, heappop(waiting)
            before = self._causes.standing[at[1]]
            after = before if at == last else self._settled(before, now, before.id in fresh)
            if after is not before:
                if after.cause != before.cause:
                    found.add(after.id)
                for id in self._causes.take(after) - {after.id}:
                    key = self._causes.standing[id].onset, id
                    if key > at:
                        heappush(waiting, key)
                    else:
                        self._concerned.add(id)
        self._alarms.changed.clear()
        return found

    def _settled(self, alarm: Alarm, now: Instant, fresh: bool) -> Alarm:
        """An alarm as it is by what explains it now."""
        if not (is_explained(alarm) or fresh or alarm.cause is None):
            return alarm
        explanation = self._causes.of(alarm, now)
        if explanation is None:
            return self._released(alarm, now)
        if is_explained(alarm):
            after = self._explained_still(alarm, explanation, now)
        elif fresh:
            after = self._held_back(alarm, explanation, now)
        else:
            after = self._explained_late(alarm, explanation, now)
        held_until = after.held.until if after.held is not None else None
        if is_explained(after):
            self._ends_at(after.id, min(explanation.until, held_until or NEVER))
        return after

    def _ends_at(self, id: str, until: Instant) -> None:
        if self._end.get(id) != until:
            self._end[id] = until
            heappush(self._ends, (until, id))

    def _held_back(self, alarm: Alarm, explanation: Explanation, now: Instant) -> Alarm:
        """Nobody has been called for it yet, and nobody is."""
        held = alarm.held or _held(explanation, now)
        return self._alarms.retell(alarm, FRESH, held=held, cause=explanation.cause.id)

    def _explained_still(self, before: Alarm, explanation: Explanation, now: Instant) -> Alarm:
        """Perhaps by another alarm than until now."""
        if before.cause == explanation.cause.id:
            return before
        after, transition = machine.held(before, _held(explanation, now))
        after = replace(after, cause=explanation.cause.id)
        self._alarms.step(now, CLEANWATCH, transition or EXPLAINED, before, after, explanation.rule.name)
        return after

    def _explained_late(self, before: Alarm, explanation: Explanation, now: Instant) -> Alarm:
        """People have been called for it already."""
        after = replace(before, cause=explanation.cause.id)
        self._alarms.step(now, CLEANWATCH, EXPLAINED, before, after, explanation.rule.name)
        return after

    def _released(self, before: Alarm, now: Instant) -> Alarm:
        """Nothing explains it, or no longer: while it is outside, it calls."""
        if not is_explained(before):
            return before
        after, _ = machine.held(before, None)
        reason = "its cause explains it no longer"
        self._alarms.step(now, CLEANWATCH, Transition.HOLD_ENDED, before, after, reason)
        return after


def _held(explanation: Explanation, now: Instant) -> Held:
    return Held(HoldKind.CAUSE, now, explanation.until, CLEANWATCH.name, explanation.rule.name)
