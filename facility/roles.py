"""Who may do what: this one table, which the app shows and every page, callback, stream and API call asks."""

from collections.abc import Mapping
from enum import StrEnum

from facility.language import _


class Right(StrEnum):
    """One thing that a person may be allowed to do, as the app says it."""

    LOOK = "see live values, trends, alarms and batches"
    EXPORT = "take copies of what is shown"
    ACKNOWLEDGE = "acknowledge alarms"
    SHELVE = "shelve alarms for a while, with a reason"
    APPROVE_SHELVING = "approve that another person shelves an action limit"
    OUT_OF_SERVICE = "take points and instruments out of service"
    SET_ROOM_STATE = "set room states"
    SWAP_SHIFTS = "say who is on call in place of another"
    ANNOTATE = "comment and correct, with a reason"
    MANAGE_EXCURSIONS = "merge and split excursions, with a reason"
    ASSESS = "assess excursions: classification, cause, impact, corrective action"
    CLOSE = "close and reopen excursions, with a signature"
    RETIRE_SOURCE = "retire sources that are gone"
    DRAFT = "draft changes of site, rooms, instruments, points and limits"
    APPROVE = "approve changes, and put them in force, with a signature"
    READ_TRAIL = "read the audit trail"
    REVIEW_TRAIL = "review the audit trail, with a signature"
    KEEP = "archive and restore, set what is kept for how long"
    MANAGE_CHANNELS = "say by which channels people are told, and try them"
    MANAGE_ACCOUNTS = "make, change and retire accounts, end sessions"


class Role(StrEnum):
    """What a person is here to do. A wall display is signed in by a device token, not by a person."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    QA = "QA"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"
    WALL = "wall"


_VIEWER = frozenset({Right.LOOK, Right.EXPORT})
_OPERATOR = _VIEWER | {
    Right.ACKNOWLEDGE,
    Right.SHELVE,
    Right.SET_ROOM_STATE,
    Right.SWAP_SHIFTS,
    Right.ANNOTATE,
}
_ANSWERABLE = _OPERATOR | {Right.APPROVE_SHELVING, Right.OUT_OF_SERVICE, Right.DRAFT, Right.READ_TRAIL, Right.ASSESS}
"""Engineers and QA: they answer for what calls nobody for a while."""

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.WALL: frozenset({Right.LOOK}),
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _OPERATOR,
    Role.ENGINEER: _ANSWERABLE | {Right.RETIRE_SOURCE, Right.MANAGE_CHANNELS},
    Role.QA: _ANSWERABLE | {Right.MANAGE_EXCURSIONS, Right.CLOSE, Right.APPROVE, Right.REVIEW_TRAIL, Right.KEEP},
    Role.ADMINISTRATOR: _VIEWER | {Right.MANAGE_ACCOUNTS, Right.MANAGE_CHANNELS, Right.READ_TRAIL},
}
"""Whoever manages accounts decides nothing about limits or alarms, and the other way round."""


def with_right(right: Right) -> list[Role]:
    """The roles that have a right, in the order of the table of roles."""
    return [role for role in Role if right in RIGHTS[role]]


def refusal(right: Right, role: Role) -> str:
    """Why somebody of this role may not: what it needs, and as what the person is signed in."""
    *others, last = (_(role.value) for role in with_right(right))
    listed = _("{roles} or {last}", roles=", ".join(others), last=last) if others else last
    return _(
        "To {right} you need the role {roles}; you are signed in as {role}.",
        right=_(right.value),
        roles=listed,
        role=_(role.value),
    )
