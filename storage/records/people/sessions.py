"""Sessions: who is signed in from where, since when. A row outlives its session, so that it stays known.

The browser has a token, of which the records have only the SHA-256: from a copy of them nobody can sign in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from facility.instants import Instant, Span, text_of
from facility.people import Actor
from storage.records.schema import sessions as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


class Stage(StrEnum):
    """How far somebody has come; only whoever is SIGNED_IN is a person whom pages know."""

    CODE = "code wanted"
    NEW_PASSWORD = "new password wanted"
    SECOND_FACTOR = "second factor wanted"
    SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in at one browser. `active` is when the person last did something there."""

    id: int
    account: str
    stage: Stage
    made: Instant
    active: Instant
    origin: str
    browser: str
    ended: Instant | None = None

    @property
    def object(self) -> str:
        """As the audit trail names it."""
        return f"session {self.id}"

    def over(self, now: Instant, idle: Span, longest: Span) -> bool:
        """Has it been ended, has nobody done anything for too long, or is it too old?"""
        return self.ended is not None or now - self.active >= idle or now - self.made >= longest


def begin(
    connection: Connection, at: Instant, account: str, token_hash: str, *, stage: Stage, origin: str, browser: str
) -> Session:
    """Open a session. Whoever lets somebody in writes the audit row: it knows by what."""
    values = {
        "account": account,
        "token_hash": token_hash,
        "stage": stage.value,
        "made": at,
        "active": at,
        "origin": origin,
        "browser": browser[:200],
    }
    id = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
    return Session(id, account, stage, at, at, origin, browser[:200])


def find(connection: Connection, token_hash: str) -> Session | None:
    """The session of a token, open or ended."""
    return next(iter(_sessions(connection, table.c.token_hash == token_hash)), None)


def numbered(connection: Connection, id: int) -> Session | None:
    """The session of this number, open or ended."""
    return next(iter(_sessions(connection, table.c.id == id)), None)


def advance(connection: Connection, at: Instant, id: int, token_hash: str, stage: Stage) -> None:
    """One stage further, with a new token: who knew the one from before the password has nothing."""
    values = {"token_hash": token_hash, "stage": stage.value, "active": at}
    connection.execute(update(table).where(table.c.id == id).values(**values))


def touch(connection: Connection, id: int, at: Instant) -> None:
    """The person has just done something."""
    connection.execute(update(table).where(table.c.id == id, table.c.ended.is_(None)).values(active=at))


def end(connection: Connection, at: Instant, by: Actor, id: int, why: str) -> bool:
    """End one session; False where it had ended before."""
    return bool(_end(connection, at, by, why, table.c.id == id))


def end_all(connection: Connection, at: Instant, by: Actor, account: str, why: str, but: int | None = None) -> int:
    """End every session of an account, except one; how many there were."""
    others = () if but is None else (table.c.id != but,)
    return _end(connection, at, by, why, table.c.account == account, *others)


def end_expired(connection: Connection, at: Instant, by: Actor, idle: Span, longest: Span) -> int:
    """End the sessions in which nobody has done anything for too long, or that are too old; how many there were."""
    expired = or_(table.c.active <= at - idle, table.c.made <= at - longest)
    return _end(connection, at, by, "timed out", expired)


def open_now(connection: Connection, account: str | None = None) -> list[Session]:
    """The open sessions of an account, or of all, newest first."""
    mine = () if account is None else (table.c.account == account,)
    return _sessions(connection, table.c.ended.is_(None), *mine)


def last(connection: Connection) -> Mapping[str, Instant]:
    """When each account was signed in to last."""
    signed_in = table.c.stage == Stage.SIGNED_IN.value
    query = select(table.c.account, func.max(table.c.made).label("at")).where(signed_in).group_by(table.c.account)
    return {row.account: row.at for row in connection.execute(query)}


def _end(connection: Connection, at: Instant, by: Actor, why: str, *which: ColumnElement[bool]) -> int:
    ending = _sessions(connection, table.c.ended.is_(None), *which)
    if not ending:
        return 0
    connection.execute(update(table).where(table.c.id.in_([session.id for session in ending])).values(ended=at))
    entries = []
    for session in ending:
        data: dict[str, JSON] = {
            "session": session.id,
            "from": session.origin,
            "last active": text_of(session.active),
        }
        entries.append(AuditEntry(by, "session ended", f"account {session.account}", data, reason=why))
    audit.append(connection, at, entries)
    return len(ending)


_COLUMNS = ("id", "account", "stage", "made", "active", "origin", "browser", "ended")


def _sessions(connection: Connection, *which: ColumnElement[bool]) -> list[Session]:
    query = select(*(table.c[name] for name in _COLUMNS)).where(*which).order_by(table.c.id.desc())
    return [_session(*row) for row in connection.execute(query)]


def _session(id: int, account: str, stage: str, *rest: Any) -> Session:
    return Session(id, account, Stage(stage), *rest)
