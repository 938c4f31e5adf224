"""From the fields of the page to a question."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.context import AppContext
from app.levels.question import Exclusion, Question, QuestionError, alike, checked
from facility.instants import DAY, Instant, instant_of
from facility.language import N_, _
from facility.levels.units import Unit
from facility.limit import RoomState, Side

FIELDS = ("point", "with", "side", "state", "unit", "begin", "finish")
ALL_STATES = N_("all room states")
ALONE, ROOM, SITE = "alone", "room", "site"
"""With what a point is pooled."""


def question_of(context: AppContext, fields: dict[str, Any], exclusions: list[dict[str, Any]]) -> Question:
    """What the fields ask. Raises QuestionError."""
    site = context.site()
    if fields["point"] not in site.points:
        raise QuestionError(_("Choose a point."))
    point = site.points[fields["point"]]
    side = Side(fields["side"])
    state = None if fields["state"] == ALL_STATES else RoomState(fields["state"])
    states = frozenset(RoomState) if state is None else frozenset({state})
    pooled = [point]
    if fields["with"] in (ROOM, SITE):
        pooled = alike(site, point, side, states, point.room if fields["with"] == ROOM else None)
    if not fields["begin"] or not fields["finish"]:
        raise QuestionError(_("Choose the first and the last day."))
    left_out = tuple(
        Exclusion(int(each["start"]), int(each["end"]), str(each["reason"]), context.name) for each in exclusions
    )
    return checked(
        site,
        Question(
            tuple(other.id for other in pooled),
            side,
            instant_on(fields["begin"], site.timezone),
            min(instant_on(fields["finish"], site.timezone) + DAY, context.clock()),
            state,
            Unit(fields["unit"]),
            left_out,
        ),
    )


def instant_on(text: str, timezone: str) -> Instant:
    """A day or moment by the clocks on the site's wall. Raises QuestionError."""
    try:
        return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)))
    except (ValueError, TypeError):
        raise QuestionError(_("{text} is no time.", text=f"{text!r}")) from None
