"""One point of a back-test on its trend: the limits of then and the other ones, the alarms of both sides below."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from alerts.replay.what_if import Outcome
from alerts.rooms import around
from app import formats
from app.back_test.question import Question
from app.trends.bands import Band, BandRow, escaped
from app.trends.figure import figure as trend_figure
from app.trends.gather import gather
from app.trends.steps import PointVersion, limit_lines, limit_steps
from facility.alarm import Alarm
from facility.instants import Instant
from facility.language import _
from facility.limit import Limit
from facility.site import Site
from storage.records import room_states
from storage.records.database import Records
from storage.samples.store import SampleStore


def figure(
    site: Site, samples: SampleStore, records: Records, question: Question, outcome: Outcome, now: Instant
) -> dict[str, Any]:
    """The whole period of one point. Raises HistoryAwayError, RecordsAwayError."""
    start, end, after = question.start, question.end, question.changed[outcome.point]
    picture = gather(site, samples, records, [outcome.point], start, end, now)
    (shown,) = picture.points
    rooms = around(site, after.room)
    with records.reading() as connection:
        states = room_states.timeline(connection, rooms, start, end)
    known = {_place(line.limit) for line in shown.lines}
    others = limit_lines(limit_steps([PointVersion(0, start, after)], states, rooms, start, end))
    others = tuple(replace(line, supposed=True) for line in others if _place(line.limit) not in known)
    rows = (
        BandRow(_("Before"), _bands(site, outcome.before, start, end)),
        BandRow(_("After"), _bands(site, outcome.after, start, end)),
        *(row for row in picture.rows if not row.label.endswith("Alarms")),
    )
    shown = replace(shown, lines=(*shown.lines, *others), peaks=())
    return trend_figure(replace(picture, points=(shown,), rows=rows), together=False)


def _place(limit: Limit) -> tuple[object, ...]:
    """Where a limit is drawn."""
    return limit.severity, limit.side, limit.value, limit.reached


def _bands(site: Site, alarms: Sequence[Alarm], start: Instant, end: Instant) -> tuple[Band, ...]:
    return tuple(
        Band(
            max(alarm.onset, start),
            end if alarm.returned is None else min(alarm.returned, end),
            alarm.severity.name.lower(),
            "",
            escaped(_facts(site, alarm, end)),
        )
        for alarm in sorted(alarms, key=lambda alarm: (alarm.severity, alarm.onset))
    )


def _facts(site: Site, alarm: Alarm, end: Instant) -> str:
    begin = f"{formats.date(alarm.onset, site.timezone)} {formats.hour_minute(alarm.onset, site.timezone)}"
    lasted = formats.age((alarm.returned or end) - alarm.onset)
    worst = ""
    if alarm.worst is not None:
        shown = formats.with_unit(alarm.worst, site.points[alarm.point].quantity)
        worst = ", " + _("worst {value}", value=shown)
    severity = formats.sentence(_(alarm.severity.name.lower()))
    told = _(
        "{severity}, {condition}, from {time}, {span}",
        severity=severity,
        condition=_(alarm.condition),
        time=begin,
        span=lasted,
    )
    return told + worst
