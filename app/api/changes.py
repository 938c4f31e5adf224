"""Operations about changes of the site file: what is proposed, and what became of it."""

from typing import Any

from pydantic import Field

from app import changes
from app.api.kinds import Time
from app.api.operation import Answer, Asked, Operation
from app.api.refusing import not_there
from app.changes import Book
from app.context import AppContext
from facility.change_states import ChangeState, Step
from facility.roles import Right
from storage.records.changes import Change
from storage.records.signatures import Meaning


class StepAnswer(Answer):
    at: Time
    by: str
    step: Step
    comment: str


class SignatureAnswer(Answer):
    at: Time
    by: str
    name: str
    role: str
    meaning: Meaning


class ChangeAnswer(Answer):
    number: int
    state: ChangeState
    drafted: Time
    author: str
    base: int = Field(description="The revision against which it was drawn up.")
    outdated: bool = Field(description="Is there a newer revision than that, so that it has to be drawn up again?")
    wanted_from: Time | None = Field(description="When it shall take force; none for as soon as it may.")
    controlled: bool = Field(description="Does it need review and QA's approval?")
    reason: str
    rationale: str
    differences: list[str] = Field(description="To its base, in words.")
    steps: list[StepAnswer]
    signatures: list[SignatureAnswer]
    revision: int | None = Field(description="The revision that it became.")


class ChangesAnswer(Answer):
    changes: list[ChangeAnswer] = Field(description="Newest first.")


class ChangeTextAnswer(ChangeAnswer):
    text: str = Field(description="The site file as it is proposed.")


class ChangeAsked(Asked):
    number: int = Field(ge=1, le=1_000_000_000)


def _changes(context: AppContext, _asked: Asked) -> ChangesAnswer:
    book = changes.read(context)
    return ChangesAnswer(changes=[ChangeAnswer(**_of(book, change)) for change in book.changes])


def _change(context: AppContext, asked: ChangeAsked) -> ChangeTextAnswer:
    book = changes.read(context)
    found = next((change for change in book.changes if change.number == asked.number), None)
    if found is None:
        not_there("change", str(asked.number))
    return ChangeTextAnswer(**_of(book, found), text=found.text)


def _of(book: Book, change: Change) -> dict[str, Any]:
    return {
        "number": change.number,
        "state": book.state(change),
        "drafted": change.at,
        "author": change.author,
        "base": change.base,
        "outdated": book.is_outdated(change),
        "wanted_from": change.wanted_from,
        "controlled": change.controlled,
        "reason": change.reason,
        "rationale": change.rationale,
        "differences": list(change.differences),
        "steps": [StepAnswer(at=s.at, by=s.by, step=s.step, comment=s.comment) for s in change.steps],
        "signatures": [
            SignatureAnswer(at=s.at, by=s.account, name=s.name, role=s.role, meaning=s.meaning)
            for s in book.signatures[change.object]
        ],
        "revision": change.revision,
    }


OPERATIONS = (
    Operation(
        "changes", "GET", "/changes", Right.LOOK, "Every change that was ever proposed", _changes, ChangesAnswer
    ),
    Operation(
        "change",
        "GET",
        "/changes/{number}",
        Right.LOOK,
        "One change, with the site file that it proposes",
        _change,
        ChangeTextAnswer,
        ChangeAsked,
    ),
)
