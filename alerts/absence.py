"""Who is missed: a station that reports no more, an app that beats no more. Each is told by the other.

Whatever is dead cannot say so. The app therefore tells people of a silent station, and a station of a silent app, by
the very way that alarms go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts import whom
from alerts.notifications.texts import Words, addressed
from facility.instants import DAY, MINUTE, Instant, Span, datetime_of, text_of
from facility.language import _
from facility.limit import Severity
from facility.site import Site
from facility.writing import dated
from storage.records import notifications
from storage.records.app_beats import AppBeat
from storage.records.notifications import Notification, Purpose, Recipient

MISSED_AFTER: Span = MINUTE
"""So long a silence is no hiccup any more."""
FORGOTTEN_AFTER: Span = 7 * DAY
"""One that has not been seen for so long has moved to another machine, or will not come back."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A station or an app that was there until `since`."""

    what: str
    since: Instant
    severity: Severity
    meaning: str
    """What its absence means, and what to do."""


def missed_apps(beats: Sequence[AppBeat], now: Instant) -> list[Missed]:
    """The apps that should be there; none while any other is, since people then see everything."""
    here = [beat for beat in beats if now - beat.at < MISSED_AFTER and not beat.ended]
    gone = [b for b in beats if not b.ended and MISSED_AFTER <= now - b.at < FORGOTTEN_AFTER]
    if here or not gone:
        return []
    last = max(gone, key=lambda beat: beat.at)
    meaning = _(
        "Nobody can look at live values or acknowledge anything there. Alarms are judged and people are called as "
        "before. Start the app again, or look at its log."
    )
    return [Missed(_("The app {app}", app=last.app), last.at, Severity.ALERT, meaning)]


def missed_stations(silent: Mapping[str, tuple[Instant, Span]]) -> list[Missed]:
    """The stations that are silent: by name, what moment each reported last, and for how long none has come since."""
    meaning = _(
        "Nothing may be stored or judged: no alarm will come from there. Look after the rooms by other means, start "
        "the station again, or look at its log."
    )
    return [
        Missed(_("Station {name}", name=name), since, Severity.ACTION, meaning)
        for name, (since, span) in sorted(silent.items())
        if MISSED_AFTER <= span < FORGOTTEN_AFTER
    ]


def tell(connection: Connection, now: Instant, site: Site, address: str, missed: Sequence[Missed]) -> int:
    """Have whoever is on call told, once for each absence; how many messages are new."""
    if not missed:
        return 0
    reached = _on_call(connection, site, now)
    return notifications.queue(
        connection, [_message(one, recipient, now, site, address) for one in missed for recipient in reached]
    )


def _on_call(connection: Connection, site: Site, now: Instant) -> Sequence[Recipient]:
    """Whom the first policy calls first; everybody who may answer where there is none, or it reaches nobody."""
    reach = whom.gather(connection, site, now)
    steps = [policy.steps[0] for policy in site.on_call.policies[:1]]
    found = (whom.recipients(step, reach, ())[0] for step in (*steps, whom.EVERYBODY))
    return next((recipients for recipients in found if recipients), ())


def _message(one: Missed, to: Recipient, now: Instant, site: Site, address: str) -> Notification:
    at = datetime_of(one.since).astimezone(ZoneInfo(site.timezone))
    head = _("{what} has not been heard since {time}", what=one.what, time=f"{dated(at, 'MMMd')} {at:%H:%M}")
    link = f"{address}/system" if address else ""
    words = Words(
        f"{_(one.severity.name.lower()).upper()}: {head}",
        "\n\n".join(filter(None, (f"{head}, {site.name}.", one.meaning, link))),
        (f"{_(one.severity.name.lower()).upper()}: {head}.",),
        (f" {one.meaning}",),
        link,
    )
    return addressed(
        words,
        id=f"absent/{one.what}/{text_of(one.since)}/{to.account}/{to.channel}",
        at=now,
        purpose=Purpose.ABSENT,
        severity=one.severity,
        event=one.what,
        alarms=(),
        recipient=to,
        site=site,
    )
