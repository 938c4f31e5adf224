"""Links that let somebody in once and only for a short time: an invitation, a new password.

The token in a link is 128 random bits, short enough for a text to a phone; only its SHA-256 is stored. Making, using
and refusing are on record without it. Mail programs open links to look at them: show a form to whoever comes with a
link (`subject_of`), and use it when that is sent. `subject` is what the audit trail calls the object:
`account m.keller`.
"""

import hashlib
import secrets

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from facility.instants import DAY, Instant, Span
from facility.people import CLEANWATCH, Actor
from storage.records.schema import links
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

LONGEST: Span = 7 * DAY
"""How long a link may hold at most."""
BYTES = 16
HOLDER = "holder of a link"
"""Who comes with a link has shown nothing but the link."""


def make(
    connection: Connection, at: Instant, purpose: str, subject: str, expires: Instant, by: Actor = CLEANWATCH
) -> str:
    """The token of a new link, for an address; there is no second way to learn it.

    Older links of the same purpose and subject hold no longer. Raises ValueError where it would hold for longer than
    `LONGEST`, or not at all.
    """
    if not at < expires <= at + LONGEST:
        raise ValueError(f"a link holds for up to {LONGEST // DAY} days from now")
    replaced = connection.execute(
        update(links).where(links.c.purpose == purpose, links.c.subject == subject, _holds(at)).values(expires=at)
    ).rowcount
    token = secrets.token_urlsafe(BYTES)
    connection.execute(
        insert(links).values(digest=_digest(token), purpose=purpose, subject=subject, made_at=at, expires=expires)
    )
    data: dict[str, JSON] = {"purpose": purpose, "expires": expires, "replaces": replaced}
    audit.append(connection, at, [AuditEntry(by, "link made", subject, data)])
    return token


def subject_of(connection: Connection, at: Instant, purpose: str, token: str) -> str | None:
    """For whom or what this link is, while it holds. Does not use it."""
    query = select(links.c.subject).where(_is(purpose, token), _holds(at))
    return connection.execute(query).scalar_one_or_none()


def use(connection: Connection, at: Instant, purpose: str, token: str, origin: str = "") -> str | None:
    """For whom or what this link is: once. None where it was used before, holds no longer, or never was.

    Of any number who use it at the same moment one gets it: the statement that marks it also asks whether it is
    marked. Where it is known but does not hold, that is on record too.
    """
    marking = update(links).where(_is(purpose, token), _holds(at)).values(used_at=at).returning(links.c.subject)
    subject: str | None = connection.execute(marking).scalar_one_or_none()
    holder = Actor(HOLDER, origin=origin)
    if subject is not None:
        audit.append(connection, at, [AuditEntry(holder, "link used", subject, {"purpose": purpose})])
        return subject
    known = connection.execute(select(links.c.subject, links.c.used_at).where(_is(purpose, token))).one_or_none()
    if known is not None:
        reason = "it holds no longer" if known.used_at is None else "it was used before"
        entry = AuditEntry(holder, "link refused", known.subject, {"purpose": purpose}, reason=reason)
        audit.append(connection, at, [entry])
    return None


def _is(purpose: str, token: str) -> ColumnElement[bool]:
    return and_(links.c.digest == _digest(token), links.c.purpose == purpose)


def _holds(at: Instant) -> ColumnElement[bool]:
    return and_(links.c.used_at.is_(None), links.c.expires > at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
