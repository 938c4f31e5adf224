"""Who is on call in place of whom the rota names, and the calendars that rotas follow.

An override is never changed or deleted: it is withdrawn. `override` and `withdraw` write their own audit rows.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from facility.instants import Instant, text_of
from facility.language import _
from facility.on_call import Override
from facility.people import Person
from storage.records.people import accounts
from storage.records.schema import rota_calendars, rota_overrides, withdrawn_overrides
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry
from storage.records.upsert import upsert

LONGEST = 2_000
"""Characters of a reason."""


class OverrideRefusedError(ValueError):
    """This override cannot be made or withdrawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why an override holds no longer."""

    by: str
    at: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class CalendarCopy:
    """The last good copy of a calendar, empty and `fetched` None before the first; when it was tried last, and what
    was wrong then, empty where nothing was."""

    rota: str
    address: str
    text: str
    fetched: Instant | None
    tried: Instant
    problem: str


def override(
    connection: Connection,
    at: Instant,
    person: Person,
    rota: str,
    account: str,
    start: Instant,
    end: Instant,
    reason: str,
) -> Override:
    """Somebody has the call in place of whom the rota names. Raises OverrideRefusedError."""
    if end <= start:
        raise OverrideRefusedError(_("The end must lie after the beginning."))
    if end <= at:
        raise OverrideRefusedError(_("This is over already; who had the call then stays as it is on record."))
    if accounts.find(connection, account) is None:
        raise OverrideRefusedError(_("There is no account {account}.", account=account))
    made = Override(0, rota, account, start, end, _reason(reason), person.account, at)
    row = {name: value for name, value in asdict(made).items() if name != "number"}
    added = insert(rota_overrides).values(**row).returning(rota_overrides.c.number)
    made = replace(made, number=connection.execute(added).scalar_one())
    audit.append(connection, at, [_entry(person, "rota override made", made, made.reason)])
    return made


def withdraw(connection: Connection, at: Instant, person: Person, number: int, reason: str) -> None:
    """An override holds no longer. Raises OverrideRefusedError."""
    found = next(iter(_overrides(connection, rota_overrides.c.number == number)), None)
    if found is None:
        raise OverrideRefusedError(_("There is no such override, or it has been withdrawn already."))
    if found.end <= at:
        raise OverrideRefusedError(_("This is over already; who had the call then stays as it is on record."))
    reason = _reason(reason)
    connection.execute(insert(withdrawn_overrides).values(override=number, by=person.account, at=at, reason=reason))
    audit.append(connection, at, [_entry(person, "rota override withdrawn", found, reason)])


def overrides(connection: Connection, start: Instant, end: Instant) -> list[Override]:
    """Those that hold at any time in `[start, end)`, of every rota, by their beginning."""
    return _overrides(connection, rota_overrides.c.start < end, rota_overrides.c.end > start)


def withdrawn(connection: Connection, start: Instant, end: Instant) -> list[tuple[Override, Withdrawal]]:
    """Those that would have held at any time in `[start, end)` and were withdrawn."""
    within = (rota_overrides.c.start < end, rota_overrides.c.end > start)
    gone = (withdrawn_overrides.c[name].label(f"gone_{name}") for name in ("by", "at", "reason"))
    query = select(rota_overrides, *gone).join(withdrawn_overrides).where(*within)
    rows = connection.execute(query.order_by(rota_overrides.c.start, rota_overrides.c.number))
    return [(_override(row), Withdrawal(row.gone_by, row.gone_at, row.gone_reason)) for row in rows]


def calendars(connection: Connection) -> dict[str, CalendarCopy]:
    """The copy of each rota's calendar."""
    rows = connection.execute(select(rota_calendars))
    return {
        row.rota: CalendarCopy(row.rota, row.address, row.text, row.fetched, row.tried, row.problem) for row in rows
    }


def keep_calendar(connection: Connection, copy: CalendarCopy) -> None:
    """Remember a copy in place of the one before."""
    row = {name: getattr(copy, name) for name in ("rota", "address", "text", "fetched", "tried", "problem")}
    upsert(connection, rota_calendars, [row])


def _entry(person: Person, action: str, override: Override, reason: str) -> AuditEntry:
    told: dict[str, JSON] = {
        "override": override.number,
        "account": override.account,
        "from": text_of(override.start),
        "to": text_of(override.end),
    }
    return AuditEntry(person.actor, action, f"rota {override.rota}", told, reason=reason)


def _reason(text: str) -> str:
    if not text.strip() or "\0" in text or len(text) > LONGEST:
        raise OverrideRefusedError(_("Say why, in 1 to {longest} characters.", longest=LONGEST))
    return text.strip()


def _overrides(connection: Connection, *which: ColumnElement[bool]) -> list[Override]:
    holds = rota_overrides.c.number.not_in(select(withdrawn_overrides.c.override))
    query = select(rota_overrides).where(holds, *which).order_by(rota_overrides.c.start, rota_overrides.c.number)
    return [_override(row) for row in connection.execute(query)]


def _override(row: Row[Any]) -> Override:
    return Override(row.number, row.rota, row.account, row.start, row.end, row.reason, row.by, row.at)
