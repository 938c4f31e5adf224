"""Operations about alarms: those that stand, those that were, and answering one."""

from typing import Literal
from urllib.parse import urlencode

from pydantic import Field
from sqlalchemy import Connection

from app import areas
from app.api.commands import OUTCOMES, OutcomeAnswer, hand_over
from app.api.kinds import Moment, Sentence, Time, Word
from app.api.operation import Answer, Asked, Body, Operation
from app.api.refusing import not_there, wrong
from app.context import AppContext
from app.csrf import API
from facility.alarm import Alarm, AlarmState, Condition, Held, HoldKind
from facility.limit import Severity
from facility.roles import Right
from storage.records import alarms
from storage.records.alarms import AlarmFilter
from storage.records.commands import Acknowledge, Reset

SEVERITIES = {severity.name.lower(): severity for severity in Severity}
SeverityWord = Literal["advisory", "alert", "action"]
CONDITIONS = {condition.value.replace(" ", "-"): condition for condition in Condition}
ConditionWord = Literal[
    "high",
    "low",
    "no-data",
    "instrument-fault",
    "source-lost",
    "frozen-value",
    "out-of-physical-range",
    "too-many-invalid-readings",
    "clock-skew",
    "calibration-overdue",
    "still-out-of-service",
    "pressure-reversal",
    "rate-of-change",
    "room-state-unknown",
]

NO_SUCH = "there is no such alarm, or none that you may see"


class AcknowledgementAnswer(Answer):
    by: str
    at: Time
    comment: str
    severity: SeverityWord


class HeldAnswer(Answer):
    kind: HoldKind
    since: Time
    until: Time | None
    by: str
    reason: str
    hold: int | None = Field(description="The number of the hold, of what a person has put aside.")


class AlarmAnswer(Answer):
    id: str = Field(description="Point, condition and onset; append it to /api/v1/alarms/ to ask for this one.")
    point: str = Field(description="A point, source: and the name of a source, or room: and a room.")
    room: str
    condition: Condition
    severity: SeverityWord
    state: AlarmState
    onset: Time
    raised: Time
    returned: Time | None
    value: float | None
    limit: float | None
    operator: str | None
    worst: float | None
    worst_at: Time | None
    retrospective: bool
    blinds: list[str] = Field(description="Points that are not heard while it stands.")
    latched: bool = Field(description="It stays after its return until a person resets it.")
    held: HeldAnswer | None = Field(description="Why it calls nobody now; none while it does.")
    cause: str | None = Field(description="The id of the alarm that explains it.")
    first_out: bool = Field(description="The first of several that began together.")
    acknowledgements: list[AcknowledgementAnswer]


class AlarmsAnswer(Answer):
    alarms: list[AlarmAnswer]


class AlarmHistoryAnswer(Answer):
    alarms: list[AlarmAnswer]
    next: str | None = Field(description="Where the next page is; none after the last.")


class HistoryAsked(Asked):
    room: list[Word] = Field(default=[], max_length=100)
    point: list[Word] = Field(default=[], max_length=100)
    severity: list[SeverityWord] = Field(default=[], max_length=3)
    condition: list[ConditionWord] = Field(default=[], max_length=len(CONDITIONS))
    start: Moment | None = Field(default=None, description="Those that stood at this moment or later.")
    end: Moment | None = Field(default=None, description="Those that began before this moment.")
    before: Word | None = Field(default=None, description="Those that are older than the alarm of this id.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most on one page.")


class OneAlarm(Asked):
    point: Word = Field(description="A point, source: and the name of a source, or room: and a room.")
    condition: ConditionWord
    onset: int = Field(ge=0, le=4_102_444_800_000, description="Milliseconds since 1970, as in the alarm's id.")

    @property
    def id(self) -> str:
        """The alarm's."""
        return f"{self.point}/{self.condition}/{self.onset}"


class AcknowledgeBody(Body):
    comment: Sentence = Field(description="What you see, or what you do.")
    severity: SeverityWord = Field(description="What you have seen: if it has risen since, this is refused.")


class ResetBody(Body):
    comment: Sentence = Field(description="What you found.")


def _standing(context: AppContext, _asked: Asked) -> AlarmsAnswer:
    with context.records.reading() as connection:
        found = alarms.standing(connection)
    return AlarmsAnswer(alarms=[alarm_answer(alarm) for alarm in areas.seen(context, found)])


