"""How a change of the site becomes one that holds: its states, and the steps that lead from one to the next.

What touches limits or anything else that decides whether there is an alarm is *controlled*: one person drafts it,
another reviews it, a third of QA approves it. Any other change takes force on its author's word.
"""

from collections.abc import Mapping
from enum import StrEnum


class ChangeState(StrEnum):
    """Where a change stands. In force and retired follow from the moment for which it was approved."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    """Put in force, from a moment that is still to come."""
    IN_FORCE = "in force"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Step(StrEnum):
    """What is done to a change, as the audit trail says it."""

    REVIEW = "reviewed"
    PUT_IN_FORCE = "put in force"
    WITHDRAW = "withdrawn"
    REFUSE = "refused"
    TAKE_BACK = "taken back"
    """Withdrawn after it was approved, before its moment came."""


OPEN = frozenset({ChangeState.DRAFT, ChangeState.REVIEWED})
"""Somebody still has to do something."""

_ENDS: Mapping[tuple[ChangeState, Step], ChangeState] = {
    (state, step): end
    for state in OPEN
    for step, end in ((Step.WITHDRAW, ChangeState.WITHDRAWN), (Step.REFUSE, ChangeState.REFUSED))
} | {(ChangeState.APPROVED, Step.TAKE_BACK): ChangeState.WITHDRAWN}
_CONTROLLED: Mapping[tuple[ChangeState, Step], ChangeState] = {
    **_ENDS,
    (ChangeState.DRAFT, Step.REVIEW): ChangeState.REVIEWED,
    (ChangeState.REVIEWED, Step.PUT_IN_FORCE): ChangeState.APPROVED,
}
_OTHER: Mapping[tuple[ChangeState, Step], ChangeState] = {
    **_ENDS,
    (ChangeState.DRAFT, Step.PUT_IN_FORCE): ChangeState.APPROVED,
}


def after(state: ChangeState, step: Step, controlled: bool) -> ChangeState | None:
    """The state after a step; None where the step is not allowed there."""
    return (_CONTROLLED if controlled else _OTHER).get((state, step))


def next_step(state: ChangeState, controlled: bool) -> Step | None:
    """What brings an open change nearer to being in force; None where nothing can."""
    return next((step for step in (Step.REVIEW, Step.PUT_IN_FORCE) if after(state, step, controlled)), None)
