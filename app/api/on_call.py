"""Operations about who is on call."""

from pydantic import Field

from alerts import whom
from app.api.kinds import Moment, Time
from app.api.operation import Answer, Asked, Operation
from app.context import AppContext
from facility.instants import DAY
from facility.roles import Right


class OnCallAsked(Asked):
    at: Moment | None = Field(None, description="At this moment; now where it is left out.")


class DutyAnswer(Answer):
    rota: str
    name: str
    account: str | None = Field(description="None where nobody is on call.")
    person: str | None = Field(description="The printed name of the account.")
    until: Time = Field(description="Until then at least; at most a day later.")
    override: bool = Field(description="Has somebody taken the call in place of whom the rota names?")


class OnCallAnswer(Answer):
    duties: list[DutyAnswer] = Field(description="One for each rota.")


def who(context: AppContext, asked: OnCallAsked) -> OnCallAnswer:
    """Who has the call of each rota at a moment."""
    site, at = context.whole(), context.clock() if asked.at is None else asked.at
    with context.records.reading() as connection:
        duties = whom.duties(connection, site, at, at + DAY)
    names = context.names()
    return OnCallAnswer(
        duties=[
            DutyAnswer(
                rota=rota.id,
                name=rota.name,
                account=duty.account,
                person=names.get(duty.account or ""),
                until=duty.end,
                override=duty.override is not None,
            )
            for rota in site.on_call.rotas.values()
            for duty in duties[rota.id][:1]
        ]
    )


OPERATIONS = (
    Operation(
        "who_is_on_call",
        "GET",
        "/on-call",
        Right.LOOK,
        "Who is on call",
        who,
        OnCallAnswer,
        OnCallAsked,
    ),
)
