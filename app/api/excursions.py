"""Operations about excursions: the list, and one with its alarms."""

from urllib.parse import urlencode

from pydantic import Field

from app import areas
from app.api.alarms import SEVERITIES, AlarmAnswer, SeverityWord, alarm_answer, severity_word
from app.api.kinds import Moment, Time, Word
from app.api.operation import Answer, Asked, Operation
from app.api.refusing import not_there, wrong
from app.context import AppContext
from app.csrf import API
from app.excursions import find, made_meanwhile, visible
from facility.excursion import Excursion
from facility.quantities import Quantity
from facility.roles import Right
from storage.records import excursion_search, excursions
from storage.records.batches import Run
from storage.records.excursion_search import ExcursionFilter

NO_SUCH = "there is no such excursion, or none that you may see"


class ExcursionAnswer(Answer):
    number: str
    onset: Time = Field(description="The first reading outside.")
    returned: Time | None = Field(description="The last return; none while an alarm of it has not returned.")
    severity: SeverityWord
    rooms: list[str]
    first_out: str = Field(description="The id of the alarm that it began with.")
    alarms: int = Field(description="How many alarms it has.")


class BatchAnswer(Answer):
    batch: str
    room: str
    start: Time
    end: Time | None


class OneExcursionAnswer(Answer):
    excursion: ExcursionAnswer
    merged_into: str | None = Field(
        description="The number of the excursion that it is part of now, if it was merged."
    )
    batches: list[BatchAnswer] = Field(description="What was being made meanwhile in its rooms.")
    members: list[AlarmAnswer] = Field(description="Its alarms, by onset; `cause` is the alarm that explains one.")


class ExcursionsAnswer(Answer):
    excursions: list[ExcursionAnswer]
    next: str | None = Field(description="Where the next page is; none after the last.")


class ExcursionsAsked(Asked):
    room: list[Word] = Field(default=[], max_length=100)
    quantity: list[Quantity] = Field(default=[], max_length=len(Quantity))
    severity: list[SeverityWord] = Field(default=[], max_length=3)
    standing: bool | None = Field(
        default=None, description="Those of which an alarm has not returned, or the others."
    )
    closed: bool | None = Field(default=None, description="Those that QA has closed, or has not.")
    start: Moment | None = Field(default=None, description="Those that lasted at this moment or later.")
    end: Moment | None = Field(default=None, description="Those that began before this moment.")
    before: Word | None = Field(default=None, description="Those that began before the excursion of this number.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most on one page.")


class OneExcursion(Asked):
    number: Word = Field(description="Like E-2026-0042.")


def _several(context: AppContext, asked: ExcursionsAsked) -> ExcursionsAnswer:
    points = context.site().points.values()
    wanted = ExcursionFilter(
        rooms=asked.room or None,
        points=[point.id for point in points if point.quantity in asked.quantity] if asked.quantity else None,
        severities=[SEVERITIES[word] for word in asked.severity],
        start=asked.start,
        end=asked.end,
        standing=asked.standing,
        closed=asked.closed,
        within=areas.rooms_of(context),
    )
    with context.records.reading() as connection:
        older_than = None
        if asked.before is not None:
            last = excursions.find(connection, asked.before)
            older_than = (last.onset, last.number) if last and visible(context, last) else wrong("before", NO_SUCH)
        found = excursion_search.history(connection, wanted, asked.limit + 1, older_than=older_than)
    page = found[: asked.limit]
    onwards = _next(asked, page[-1]) if len(found) > asked.limit else None
    seen = [one for excursion in page if (one := visible(context, excursion)) is not None]
    return ExcursionsAnswer(excursions=[_told(one) for one in seen], next=onwards)


def _next(asked: ExcursionsAsked, last: Excursion) -> str:
    kept = asked.model_dump(exclude_defaults=True, mode="json", exclude={"before"})
    return f"{API}excursions?{urlencode({**kept, 'before': last.number}, doseq=True)}"


def _one(context: AppContext, asked: OneExcursion) -> OneExcursionAnswer:
    with context.records.reading() as connection:
        excursion = find(context, connection, asked.number) or not_there("excursion", asked.number)
        runs = made_meanwhile(connection, context.site(), excursion, context.clock())
        into = None if excursion.merged_into is None else excursions.number_of(connection, excursion.merged_into)
    return OneExcursionAnswer(
        excursion=_told(excursion),
        merged_into=into,
        batches=[_batch(run) for run in runs],
        members=[alarm_answer(alarm) for alarm in excursion.in_order()],
    )


def _told(excursion: Excursion) -> ExcursionAnswer:
    return ExcursionAnswer(
        number=excursion.number,
        onset=excursion.onset,
        returned=excursion.returned,
        severity=severity_word(excursion.severity),
        rooms=list(excursion.rooms),
        first_out=excursion.first_out,
        alarms=len(excursion.alarms),
    )


def _batch(run: Run) -> BatchAnswer:
    return BatchAnswer(batch=run.batch, room=run.room, start=run.start, end=run.end)


OPERATIONS = (
    Operation(
        "excursions",
        "GET",
        "/excursions",
        Right.LOOK,
        "Excursions, newest first",
        _several,
        ExcursionsAnswer,
        ExcursionsAsked,
    ),
    Operation(
        "excursion",
        "GET",
        "/excursions/{number}",
        Right.LOOK,
        "One excursion",
        _one,
        OneExcursionAnswer,
        OneExcursion,
    ),
)
