"""What the person who asks may put aside or bring back: areas and rights are checked, then the engine is asked."""

from collections.abc import Iterator, Sequence

from app.areas import NOT_YOURS, rooms_of, seen
from app.context import AppContext
from app.guard import NotAllowedError, needs
from app.submitting import PATIENCE, submit_all, summed_up
from facility.alarm import HoldKind, source_of
from facility.holds import Hold, room_of_hold
from facility.language import N_, _
from facility.roles import Right
from storage.records import alarms, holds
from storage.records.commands import ApproveShelving, EndHold, HoldCommand, Shelve, TakeOutOfService
from storage.records.errors import RecordsAwayError

NO_ANSWER = N_(
    "The station has not answered yet. What you decided is on record, and will be applied when the station runs; "
    "until then nothing is other than before."
)


def right_for(command: HoldCommand) -> Right:
    """What whoever gives this command needs."""
    match command:
        case TakeOutOfService() | EndHold(kind=HoldKind.OUT_OF_SERVICE):
            return Right.OUT_OF_SERVICE
        case ApproveShelving():
            return Right.APPROVE_SHELVING
        case Shelve() | EndHold():
            return Right.SHELVE


def decide(context: AppContext, command: HoldCommand, patience: float = PATIENCE) -> str | None:
    """Hand it to the engine, and wait for its outcome; None when it is done, else in words why not.

    Raises NotAllowedError where the person may not, or is not admitted to what it is of.
    """
    return summed_up(decide_each(context, [command], patience))


def decide_each(context: AppContext, several: Sequence[HoldCommand], patience: float = PATIENCE) -> list[str | None]:
    """The same for several together; of each what `decide` would say."""
    try:
        for command in several:
            needs(context, right_for(command))
            if not sees(context, command.of):
                raise NotAllowedError(_(NOT_YOURS))
    except RecordsAwayError as error:
        return [_("{problem} Nothing was sent: try again.", problem=error)] * len(several)
    return submit_all(context, several, _(NO_ANSWER), patience)


def sees(context: AppContext, place: str) -> bool:
    """May the person see what a hold is of? A source, where an alarm of it stands that the person may see."""
    if rooms_of(context) is None:
        return True
    if source_of(place) is None:
        return room_of_hold(place, context.site()) is not None
    with context.records.reading() as connection:
        return any(alarm.point == place for alarm in seen(context, alarms.standing(connection)))


def put_aside(context: AppContext) -> Iterator[Hold]:
    """What is shelved, out of service or waits for an approval, as far as the person may see it; oldest first."""
    with context.records.reading() as connection:
        found = holds.open(connection)
    yield from (hold for hold in found if sees(context, hold.of))
