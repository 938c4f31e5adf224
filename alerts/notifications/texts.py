"""What a message says: which room, what, how far, against which limit, since when, for whom, and what to do.

Two forms of the same: long for e-mail, and one text of 160 characters for phones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from alerts.notifications import answer_links
from alerts.notifications.gsm import fitted
from alerts.rooms import RoomStates
from facility.alarm import Alarm, AlarmState, Condition, source_of
from facility.instants import Instant
from facility.language import N_, _, _n
from facility.limit import Limit, RoomState, Severity, Side
from facility.site import Grade, Point, Site
from facility.writing import dated, decimal, significant
from storage.records.notifications import Notification, Purpose, Recipient, number_of

CALLS = frozenset({Purpose.NEW, Purpose.WORSE, Purpose.MORE, Purpose.UNANSWERED})
"""What wants an answer, of alarms few enough to look at."""
LISTED = 12
"""Alarms that are told in full in one message; further ones are counted."""
SPACE = "\u202f"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is so at the moment that a message is written: the states of rooms, the batches that run in each.

    `address` is where people reach the app, empty where nobody has said.
    """

    site: Site
    now: Instant
    rooms: RoomStates
    batches: Mapping[str, Sequence[str]] = field(default_factory=dict)
    address: str = ""

    def state(self, room: str) -> RoomState | None:
        """The state of a room; None while it is unknown, and where there is no such room any more."""
        held = self.rooms.of(self.site, room) if room in self.site.rooms else None
        return held.state if held is not None else None


@dataclass(frozen=True, slots=True)
class Words:
    """A message without who gets it.

    One text to a phone begins with the first of `heads` that leaves room for the link; `more` follows where it fits.
    """

    subject: str
    body: str
    heads: tuple[str, ...]
    more: tuple[str, ...] = ()
    link: str = ""

    def with_link(self, link: str) -> "Words":
        """The same with another link."""
        return replace(self, body=self.body.replace(self.link, link), link=link)


def compose(scene: Scene, event: str, alarms: Sequence[Alarm], purpose: Purpose) -> Words:
    """What is to be said of an event: of its alarms, at least one, those that count most first.

    `event` is the number of an excursion (E-2026-0042) or the id of an alarm that is in none.
    """
    first = alarms[0]
    site = scene.site
    number = event if event.startswith("E-") else ""
    why, what = _(_SUBJECT[purpose], severity=_severity(first.severity)), _deviation(site, first)
    head = f"{why} {_room(site, first)}: {what}"
    more = " " + _("and {n} more", n=len(alarms) - 1) if len(alarms) > 1 else ""
    link = _link(scene, event, first)
    told = [_in_full(scene, alarm) for alarm in alarms[:LISTED]]
    if len(alarms) > LISTED:
        told.append(_("And {n} more alarms.", n=len(alarms) - LISTED))
    rooms = list(dict.fromkeys(room for alarm in alarms for room in alarm.rooms))
    body = [_opening(purpose, alarms, number), *told, _rooms(scene, rooms)]
    if link:
        body.append(
            _("Answer it here:\n{link}", link=link)
            if purpose is not Purpose.RETURNED
            else _("See it here:\n{link}", link=link)
        )
    since = " " + (
        _("since {time}", time=_clock(site, first.onset)) if first.returned is None else _until(site, first)
    )
    batches = _batches(scene, rooms)
    state = scene.state(first.room)
    heads = tuple(
        f"{why} {where}: {what}{more}{since}." for where in (_room(site, first, grade=False), first.room or site.name)
    )
    besides = (
        " " + _("Batch {batches}.", batches=", ".join(batches)) if batches else "",
        f" {_(state)}." if state else "",
        f" {_response(site, first)}",
    )
    subject = f"{head}{more}{since}" + (f" ({number})" if number else "")
    return Words(subject, "\n\n".join(filter(None, body)), heads, tuple(filter(str.strip, besides)), link)


