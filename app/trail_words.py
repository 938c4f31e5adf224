"""A row of the audit trail in words for people: what happened to what, old and new, why, and from where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from app import formats
from facility.instants import Instant, text_of
from facility.language import N_, _
from storage.records.trail.audit import AuditRow

KINDS = (
    N_("account"),
    N_("alarm"),
    N_("annotation"),
    N_("batch"),
    N_("change"),
    N_("room"),
    N_("site"),
    N_("source"),
    N_("station"),
)
"""The kinds of objects that are looked for by kind."""
OTHER_KINDS = (
    N_("archive"),
    N_("backup"),
    N_("channel"),
    N_("escalation"),
    N_("excursion"),
    N_("hold"),
    N_("instrument"),
    N_("point"),
    N_("readings"),
    N_("rota"),
)
ACTIONS = (
    N_("API token made"),
    N_("API token revoked"),
    N_("alarm came back"),
    N_("alarm closed"),
    N_("alarm completed by late readings"),
    N_("alarm dated back"),
    N_("alarm explained"),
    N_("alarm found in late readings"),
    N_("alarm held"),
    N_("alarm hold ended"),
    N_("alarm joined excursion"),
    N_("alarm marked first-out"),
    N_("alarm moved to excursion"),
    N_("alarm not first-out"),
    N_("alarm raised"),
    N_("alarm returned"),
    N_("alarm rose"),
    N_("archive checked"),
    N_("archive made"),
    N_("backup made"),
    N_("batch ended"),
    N_("batch started"),
    N_("change reviewed"),
    N_("change taken back"),
    N_("change withdrawn"),
    N_("channel added"),
    N_("channel tested"),
    N_("command applied"),
    N_("command submitted"),
    N_("comment added"),
    N_("copy taken"),
    N_("correction refused"),
    N_("correction taken back"),
    N_("dead letter replayed"),
    N_("escalation called"),
    N_("excursion assessed"),
    N_("excursion closed"),
    N_("excursion merged"),
    N_("excursion reopened"),
    N_("excursion restored"),
    N_("link made"),
    N_("link used"),
    N_("missing messages came"),
    N_("organisms identified"),
    N_("session ended"),
    N_("shelving asked for"),
    N_("shelving refused"),
    N_("shelving taken back"),
    N_("signed"),
    N_("site file refused"),
    N_("source gone"),
    N_("source online"),
    N_("system stopped"),
    N_("trail anchored"),
    N_("trail reviewed"),
    N_("trail verified"),
    N_("unshelved"),
    N_("wall display let in"),
    N_("wall display made"),
    N_("wall display revoked"),
)
"""What rows say that happened, beside what needs eyes (app/trail_query.py)."""
NOTHING = N_("nothing")
LONGEST = 300
"""Characters of one value; the whole is in an export."""
APART = ("zone", "role", "origin", "changes", "reason")
"""What every row may say, beside what belongs to its action."""
PAGES = {"room": "/rooms/", "change": "/changes/", "account": "/accounts/"}
"""Where the objects of a kind have a page of their own."""


@dataclass(frozen=True, slots=True)
class Told:
    """One row as it is read."""

    seq: int
    day: str
    time: str
    utc: str
    who: str
    role: str
    origin: str
    action: str
    object: str
    """As it is looked for."""
    called: str
    """As it is read."""
    life: str
    """The address of all that ever happened to the object."""
    page: str
    """The address of the object itself; empty where it has none."""
    changes: tuple[tuple[str, str, str], ...]
    """Field, old, new."""
    reason: str
    more: tuple[tuple[str, str], ...]


def told(row: AuditRow, names: Mapping[str, str], timezone: str, now: Instant) -> Told:
    """A row in words; `names` are the printed names of accounts."""
    data = _data(row.data)

    def words(value: object) -> str:
        return _words(value, timezone, now)

    changes = data.get("changes", {})
    kind, _unused, name = row.object.partition(" ")
    return Told(
        seq=row.seq,
        day=formats.date(row.at, timezone),
        time=formats.with_seconds(row.at, timezone),
        utc=text_of(row.at),
        who=names.get(row.actor, row.actor),
        role=_(str(data.get("role", ""))),
        origin=str(data.get("origin", "")),
        action=formats.sentence(_(row.action)),
        object=row.object,
        called=_called(row.object, timezone),
        life=f"/audit?{urlencode({'object': row.object})}",
        page=f"{PAGES[kind]}{quote(name, safe='')}" if kind in PAGES and name else "",
        changes=tuple((field, words(old), words(new)) for field, (old, new) in changes.items()),
        reason=str(data.get("reason", "")),
        more=tuple((field, words(value)) for field, value in data.items() if field not in (*APART, *changes)),
    )


def _called(object: str, timezone: str) -> str:
    """The name of an object for people."""
    kind, _unused, name = object.partition(" ")
    alarm = _alarm(name, timezone)
    return _("alarm {called}", called=alarm) if kind == "alarm" and alarm is not None else object_words(object)


def object_words(object: str) -> str:
    """An object of the trail in the language that is spoken: its kind is translated, its name is not."""
    kind, space, name = object.partition(" ")
    return f"{_(kind)}{space}{name}"


def _alarm(id: str, timezone: str) -> str | None:
    """What people call an alarm with this id: its point, its condition and its onset; None where it is no such id."""
    point, condition, onset = id.split("/") if id.count("/") == 2 else ("", "", "")
    if not (point and onset.isascii() and onset.isdecimal() and len(onset) < 15):
        return None
    began, words = int(onset), condition.replace("-", " ")
    return _(
        "{point} {condition}, {date} {time}",
        point=point,
        condition=_(words),
        date=formats.date(began, timezone),
        time=formats.with_seconds(began, timezone),
    )


def _data(text: str) -> dict[str, Any]:
    """What a row says. One that somebody has tampered with may say anything."""
    try:
        data = json.loads(text)
    except ValueError:
        return {"cannot be read": text}
    if not isinstance(data, dict):
        return {"cannot be read": text}
    changes = data.get("changes", {})
    sound = isinstance(changes, dict) and all(isinstance(pair, list) and len(pair) == 2 for pair in changes.values())
    return data if sound else {**data, "changes": {}, "cannot be read": json.dumps(changes)}


def _words(value: object, timezone: str, now: Instant) -> str:
    if value is None or value == "":
        return _(NOTHING)
    if isinstance(value, bool):
        return formats.yes_or_no(value)
    if isinstance(value, list):
        text = "; ".join(_words(one, timezone, now) for one in value) or _(NOTHING)
    elif isinstance(value, dict):
        text = "; ".join(f"{name}: {_words(one, timezone, now)}" for name, one in value.items()) or _(NOTHING)
    else:
        text = _alarm(str(value), timezone) or formats.in_site_time(str(value), timezone, now)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
