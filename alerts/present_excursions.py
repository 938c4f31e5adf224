"""The excursions as of the newest event.

Steps of alarms are told to the draft once a commit, or a moment, is judged whole: only then is known which of them
explains which, and in which excursion they are, whatever their order in it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from alerts import excursions
from alerts.causes import explained_in_retrospect
from alerts.excursions import RefusedError, Regrouped
from alerts.known_excursions import KnownExcursions
from alerts.present_alarms import PresentAlarms
from alerts.present_causes import EXPLAINED, FRESH, PresentCauses
from alerts.retrospect import FOUND
from facility.alarm import Alarm
from facility.excursion import Excursion
from facility.instants import Instant
from facility.people import CLEANWATCH, Actor
from storage.records.commands import DONE, MergeExcursions, SplitExcursion
from storage.records.excursions import Moved

FIRST_OUT, NOT_FIRST_OUT = "alarm marked first-out", "alarm not first-out"


class PresentExcursions:
    """What goes on, as events. Nothing here reads a clock, a file or a socket."""

    def __init__(self, alarms: PresentAlarms, known: Iterable[Excursion] = ()) -> None:
        self._alarms = alarms
        self._causes = PresentCauses(alarms)
        self._known = KnownExcursions(alarms.site, known)
        """Those that an alarm may still join, those of alarms that stand, those that are not on record yet."""
        self._settled = set(self._known)
        """Those in which no alarm stands, perhaps: no others can be over."""

    def recall(self, on_record: Iterable[Excursion]) -> None:
        """Know these too, they are of the past or a person has named them; and of those known the number."""
        for excursion in on_record:
            known = self._known.get(excursion.id, excursion)
            self._known.recall(replace(known, number=excursion.number))
            self._settled.add(excursion.id)

    def use_site(self, now: Instant) -> None:
        """The rules of the site are others, perhaps."""
        self._known = KnownExcursions(self._alarms.site, self._known.values())
        self._causes.use_site()
        self.settle(now)

    def settle(self, now: Instant) -> None:
        """What was judged up to `now` is told: which alarms are explained, and in which excursions they are."""
        if not self._alarms.untold and now < self._causes.due:
            return
        explained = {*self._causes.settle(now), *self._explained_in_retrospect(now)}
        changed = {step.alarm.id: self._alarms.newest(step.alarm) for step in self._alarms.untold}
        if changed:
            grouped = excursions.follow(self._known, changed.values(), explained)
            self._regroup(grouped, CLEANWATCH, now)
        self._alarms.tell()
        self._forget(now)

    def merge(self, command: MergeExcursions, actor: Actor, now: Instant) -> str:
        """A person says that two excursions are one; what came of it, in words."""
        one, into = self._id(command.excursion), self._id(command.into)
        return self._decided(actor, now, lambda: excursions.merge(self._known, one, into, command.reason))

    def split(self, id: int, command: SplitExcursion, actor: Actor, now: Instant) -> str:
        """A person says that some alarms of an excursion are one of their own; what came of it, in words."""
        whole, new = self._id(command.excursion), f"split/{id}"
        return self._decided(
            actor, now, lambda: excursions.split(self._known, whole, command.alarms, new, command.reason)
        )

    def _decided(self, actor: Actor, now: Instant, regroup: Callable[[], Regrouped]) -> str:
        try:
            self._regroup(regroup(), actor, now)
        except RefusedError as refusal:
            return str(refusal)
        return DONE

    def _explained_in_retrospect(self, now: Instant) -> set[str]:
        """What explains the alarms found in late readings, and which of those known they explain; told to nobody."""
        found = {step.alarm.id: step.alarm for step in self._alarms.untold if step.action == FOUND}
        if not (found and self._alarms.site.causes):
            return set()
        known = {id: alarm for excursion in self._known.values() for id, alarm in excursion.alarms.items()} | found
        explained = set()
        for alarm in [alarm for alarm in known.values() if alarm.retrospective and alarm.cause is None]:
            before, others = self._alarms.newest(alarm), known if alarm.id in found else found
            by = explained_in_retrospect(before, others.values(), self._alarms.site)
            if by is None:
                continue
            if alarm.id in found:
                self._alarms.retell(before, {FOUND}, cause=by.cause.id)
            else:
                self._alarms.step(
                    now, CLEANWATCH, EXPLAINED, before, replace(before, cause=by.cause.id), by.rule.name
                )
            explained.add(alarm.id)
        return explained

    def _id(self, number: str) -> str:
        return next((excursion.id for excursion in self._known.values() if excursion.number == number), "")

    def _regroup(self, regrouped: Regrouped, actor: Actor, now: Instant) -> None:
        draft = self._alarms.draft
        draft.moved += [Moved(now, actor, move) for move in regrouped.moves]
        others = {id for move in regrouped.moves for id in (move.excursion, move.previous)}
        fresh = {step.alarm.id for step in self._alarms.untold if step.action in FRESH}
        self._known.move(regrouped.moves)
        for id, excursion in regrouped.excursions.items():
            before = self._known.get(id)
            if id in others or before is None or _on_record(before) != _on_record(excursion):
                if excursion.merged_into is None:
                    excursion = self._marked(excursion, fresh, actor, now)
                draft.excursions[id] = excursion
            self._known.put(excursion)
            self._settled.add(id)

    def _marked(self, excursion: Excursion, fresh: Collection[str], actor: Actor, now: Instant) -> Excursion:
        """Of several alarms the first is marked; where nobody has been told of it yet, from the beginning."""
        marked = excursion.extent.marked
        first = {excursion.first_out} if len(excursion.alarms) > 1 else set()
        if marked == first:
            return excursion
        wrong = sorted((excursion.alarms[id] for id in marked ^ first), key=lambda alarm: (alarm.onset, alarm.id))
        right: dict[str, Alarm] = {}
        for alarm in wrong:
            before, is_first = self._alarms.newest(alarm), alarm.id in first
            if alarm.id in fresh:
                right[alarm.id] = self._alarms.retell(before, FRESH, first_out=is_first)
            else:
                right[alarm.id] = after = replace(before, first_out=is_first)
                self._alarms.step(now, actor, FIRST_OUT if is_first else NOT_FIRST_OUT, before, after)
        return excursion.with_alarms(right)

    def _forget(self, now: Instant) -> None:
        """Those that are on record, and that no alarm can join any more."""
        for id in list(self._settled):
            excursion = self._known[id]
            if excursion.merged_into is None and (excursion.returned is None or excursion.extent.unsettled):
                self._settled.discard(id)
            elif id not in self._alarms.draft.excursions and (
                excursion.merged_into is not None or excursions.is_over(excursion, self._alarms.site, now)
            ):
                self._known.forget(id)
                self._settled.discard(id)


def _on_record(excursion: Excursion) -> tuple[object, ...]:
    """What is kept of it beside its alarms."""
    return (
        excursion.onset,
        excursion.returned,
        excursion.severity,
        excursion.first_out,
        excursion.merged_into,
    )