def summary(scene: Scene, events: Sequence[tuple[str, Sequence[Alarm]]], title: str) -> Words:
    """What is to be said of many events at once; `title` says why they come together."""
    site = scene.site
    alarms = [alarm for _unused, of_event in events for alarm in of_event]
    worst = max(alarm.severity for alarm in alarms)
    rooms = list(dict.fromkeys(room for alarm in alarms for room in alarm.rooms))
    action = sum(alarm.severity is Severity.ACTION for alarm in alarms)
    counts = _n("{n} alarm", "{n} alarms", len(alarms), n=len(alarms))
    counts += " " + _n("in {n} room", "in {n} rooms", len(rooms), n=len(rooms))
    if action:
        counts += ", " + _("{n} at the action limit", n=action)
    lines = [
        _(
            "- {severity} {room}: {deviation} since {time}",
            severity=_severity(worst_of(of_event).severity),
            room=_room(site, worst_of(of_event)),
            deviation=_deviation(site, worst_of(of_event)),
            time=_moment(site, worst_of(of_event).onset),
        )
        + (", " + _("and {n} more", n=len(of_event) - 1) if len(of_event) > 1 else "")
        for _unused, of_event in events[:LISTED]
    ]
    if len(events) > LISTED:
        lines.append("- " + _("and {n} more", n=len(events) - LISTED))
    link = f"{scene.address}/alarms" if scene.address else ""
    batches = _batches(scene, rooms)
    body = [f"{_(title)}: {counts}.", "\n".join(lines)]
    if batches:
        body.append(_("Batches there: {batches}", batches=", ".join(batches)))
    if link:
        body.append(_("See them here:\n{link}", link=link))
    first = worst_of(alarms)
    heads = (f"{_severity(worst)}: {counts}. {_(title)}.",)
    more = (" " + _("First: {room} {deviation}.", room=_room(site, first), deviation=_deviation(site, first)),)
    return Words(f"{_severity(worst)}: {counts}. {_(title)}", "\n\n".join(body), heads, more, link)


def addressed(
    words: Words,
    *,
    id: str,
    at: Instant,
    purpose: Purpose,
    severity: Severity,
    event: str,
    alarms: Sequence[Alarm],
    recipient: Recipient,
    site: Site,
    due: Instant | None = None,
) -> Notification:
    """The message with these words to one recipient. Its number stands at the end of both forms.

    Where one person is called the link is one by which that person answers: the sender fills it in.
    """
    number = number_of(id)
    link = words.link
    if link and recipient.account and purpose in CALLS:
        parts = urlsplit(link)
        link = f"{parts.scheme}://{parts.netloc}{answer_links.PLACE}"
        words = words.with_link(link)
    told = _(
        "Message {number} of Cleanwatch, {site}. It may come twice; it is the same then.",
        number=number,
        site=site.name,
    )
    foot = f"--\n{told}"
    return Notification(
        id=id,
        at=at,
        purpose=purpose,
        severity=severity,
        event=event,
        alarms=tuple(alarm.id for alarm in alarms),
        recipient=recipient,
        subject=words.subject,
        body=f"{words.body}\n\n{foot}",
        short=fitted(words.heads, f" {words.link}" if words.link else "", words.more, f" #{number}"),
        link=words.link,
        due=at if due is None else due,
    )


def worst_of(alarms: Sequence[Alarm]) -> Alarm:
    """The alarm that stands first: the most severe that is not over, then the one that began first."""
    return min(alarms, key=lambda alarm: (alarm.returned is not None, -alarm.severity, alarm.onset, alarm.id))


_SUBJECT = {
    Purpose.NEW: N_("{severity}"),
    Purpose.WORSE: N_("NOW {severity}"),
    Purpose.MORE: N_("{severity}, more alarms"),
    Purpose.UNANSWERED: N_("NOT ANSWERED, {severity}"),
    Purpose.RETURNED: N_("Back inside,"),
    Purpose.SUMMARY: N_("{severity}"),
    Purpose.TEST: N_("TEST"),
    Purpose.ABSENT: N_("NOT HEARD"),
}


def _opening(purpose: Purpose, alarms: Sequence[Alarm], number: str) -> str:
    named = (
        _("Excursion {number}", number=number)
        if number
        else _("This alarm")
        if len(alarms) == 1
        else _("These alarms")
    )
    match purpose:
        case Purpose.WORSE:
            return _(
                "{named}: it has got worse and has reached the {level}.",
                named=named,
                level=_level(alarms[0].severity),
            )
        case Purpose.MORE:
            return _("{named}: more has come to what you were told of.", named=named)
        case Purpose.UNANSWERED:
            return _(
                "{named}: nobody who was called before you has answered. Your answer stops the calls.", named=named
            )
        case Purpose.RETURNED:
            answered = all(alarm.state in (AlarmState.NORMAL, AlarmState.LATCHED) for alarm in alarms)
            return _("{named}: all is back inside.", named=named) + (
                "" if answered else " " + _("Nobody has acknowledged it yet.")
            )
        case _:
            return f"{named}." if number else ""


