"""Operations about what calls nobody: what is shelved or out of service, putting aside, approving, bringing back."""

from pydantic import Field

from app import putting_aside
from app.api.alarms import CONDITIONS, SEVERITIES, ConditionWord, SeverityWord, severity_word
from app.api.commands import OUTCOMES, OutcomeAnswer, hand_over
from app.api.kinds import Sentence, Time, Word
from app.api.operation import Answer, Asked, Body, Operation
from app.api.refusing import not_there
from app.areas import NOT_YOURS
from app.context import AppContext
from app.guard import NotAllowedError, needs
from facility.alarm import Condition, HoldKind
from facility.holds import OUT_OF_SERVICE_AT_MOST, SHELVED_AT_LEAST, SHELVED_AT_MOST, Hold
from facility.instants import HOUR, MINUTE
from facility.language import _
from facility.roles import Right
from storage.records.commands import ApproveShelving, EndHold, HoldCommand, Shelve, TakeOutOfService

PLACE = "A point; or instrument:, source: or room: and a name."


class HoldAnswer(Answer):
    hold: int
    kind: HoldKind
    of: str = Field(description=PLACE)
    condition: Condition | None = Field(description="None for all conditions.")
    severity: SeverityWord = Field(description="Up to this severity; what is more severe calls all the same.")
    reason: str
    asked_by: str
    asked_at: Time
    approved_by: str | None
    since: Time | None = Field(description="None while it waits for an approval, and holds nothing back.")
    until: Time | None = Field(description="When shelving ends by itself; when what is out of service is expected.")


class HoldsAnswer(Answer):
    holds: list[HoldAnswer]


class OneHold(Asked):
    hold: int = Field(ge=1, le=2**53)


class ShelveBody(Body):
    of: Word = Field(description=PLACE)
    condition: ConditionWord | None = Field(default=None, description="All conditions, unless one is named.")
    severity: SeverityWord = Field(
        default="alert", description="For action it waits until another person approves it."
    )
    minutes: int = Field(ge=SHELVED_AT_LEAST // MINUTE, le=SHELVED_AT_MOST // MINUTE)
    reason: Sentence


class OutOfServiceBody(Body):
    of: Word = Field(description=PLACE)
    hours: int = Field(ge=1, le=OUT_OF_SERVICE_AT_MOST // HOUR, description="After so long it is expected back.")
    reason: Sentence


class CommentBody(Body):
    comment: Sentence


class ReasonBody(Body):
    reason: Sentence


def _holds(context: AppContext, _asked: Asked) -> HoldsAnswer:
    return HoldsAnswer(holds=[_hold(hold) for hold in putting_aside.put_aside(context)])


def _shelve(context: AppContext, _asked: Asked, body: ShelveBody) -> OutcomeAnswer:
    condition = None if body.condition is None else CONDITIONS[body.condition]
    severity = SEVERITIES[body.severity]
    return _decide(context, Shelve(body.of, condition, severity, body.minutes * MINUTE, body.reason.strip()))


def _out_of_service(context: AppContext, _asked: Asked, body: OutOfServiceBody) -> OutcomeAnswer:
    return _decide(context, TakeOutOfService(body.of, body.hours * HOUR, body.reason.strip()))


def _approve(context: AppContext, asked: OneHold, body: CommentBody) -> OutcomeAnswer:
    hold = _find(context, asked)
    return _decide(context, ApproveShelving(hold.id, hold.of, body.comment.strip()))


def _end(context: AppContext, asked: OneHold, body: ReasonBody) -> OutcomeAnswer:
    hold = _find(context, asked)
    return _decide(context, EndHold(hold.id, hold.kind, hold.of, body.reason.strip()))


def _decide(context: AppContext, command: HoldCommand) -> OutcomeAnswer:
    needs(context, putting_aside.right_for(command))
    if not putting_aside.sees(context, command.of):
        raise NotAllowedError(_(NOT_YOURS))
    return hand_over(context, command)


def _find(context: AppContext, asked: OneHold) -> Hold:
    found = next((hold for hold in putting_aside.put_aside(context) if hold.id == asked.hold), None)
    return found or not_there("hold", str(asked.hold))


def _hold(hold: Hold) -> HoldAnswer:
    return HoldAnswer(
        hold=hold.id,
        kind=hold.kind,
        of=hold.of,
        condition=hold.condition,
        severity=severity_word(hold.severity),
        reason=hold.reason,
        asked_by=hold.asked_by,
        asked_at=hold.asked_at,
        approved_by=hold.approved_by,
        since=hold.since,
        until=hold.until,
    )


OPERATIONS = (
    Operation("holds", "GET", "/holds", Right.LOOK, "What is shelved or out of service", _holds, HoldsAnswer),
    Operation(
        "shelve",
        "POST",
        "/holds/shelved",
        Right.SHELVE,
        "Shelve alarms for a while",
        _shelve,
        OutcomeAnswer,
        body=ShelveBody,
        refused=OUTCOMES,
    ),
    Operation(
        "take_out_of_service",
        "POST",
        "/holds/out-of-service",
        Right.OUT_OF_SERVICE,
        "Take a point or an instrument out of service",
        _out_of_service,
        OutcomeAnswer,
        body=OutOfServiceBody,
        refused=OUTCOMES,
    ),
    Operation(
        "approve_shelving",
        "POST",
        "/holds/{hold}/approval",
        Right.APPROVE_SHELVING,
        "Approve that another person shelves an action limit",
        _approve,
        OutcomeAnswer,
        OneHold,
        CommentBody,
        OUTCOMES,
    ),
    Operation(
        "end_hold",
        "POST",
        "/holds/{hold}/end",
        Right.SHELVE,
        "Unshelve, put back in service, or refuse what is asked for",
        _end,
        OutcomeAnswer,
        OneHold,
        ReasonBody,
        OUTCOMES,
    ),
)
