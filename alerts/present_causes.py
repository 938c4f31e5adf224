"""The alarms that others explain, as of the newest event: which are held back for that, and which call after all."""

from collections.abc import Collection
from dataclasses import replace

from alerts import machine
from alerts.causes import Causes, Explanation
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
        self.due: Instant = 0
        """No alarm that is held back by its cause calls by time alone before this."""

    def settle(self, now: Instant) -> Collection[str]:
        """Bring it up to date with the alarms as they are; returns the ids of those whose cause was just found."""
        standing = {alarm.id: alarm for alarm in self._alarms.standing.values()}
        causes = Causes(standing, self._alarms.site)
        fresh = {step.alarm.id for step in self._alarms.untold if step.action in FRESH}
        new_causes = causes.has(fresh)
        found: list[str] = []
        self.due = NEVER
        for alarm in sorted(standing.values(), key=lambda alarm: (alarm.onset, alarm.id)):
            if not (_is_explained(alarm) or alarm.id in fresh or (new_causes and alarm.cause is None)):
                continue
            explanation = causes.of(alarm, standing, now)
            if explanation is None:
                after = self._released(alarm, now)
            elif _is_explained(alarm):
                after = self._explained_still(alarm, explanation, now)
            elif alarm.id in fresh:
                after = self._held_back(alarm, explanation, now)
            else:
                after = self._explained_late(alarm, explanation, now)
            standing[alarm.id] = after
            if explanation is not None and alarm.cause != after.cause:
                found.append(alarm.id)
            if after.held is not None and after.held.kind is HoldKind.CAUSE and after.held.until is not None:
                self.due = min(self.due, after.held.until)
        return found

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
        if not _is_explained(before):
            return before
        after, _ = machine.held(before, None)
        reason = "its cause explains it no longer"
        self._alarms.step(now, CLEANWATCH, Transition.HOLD_ENDED, before, after, reason)
        return after


def _is_explained(alarm: Alarm) -> bool:
    """Is it held back by its cause?"""
    return alarm.held is not None and alarm.held.kind is HoldKind.CAUSE


def _held(explanation: Explanation, now: Instant) -> Held:
    return Held(HoldKind.CAUSE, now, explanation.until, CLEANWATCH.name, explanation.rule.name)
