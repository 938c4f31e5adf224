"""What QA decides of which alarms are one event: merging and splitting, which the station's engine does."""

from sqlalchemy import Connection

from app.context import AppContext
from app.excursions import admitted_to_whole, visible
from app.guard import needs
from app.submitting import submit
from facility.excursion import Excursion
from facility.instants import DAY, Instant
from facility.language import _
from facility.roles import Right
from storage.records import closings, excursion_search, excursions
from storage.records.commands import ExcursionCommand, MergeExcursions, SplitExcursion
from storage.records.errors import RecordsAwayError
from storage.records.excursion_search import ExcursionFilter

NEAR = DAY
"""Excursions that are offered to be merged began or returned within so much of this one."""
MOST_OFFERED = 100


def others(context: AppContext, connection: Connection, excursion: Excursion, now: Instant) -> list[Excursion]:
    """Those that it can be merged into: near in time, of the same station, not closed, all of them in view."""
    wanted = ExcursionFilter(
        start=excursion.onset - NEAR,
        end=(excursion.returned or now) + NEAR,
        closed=False,
        station=excursions.station_of(connection, excursion.number),
    )
    found = excursion_search.history(connection, wanted, MOST_OFFERED)
    return [other for other in found if other.number != excursion.number and visible(context, other) == other]


def decide(context: AppContext, command: ExcursionCommand) -> str | None:
    """Hand it to the engine; None when it is done, else in words why not. Raises NotAllowedError."""
    needs(context, Right.MANAGE_EXCURSIONS)
    if isinstance(command, MergeExcursions) and not command.into:
        return _("Choose the excursion that this one is part of.")
    if isinstance(command, SplitExcursion) and not command.alarms:
        return _("Choose in the list of alarms those that are an event of their own.")
    if not command.reason:
        return _("Say why; that needs a reason.")
    numbers = [command.excursion, *([command.into] if isinstance(command, MergeExcursions) else [])]
    try:
        with context.records.reading() as connection:
            for number in numbers:
                admitted_to_whole(context, connection, number)
            if len({excursions.station_of(connection, number) for number in numbers}) > 1:
                return _("They are of two stations, and each station keeps its own: they cannot be merged.")
            if closed := closings.closed_of(connection, numbers):
                return _("{number} is closed: QA has to reopen it first.", number=", ".join(closed))
    except RecordsAwayError as error:
        return f"{error} {_('Nothing was sent: try again.')}"
    no_answer = _(
        "The station has not answered yet. What you decided is on record, and will be applied when the station runs."
    )
    return submit(context, command, no_answer)
