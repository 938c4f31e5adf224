"""What was told of the chain's head to somebody outside, so that a trail written anew would show.

Each anchor is a statement in plain text that names a row and its hash, and the proof that it was made then: a
signature in a mail, or the token of a time-stamp authority (RFC 3161). They stay outside in what was sent, and here
for comparison. `add` writes its own audit row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import Connection, func, insert, select

from facility.instants import Instant, text_of
from facility.people import CLEANWATCH
from storage.records.schema import anchors as table
from storage.records.schema import audit as trail
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry
from storage.records.trail.chain import Mark

ACTION = "trail anchored"
"""The action of an anchor's audit row."""

KEY_ACTION = "audit key made"
"""The action of the audit row that tells the public key which mails are signed with from then on."""

TITLE = "Cleanwatch audit trail: head of the chain"


class Kind(StrEnum):
    """How the head was told outside."""

    MAIL = "mail"
    TIME_STAMP = "time-stamp"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor. `number` counts from 1; `place` is who was told: recipients of a mail, address of an authority."""

    number: int
    at: Instant
    kind: Kind
    mark: Mark
    place: str
    statement: str
    proof: bytes


def statement(site: str, at: Instant, mark: Mark) -> str:
    """What is told of the head, and signed or time-stamped to the letter."""
    return f"{TITLE}\nsite: {site}\nat: {text_of(at)}\nrow: {mark.seq}\nhash: {mark.hash}\n"


def mark_of(told: str) -> Mark | None:
    """The row and the hash that a statement names; None where it is no statement."""
    lines = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    if not told.startswith(TITLE) or not lines.get("row", "").isdecimal() or "hash" not in lines:
        return None
    return Mark(int(lines["row"]), lines["hash"])


def add(connection: Connection, at: Instant, kind: Kind, mark: Mark, place: str, told: str, proof: bytes) -> Anchor:
    """Put an anchor on record, which was told outside at `at`."""
    number = (connection.execute(select(func.max(table.c.number))).scalar() or 0) + 1
    connection.execute(
        insert(table).values(
            number=number,
            at=at,
            kind=kind.value,
            seq=mark.seq,
            hash=mark.hash,
            place=place,
            statement=told,
            proof=proof,
        )
    )
    data: dict[str, audit.JSON] = {"kind": kind.value, "row": mark.seq, "hash": mark.hash, "told to": place}
    audit.append(connection, at, [AuditEntry(CLEANWATCH, ACTION, f"anchor {number}", data)])
    return Anchor(number, at, kind, mark, place, told, proof)


def newest(connection: Connection, kind: Kind) -> Anchor | None:
    """The last anchor of a kind."""
    query = select(table).where(table.c.kind == kind.value).order_by(table.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _anchor(*row)


def all(connection: Connection, first: int = 0, last: int | None = None) -> list[Anchor]:
    """The anchors of rows from `first` to `last`, oldest first."""
    query = select(table).where(table.c.seq >= first).order_by(table.c.number)
    if last is not None:
        query = query.where(table.c.seq <= last)
    return [_anchor(*row) for row in connection.execute(query)]


def key_made(connection: Connection, at: Instant, public_key: str, place: str) -> None:
    """Put on record which key (PEM) mails are signed with from now on, and where it is kept."""
    entry = AuditEntry(CLEANWATCH, KEY_ACTION, "audit key", {"public key": public_key, "kept in": place})
    audit.append(connection, at, [entry])


def public_keys(connection: Connection) -> list[str]:
    """Every key that was ever used (PEM), newest first."""
    rows = connection.execute(
        select(trail.c.data).where(trail.c.action == KEY_ACTION).order_by(trail.c.seq.desc())
    ).scalars()
    return [msgspec.json.decode(data)["public key"] for data in rows]


def signed_with(keys: Iterable[str], told: bytes, signature: bytes) -> bool:
    """Was this signed with one of these keys (Ed25519, PEM)?"""
    for pem in keys:
        key = load_pem_public_key(pem.encode())
        assert isinstance(key, Ed25519PublicKey)
        try:
            key.verify(signature, told)
        except InvalidSignature:
            continue
        return True
    return False


def check(connection: Connection) -> Iterator[str]:
    """Compare every anchor with the chain, and with the audit row that tells of it."""
    told = {row.object for row in connection.execute(select(trail.c.object).where(trail.c.action == ACTION))}
    keys = public_keys(connection)
    for anchor in all(connection):
        if f"anchor {anchor.number}" not in told:
            yield f"anchor {anchor.number} was inserted: no audit row tells of it"
        told.discard(f"anchor {anchor.number}")
        if mark_of(anchor.statement) != anchor.mark:
            yield f"anchor {anchor.number} was altered: its statement names another row or hash"
        elif anchor.kind is Kind.MAIL and not signed_with(keys, anchor.statement.encode(), anchor.proof):
            yield f"anchor {anchor.number} was altered: its signature was not made with a key on record"
        else:
            yield from against(connection, anchor.mark, f"anchor {anchor.number} of {text_of(anchor.at)}")
    yield from (f"{name}, which an audit row tells of, is missing" for name in sorted(told))


def against(connection: Connection, mark: Mark, name: str) -> Iterator[str]:
    """Compare with the chain what was told outside under this name."""
    stored = connection.execute(select(trail.c.hash).where(trail.c.seq == mark.seq)).scalar()
    if stored is None:
        yield f"row {mark.seq} is missing, whose hash is in {name}"
    elif stored != mark.hash:
        yield f"the chain was written anew up to row {mark.seq} or before it: {name} has another hash for that row"


def _anchor(number: int, at: Instant, kind: str, seq: int, hash: str, place: str, told: str, proof: bytes) -> Anchor:
    return Anchor(number, at, Kind(kind), Mark(seq, hash), place, told, proof)
