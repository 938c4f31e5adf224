"""Wall displays: screens that show live values and are signed in by a token of their own, not by a person.

A display gets its token once, by a link that holds for a day; what is stored is only the token's SHA-256. It is
revoked, never deleted. Making, letting in and revoking are on record.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from facility.instants import DAY, HOUR, Instant, Span
from facility.language import _
from facility.people import Actor
from facility.site_areas import Areas
from storage.records.people import links
from storage.records.schema import device_tokens as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

PURPOSE = "wall display"
LINK_HOLDS: Span = DAY


@dataclass(frozen=True, slots=True)
class Display:
    """A wall display. `areas` None stands for all of them; `used_at` is when it last asked, to the hour."""

    id: int
    name: str
    areas: Areas
    made_at: Instant
    let_in: bool
    used_at: Instant | None
    revoked_at: Instant | None

    @property
    def object(self) -> str:
        """As the audit trail names it, and it stands in place of an account."""
        return f"{PURPOSE} {self.id}"


def make(connection: Connection, at: Instant, by: Actor, name: str, areas: Areas) -> tuple[Display, str]:
    """A new display, and the token of the link that lets it in once. Raises ValueError where the name is empty."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise ValueError(_("Give the display a name: where it hangs."))
    told = None if areas is None else json.dumps(sorted(areas), ensure_ascii=False)
    adding = insert(table).values(name=name, areas=told, made_at=at).returning(table)
    display = _display(connection.execute(adding).one())
    data: dict[str, JSON] = {"name": name, "areas": "all" if areas is None else sorted(areas)}
    audit.append(connection, at, [AuditEntry(by, "wall display made", display.object, data)])
    return display, links.make(connection, at, PURPOSE, display.object, at + LINK_HOLDS, by)


def let_in(connection: Connection, at: Instant, link: str, origin: str) -> str | None:
    """The token that a display has from now on, for who comes with its link; None where that does not hold."""
    subject = links.use(connection, at, PURPOSE, link, origin)
    if subject is None:
        return None
    token = secrets.token_urlsafe(32)
    id = int(subject.removeprefix(f"{PURPOSE} "))
    mine = (table.c.id == id, table.c.revoked_at.is_(None))
    if connection.execute(update(table).where(*mine).values(digest=_digest(token))).rowcount != 1:
        return None
    audit.append(connection, at, [AuditEntry(Actor(subject, "wall", origin), "wall display let in", subject)])
    return token


def holding(connection: Connection, token: str) -> Display | None:
    """The display that has this token, while it is not revoked."""
    row = connection.execute(select(table).where(table.c.digest == _digest(token), table.c.revoked_at.is_(None)))
    found = row.first()
    return _display(found) if found else None


def is_to_be_noted(display: Display, at: Instant) -> bool:
    """Has it not asked for an hour? Then `used` is called."""
    return display.used_at is None or at - display.used_at >= HOUR


def used(connection: Connection, at: Instant, display: Display) -> None:
    """Keep when a display last asked."""
    connection.execute(update(table).where(table.c.id == display.id).values(used_at=at))


def all(connection: Connection) -> list[Display]:
    """Every display there ever was, newest first."""
    return [_display(row) for row in connection.execute(select(table).order_by(table.c.id.desc()))]


def revoke(connection: Connection, at: Instant, by: Actor, id: int, reason: str) -> bool:
    """Show a display nothing any more; False where there is none, or it was revoked before."""
    revoking = update(table).where(table.c.id == id, table.c.revoked_at.is_(None)).values(revoked_at=at)
    row = connection.execute(revoking.returning(table)).first()
    if row is None:
        return False
    display = _display(row)
    entry = AuditEntry(by, "wall display revoked", display.object, {"name": display.name}, reason=reason)
    audit.append(connection, at, [entry])
    return True


def _display(row: Row[Any]) -> Display:
    areas = None if row.areas is None else frozenset(json.loads(row.areas))
    return Display(row.id, row.name, areas, row.made_at, row.digest is not None, row.used_at, row.revoked_at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