def _in_full(scene: Scene, alarm: Alarm) -> str:
    site = scene.site
    point = site.points.get(alarm.point)
    lines = [f"{_severity(alarm.severity)}  {_room(site, alarm)}", f"  {_deviation(site, alarm)}"]
    if alarm.source is None:
        lines.append("  " + _("Point {point}", point=alarm.point))
    if alarm.blinds:
        heard = ", ".join(blinded.point for blinded in alarm.blinds[:LISTED])
        lines.append(
            "  "
            + _("Not heard: {points}", points=heard)
            + (" " + _("and more") if len(alarm.blinds) > LISTED else "")
        )
    span = "  " + _("Since {time}", time=_moment(site, alarm.onset))
    if alarm.returned is not None:
        span += ", " + _("back inside {time}", time=_moment(site, alarm.returned))
    lines.append(span)
    if point is not None and alarm.worst is not None and alarm.worst != alarm.value:
        lines.append("  " + _("Worst {value}", value=_value(point, alarm.worst)))
    if alarm.acknowledgements:
        answer = alarm.acknowledgements[-1]
        lines.append(
            "  "
            + _(
                "Acknowledged {time} by {by}: {comment}",
                time=_moment(site, answer.at),
                by=answer.by,
                comment=answer.comment,
            ).rstrip(": ")
        )
    limit = _limit(site, alarm)
    if limit is not None and limit.rationale:
        lines.append("  " + _("Why this limit: {rationale}", rationale=limit.rationale))
    if response := _response(site, alarm):
        lines.append("  " + _("What to do: {response}", response=response))
    return "\n".join(lines)


def _rooms(scene: Scene, rooms: Sequence[str]) -> str:
    lines = []
    for room in rooms[:LISTED]:
        state = scene.state(room)
        batches = scene.batches.get(room, ())
        making = _("batch {batches}", batches=", ".join(batches)) if batches else _("no batch")
        lines.append(f"{_room_name(scene.site, room)}: {_(state) if state else _('room state unknown')}, {making}")
    return "\n".join(lines)


def _batches(scene: Scene, rooms: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(batch for room in rooms for batch in scene.batches.get(room, ())))


def _room(site: Site, alarm: Alarm, grade: bool = True) -> str:
    return _room_name(site, alarm.room, grade) if alarm.room else site.name


def _room_name(site: Site, room: str, grade: bool = True) -> str:
    known = site.rooms.get(room)
    if known is None:
        return room
    if grade and isinstance(known.classification, Grade):
        return _("{room} {name}, grade {grade}", room=room, name=known.name, grade=known.classification.value)
    return f"{room} {known.name}"


def _deviation(site: Site, alarm: Alarm) -> str:
    """Pressure 8.2 Pa < 10.0 Pa; of what is beside limits its name."""
    point = site.points.get(alarm.point)
    if (source := source_of(alarm.point)) is not None:
        return _("source {source} lost, {n} points not heard", source=source, n=len(alarm.blinds))
    what = alarm.point if point is None else _(point.measure.name)
    if point is not None and point.size is not None:
        what = f"{what} ≥ {significant(point.size, 6)} µm"
    if alarm.value is None or alarm.limit is None or point is None:
        return f"{what}: {_(alarm.condition.value)}" if point is not None else _(alarm.condition.value)
    told = f"{what} {_value(point, alarm.value)} {alarm.operator} {_value(point, alarm.limit)}"
    return told if alarm.condition in (Condition.HIGH, Condition.LOW) else f"{_(alarm.condition.value)}, {told}"


def _value(point: Point, value: float) -> str:
    return f"{decimal(value, point.measure.decimals)}{SPACE}{point.unit}"


def _limit(site: Site, alarm: Alarm) -> Limit | None:
    """The limit that an alarm is against, as the site has it now."""
    point = site.points.get(alarm.point)
    side = {Condition.HIGH: Side.HIGH, Condition.LOW: Side.LOW}.get(alarm.condition)
    for limit in point.limits if point else ():
        if (limit.severity, limit.side, limit.value) == (alarm.severity, side, alarm.limit):
            return limit
    return None


def _response(site: Site, alarm: Alarm) -> str:
    """What to do now, as the site file has it of the limit, else of the room."""
    limit, room = _limit(site, alarm), site.rooms.get(alarm.room)
    return (limit.response if limit else "") or (room.response if room else "")


def _severity(severity: Severity) -> str:
    return _(severity.name.lower()).upper()


def _level(severity: Severity) -> str:
    return _("action limit") if severity is Severity.ACTION else _("alert level")


def _until(site: Site, alarm: Alarm) -> str:
    assert alarm.returned is not None
    return _("from {start} to {end}", start=_clock(site, alarm.onset), end=_clock(site, alarm.returned))


def _clock(site: Site, at: Instant) -> str:
    return _local(site, at).strftime("%H:%M")


def _moment(site: Site, at: Instant) -> str:
    """22 Nov 2026 03:12:30 (Europe/Berlin)"""
    local = _local(site, at)
    return f"{dated(local, 'yMMMd')} {local:%H:%M:%S} ({site.timezone})"


def _local(site: Site, at: Instant) -> datetime:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(site.timezone))


def _link(scene: Scene, event: str, alarm: Alarm) -> str:
    if not scene.address:
        return ""
    if event.startswith("E-"):
        return f"{scene.address}/excursions/{event}"
    return f"{scene.address}/rooms/{quote(alarm.room)}" if alarm.room else f"{scene.address}/alarms"
