"""The alarms that stand, and how they follow what is found and what people decide; every step is in the draft."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from alerts import machine
from alerts.draft import Draft
from alerts.findings import Finding
from alerts.machine import Place, RefusedError, Transition
from alerts.rooms import RoomStates
from facility.alarm import STANDING, Alarm, AlarmState, Blinded, Condition, Held, HoldKind, room_of
from facility.holds import Hold
from facility.instants import Instant
from facility.people import CLEANWATCH, Actor
from facility.site import Site
from facility.site_part import watches
from storage.records.commands import DONE, Acknowledge, Reset, WaitingCommand

ORDER = tuple(HoldKind)


@dataclass(frozen=True, slots=True)
class Untold:
    """A step of an alarm that is not in the draft yet."""

    at: Instant
    actor: Actor
    action: str
    before: Alarm | None
    alarm: Alarm
    reason: str


class PresentAlarms:
    """The alarms that stand as of the newest event. Nothing here reads a clock, a file or a socket."""

    def __init__(self, site: Site, rooms: RoomStates, standing: Iterable[Alarm]) -> None:
        self.site = site
        self.rooms = rooms
        self.draft = Draft()
        self.untold: list[Untold] = []
        """Steps of what is being judged; `alerts.present_excursions` settles what they mean and has them told."""
        self.holds: dict[int, Hold] = {}
        """What people have put aside, and what they ask for."""
        self.standing = {(alarm.point, alarm.condition): alarm for alarm in standing}
        self.changed: dict[str, Alarm] = {}
        """Alarms that are other than when their causes were looked for last, by id."""
        self._steps: dict[str, list[int]] = {}
        """Where in `untold` the steps of each alarm are."""

    def use_site(self, site: Site, now: Instant) -> None:
        """Alarms of another site, or of the same one changed."""
        self.site = site
        for key, alarm in list(self.standing.items()):
            if not watches(site, alarm.point):  # another station's from now on
                del self.standing[key]
            elif room_of(alarm.point) not in site.rooms and alarm.source is None and alarm.point not in site.points:
                self.close(alarm, now, "the point is watched no longer")

    def of(self, point: str, condition: Condition) -> Alarm | None:
        """The alarm that stands of a condition of a point, or of what has a place like one."""
        return self.standing.get((point, condition))

    def follow(
        self, place: Place, finding: Finding, at: Instant, blinds: tuple[Blinded, ...] = ()
    ) -> tuple[Alarm | None, Transition | None]:
        """Something was found about a place: the alarm after it, if there is one, and the step that it took, if any.

        `blinds` are the points that are not heard while it is active.
        """
        before = self.of(place.id, finding.condition)
        alarm, transition = machine.follow(before, place, finding)
        if alarm is None or alarm == before:
            return alarm, None
        if blinds and alarm.returned is None:
            alarm = replace(alarm, blinds=blinds)
        if alarm.returned is None:
            alarm, _ = machine.held(alarm, self._held(alarm))
        if transition is None:
            self.stands(alarm)
        else:
            self.step(at, CLEANWATCH, transition, before, alarm)
        return alarm, transition

    def step(
        self, at: Instant, actor: Actor, action: str, before: Alarm | None, alarm: Alarm, reason: str = ""
    ) -> None:
        """An alarm has taken a step."""
        self.stands(alarm)
        self._steps.setdefault(alarm.id, []).append(len(self.untold))
        self.untold.append(Untold(at, actor, action, before, alarm, reason))

    def stands(self, alarm: Alarm) -> None:
        """An alarm is now like this, or stands no longer. After one of the past another may stand by now."""
        other = self.of(alarm.point, alarm.condition)
        self.changed[alarm.id] = alarm
        if alarm.state in STANDING:
            self.standing[alarm.point, alarm.condition] = alarm
        elif other is None or other.id == alarm.id:
            self.standing.pop((alarm.point, alarm.condition), None)
        else:
            self.draft.alarms[alarm.id] = alarm
            return
        self.draft.alarm(alarm, self.site)

    def newest(self, alarm: Alarm) -> Alarm:
        """An alarm as it is by now."""
        standing = self.of(alarm.point, alarm.condition)
        return (
            standing if standing is not None and standing.id == alarm.id else self.draft.alarms.get(alarm.id, alarm)
        )

    def retell(self, alarm: Alarm, actions: Collection[str], **changes: Any) -> Alarm:
        """An alarm, and its untold steps from the newest of these actions on, with something changed."""
        own = self._steps[alarm.id]
        first = max(place for place in own if self.untold[place].action in actions)
        for place in (place for place in own if place >= first):
            step = self.untold[place]
            before = step.before if place == first or step.before is None else replace(step.before, **changes)
            self.untold[place] = replace(step, before=before, alarm=replace(step.alarm, **changes))
        changed: Alarm = replace(alarm, **changes)
        self.stands(changed)
        return changed

    def tell(self) -> None:
        """Put the untold steps into the draft."""
        for step in self.untold:
            self.draft.entry(step.at, step.actor, step.action, step.before, step.alarm, step.reason)
        self.untold.clear()
        self._steps.clear()

    def amend(self, before: Alarm | None, alarm: Alarm, action: str, at: Instant) -> None:
        """Readings that came late tell of an alarm, or more of one; nobody is called for that."""
        self.step(at, CLEANWATCH, action, before, alarm)

    def acknowledge(self, command: Acknowledge, waiting: WaitingCommand) -> str:
        """A person answers an alarm; what came of it, in words."""
        alarm = self._named(command.alarm)
        try:
            answered = machine.acknowledged(alarm, waiting.actor.name, waiting.at, command.comment, command.severity)
        except RefusedError as refusal:
            return str(refusal)
        self.step(waiting.at, waiting.actor, Transition.ACKNOWLEDGED, alarm, answered, reason=command.comment.strip())
        return DONE

    def reset(self, command: Reset, actor: Actor, now: Instant) -> str:
        """A person lets go of a latched alarm; what came of it, in words."""
        alarm = self._named(command.alarm)
        try:
            over = machine.reset(alarm, command.comment)
        except RefusedError as refusal:
            return str(refusal)
        self.step(now, actor, Transition.RESET, alarm, over, reason=command.comment.strip())
        return DONE

    def hold_back(self, now: Instant, actor: Actor, reason: str) -> None:
        """What holds alarms back is other than before: some call nobody from now on, some call again."""
        for before in list(self.standing.values()):
            alarm, transition = machine.held(before, self._held(before))
            if transition is not None:
                self.step(now, actor, transition, before, alarm, reason)

    def close(self, alarm: Alarm, now: Instant, reason: str) -> None:
        """What an alarm was of is there no longer."""
        returned = max(now, alarm.raised) if alarm.returned is None else alarm.returned
        over = replace(alarm, state=AlarmState.NORMAL, returned=returned)
        self.step(now, CLEANWATCH, Transition.CLOSED, alarm, over, reason)

    def _held(self, alarm: Alarm) -> Held | None:
        """What holds an alarm back now; of several the one that is hardest to undo."""
        covering = [hold.held for hold in self.holds.values() if hold.covers(alarm, self.site)]
        explained = [alarm.held] if alarm.held is not None and alarm.held.kind is HoldKind.CAUSE else []
        return min(
            [*covering, *self._suppressed(alarm), *explained], key=lambda held: ORDER.index(held.kind), default=None
        )

    def _suppressed(self, alarm: Alarm) -> Iterator[Held]:
        """What the rules of the site file say, in the state that the alarm's room is in."""
        state = self.rooms.of(self.site, alarm.room) if alarm.room in self.site.rooms else None
        if state is not None:
            point = self.site.points.get(alarm.point)
            for rule in self.site.suppressions:
                if rule.has(alarm, point.quantity if point else None, state.state):
                    yield Held(HoldKind.SUPPRESSED, state.time, None, CLEANWATCH.name, rule.name)
                    return

    def _named(self, id: str) -> Alarm | None:
        return next((alarm for alarm in self.standing.values() if alarm.id == id), None)
