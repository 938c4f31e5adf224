"""Operations about what happens in rooms: their states, and the batches that are made there."""

from pydantic import Field

from app import areas
from app.api.commands import OUTCOMES, OutcomeAnswer, hand_over
from app.api.kinds import Moment, Time, Word
from app.api.operation import Answer, Asked, Body, Operation
from app.api.refusing import not_there, ordered
from app.context import AppContext
from facility.instants import DAY, Span
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from facility.roles import Right
from storage.records import batches, room_states

LONGEST: Span = 366 * DAY


class RoomStateAnswer(Answer):
    room: str
    state: RoomState
    since: Time
    by: str


class RoomStatesAnswer(Answer):
    states: list[RoomStateAnswer] = Field(description="A room whose state is not known is left out.")


class RoomAsked(Asked):
    room: Word = Field(description="The id of a room: B101.")


class RoomPeriodAsked(RoomAsked):
    start: Moment = Field(description="From this moment on, beginning with the state that holds then.")
    end: Moment = Field(description="Up to this moment, itself excluded; at most 366 days later.")


class RoomStateBody(Body):
    state: RoomState


class BatchAnswer(Answer):
    batch: str
    room: str
    start: Time
    end: Time | None = Field(description="None while it is being made.")


class BatchesAnswer(Answer):
    batches: list[BatchAnswer]


class PeriodAsked(Asked):
    start: Moment = Field(description="Those that were being made at this moment or later.")
    end: Moment = Field(description="Those that began before this moment; at most 366 days later.")


def _states(context: AppContext, _asked: Asked) -> RoomStatesAnswer:
    rooms = context.site().rooms
    with context.records.reading() as connection:
        held = room_states.in_force(connection, context.clock())
    return RoomStatesAnswer(states=[_state(held[room]) for room in rooms if room in held])


def _state_history(context: AppContext, asked: RoomPeriodAsked) -> RoomStatesAnswer:
    _known(context, asked.room)
    ordered(asked.start, asked.end, LONGEST)
    with context.records.reading() as connection:
        found = room_states.timeline(connection, [asked.room], asked.start, asked.end)
    return RoomStatesAnswer(states=[_state(event) for event in found])


def _set_state(context: AppContext, asked: RoomAsked, body: RoomStateBody) -> OutcomeAnswer:
    _known(context, asked.room)
    areas.admitted(context, asked.room)
    return hand_over(context, RoomStateSet(asked.room, body.state, context.clock(), ""))


def _batches(context: AppContext, asked: PeriodAsked) -> BatchesAnswer:
    ordered(asked.start, asked.end, LONGEST)
    with context.records.reading() as connection:
        found = batches.overlapping(connection, list(context.site().rooms), asked.start, asked.end)
    return BatchesAnswer(
        batches=[BatchAnswer(batch=run.batch, room=run.room, start=run.start, end=run.end) for run in found]
    )


def _known(context: AppContext, room: str) -> None:
    if room not in context.site().rooms:
        not_there("room", room)


def _state(event: RoomStateSet) -> RoomStateAnswer:
    return RoomStateAnswer(room=event.room, state=event.state, since=event.time, by=event.by)


OPERATIONS = (
    Operation(
        "room_states", "GET", "/room-states", Right.LOOK, "The present state of every room", _states, RoomStatesAnswer
    ),
    Operation(
        "room_state_history",
        "GET",
        "/rooms/{room}/states",
        Right.LOOK,
        "The states of a room in a stretch of time",
        _state_history,
        RoomStatesAnswer,
        RoomPeriodAsked,
    ),
    Operation(
        "set_room_state",
        "POST",
        "/rooms/{room}/states",
        Right.SET_ROOM_STATE,
        "Set the state of a room, from now on",
        _set_state,
        OutcomeAnswer,
        RoomAsked,
        RoomStateBody,
        OUTCOMES,
    ),
    Operation(
        "batches",
        "GET",
        "/batches",
        Right.LOOK,
        "What was being made where in a stretch of time",
        _batches,
        BatchesAnswer,
        PeriodAsked,
    ),
)
