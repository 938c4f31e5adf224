"""Operations about what was changed: revisions of the site file, and the audit trail."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from app.api.kinds import Moment, Time, Word
from app.api.operation import Answer, Asked, Operation
from app.api.problems import ApiError
from app.api.refusing import not_there
from app.context import AppContext
from app.csrf import API
from facility.roles import Right
from storage.records import revisions
from storage.records.revisions import Revision
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter, AuditRow

WHOLE = "This is of the whole site, and your account is admitted to some areas only."


class RevisionAnswer(Answer):
    number: int
    in_force_from: Time
    author: str
    reason: str
    differences: list[str] = Field(description="To the revision before, in words.")


class RevisionsAnswer(Answer):
    revisions: list[RevisionAnswer] = Field(description="Newest first.")


class RevisionTextAnswer(RevisionAnswer):
    text: str = Field(description="The site file.")


class RevisionAsked(Asked):
    number: int = Field(ge=1, le=1_000_000_000)


class RowAnswer(Answer):
    seq: int
    at: Time
    actor: str
    action: str
    object: str
    data: dict[str, Any]
    previous: str
    hash: str


class TrailAnswer(Answer):
    rows: list[RowAnswer] = Field(description="Newest first.")
    next: str | None = Field(description="Where the next page is; none after the last.")


class TrailAsked(Asked):
    actor: Word | None = None
    action: Word | None = None
    object: Word | None = Field(default=None, description="A kind and a name: account m.keller.")
    start: Moment | None = Field(default=None, description="From this moment on.")
    end: Moment | None = Field(default=None, description="Up to this moment, itself excluded.")
    before: int | None = Field(default=None, ge=1, le=2**53, description="Rows with a lower number than this.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most on one page.")


def _revisions(context: AppContext, _asked: Asked) -> RevisionsAnswer:
    _for_all_areas(context)
    with context.records.reading() as connection:
        found = revisions.all(connection)
    return RevisionsAnswer(revisions=[RevisionAnswer(**_of(revision)) for revision in found])


def _revision(context: AppContext, asked: RevisionAsked) -> RevisionTextAnswer:
    _for_all_areas(context)
    with context.records.reading() as connection:
        found = revisions.find(connection, asked.number)
    if found is None:
        not_there("site revision", str(asked.number))
    return RevisionTextAnswer(**_of(found), text=found.text)


def _of(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "in_force_from": revision.in_force_from,
        "author": revision.author,
        "reason": revision.reason,
        "differences": list(revision.differences),
    }


def _for_all_areas(context: AppContext) -> None:
    if context.areas is not None:
        raise ApiError(HTTPStatus.FORBIDDEN, WHOLE)


def _trail(context: AppContext, asked: TrailAsked) -> TrailAnswer:
    _for_all_areas(context)
    wanted = AuditFilter(asked.actor, asked.action, asked.object, asked.start, asked.end, before=asked.before)
    with context.records.reading() as connection:
        found = audit.rows(connection, wanted, asked.limit + 1)
    page = found[: asked.limit]
    onwards = _next(asked, page[-1]) if len(found) > asked.limit else None
    return TrailAnswer(rows=[_row(row) for row in page], next=onwards)


def _next(asked: TrailAsked, last: AuditRow) -> str:
    kept = asked.model_dump(exclude_defaults=True, mode="json", exclude={"before"})
    return f"{API}audit?{urlencode({**kept, 'before': last.seq})}"


def _row(row: AuditRow) -> RowAnswer:
    return RowAnswer(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        object=row.object,
        data=json.loads(row.data),
        previous=row.previous,
        hash=row.hash,
    )


OPERATIONS = (
    Operation(
        "revisions",
        "GET",
        "/revisions",
        Right.LOOK,
        "Every site file that was ever in force",
        _revisions,
        RevisionsAnswer,
    ),
    Operation(
        "revision",
        "GET",
        "/revisions/{number}",
        Right.LOOK,
        "One revision, with its text",
        _revision,
        RevisionTextAnswer,
        RevisionAsked,
    ),
    Operation("audit", "GET", "/audit", Right.READ_TRAIL, "Rows of the audit trail", _trail, TrailAnswer, TrailAsked),
)