def _history(context: AppContext, asked: HistoryAsked) -> AlarmHistoryAnswer:
    wanted = AlarmFilter(
        rooms=asked.room,
        points=asked.point,
        conditions=[CONDITIONS[word] for word in asked.condition],
        severities=[SEVERITIES[word] for word in asked.severity],
        start=asked.start,
        end=asked.end,
        within=areas.rooms_of(context),
    )
    with context.records.reading() as connection:
        older_than = None
        if asked.before is not None:
            older_than = _known(context, connection, asked.before) or wrong("before", NO_SUCH)
        found = alarms.history(connection, wanted, asked.limit + 1, older_than=older_than)
    page = found[: asked.limit]
    onwards = _next(asked, page[-1]) if len(found) > asked.limit else None
    return AlarmHistoryAnswer(alarms=[alarm_answer(alarm) for alarm in areas.seen(context, page)], next=onwards)


def _next(asked: HistoryAsked, last: Alarm) -> str:
    kept = asked.model_dump(exclude_defaults=True, mode="json", exclude={"before"})
    return f"{API}alarms?{urlencode({**kept, 'before': last.id}, doseq=True)}"


def _one(context: AppContext, asked: OneAlarm) -> AlarmAnswer:
    return alarm_answer(_find(context, asked))


def _find(context: AppContext, asked: OneAlarm) -> Alarm:
    with context.records.reading() as connection:
        return _known(context, connection, asked.id) or not_there("alarm", asked.id)


def _known(context: AppContext, connection: Connection, id: str) -> Alarm | None:
    """The alarm of this id, where there is one that the person may see."""
    found = alarms.find(connection, id)
    return next(areas.seen(context, [found] if found else []), None)


def _acknowledge(context: AppContext, asked: OneAlarm, body: AcknowledgeBody) -> OutcomeAnswer:
    alarm = _find(context, asked)
    return hand_over(context, Acknowledge(alarm.id, SEVERITIES[body.severity], body.comment.strip()))


def _reset(context: AppContext, asked: OneAlarm, body: ResetBody) -> OutcomeAnswer:
    return hand_over(context, Reset(_find(context, asked).id, body.comment.strip()))


def _held(held: Held) -> HeldAnswer:
    return HeldAnswer(
        kind=held.kind, since=held.since, until=held.until, by=held.by, reason=held.reason, hold=held.hold
    )


def alarm_answer(alarm: Alarm) -> AlarmAnswer:
    """An alarm as it is told to programs."""
    return AlarmAnswer(
        id=alarm.id,
        point=alarm.point,
        room=alarm.room,
        condition=alarm.condition,
        severity=severity_word(alarm.severity),
        state=alarm.state,
        onset=alarm.onset,
        raised=alarm.raised,
        returned=alarm.returned,
        value=alarm.value,
        limit=alarm.limit,
        operator=alarm.operator,
        worst=alarm.worst,
        worst_at=alarm.worst_at,
        retrospective=alarm.retrospective,
        blinds=[blinded.point for blinded in alarm.blinds],
        latched=alarm.latched,
        held=None if alarm.held is None else _held(alarm.held),
        cause=alarm.cause,
        first_out=alarm.first_out,
        acknowledgements=[
            AcknowledgementAnswer(by=a.by, at=a.at, comment=a.comment, severity=severity_word(a.severity))
            for a in alarm.acknowledgements
        ],
    )


def severity_word(severity: Severity) -> SeverityWord:
    """Advisory, alert or action."""
    words: dict[Severity, SeverityWord] = {
        Severity.ADVISORY: "advisory",
        Severity.ALERT: "alert",
        Severity.ACTION: "action",
    }
    return words[severity]


OPERATIONS = (
    Operation(
        "standing_alarms", "GET", "/alarms/standing", Right.LOOK, "The alarms that stand", _standing, AlarmsAnswer
    ),
    Operation(
        "alarms", "GET", "/alarms", Right.LOOK, "Alarms, newest first", _history, AlarmHistoryAnswer, HistoryAsked
    ),
    Operation(
        "alarm", "GET", "/alarms/{point}/{condition}/{onset}", Right.LOOK, "One alarm", _one, AlarmAnswer, OneAlarm
    ),
    Operation(
        "acknowledge",
        "POST",
        "/alarms/{point}/{condition}/{onset}/acknowledgements",
        Right.ACKNOWLEDGE,
        "Acknowledge an alarm",
        _acknowledge,
        OutcomeAnswer,
        OneAlarm,
        AcknowledgeBody,
        OUTCOMES,
    ),
    Operation(
        "reset",
        "POST",
        "/alarms/{point}/{condition}/{onset}/reset",
        Right.ACKNOWLEDGE,
        "Reset a latched alarm that has returned",
        _reset,
        OutcomeAnswer,
        OneAlarm,
        ResetBody,
        OUTCOMES,
    ),
)
