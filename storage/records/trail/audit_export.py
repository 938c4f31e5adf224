"""A package of audit rows that somebody can verify without this program, and without trusting it.

A zip: the rows exactly as they are stored, what was told outside of them, the keys, and a short script of Python's
standard library that verifies all of it (`inspection/verify_audit.py`).
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from sqlalchemy import Connection, select

from facility.instants import Instant, text_of
from facility.language import _
from facility.people import Actor
from storage.records.schema import audit as trail
from storage.records.trail import anchors, audit, chain
from storage.records.trail.anchors import Anchor, Kind
from storage.records.trail.audit import AuditEntry, AuditFilter
from storage.records.trail.chain import Mark

ACTION = "audit trail exported"
ENDING = {Kind.MAIL: "sig", Kind.TIME_STAMP: "tsr"}


class NothingToExportError(Exception):
    """There are no rows of that time."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a package holds: the rows from `first` to `last`, of which `anchors` were told outside."""

    first: int
    last: Mark
    anchors: int

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.last.seq - self.first + 1


def write(
    connection: Connection,
    target: IO[bytes],
    site: str,
    at: Instant,
    by: str,
    period: tuple[Instant | None, Instant | None] = (None, None),
    sign: Callable[[bytes], bytes] | None = None,
) -> Exported:
    """Write a package of the rows of a period, all without one. Raises NothingToExportError.

    `sign` signs the statement of the last row, where the key is at hand.
    """
    found = audit.span(connection, AuditFilter(start=period[0], end=period[1]))
    if found is None:
        raise NothingToExportError(_("Nothing is on record of that time: there is nothing to export."))
    first, seq = found
    digest: str = connection.execute(select(trail.c.hash).where(trail.c.seq == seq)).scalar_one()
    exported_anchors = anchors.all(connection, first, seq)
    exported = Exported(first, Mark(seq, digest), len(exported_anchors))
    keys = anchors.public_keys(connection)
    head = anchors.statement(site, at, exported.last)
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        with package.open("audit.jsonl", "w", force_zip64=True) as lines:
            for block in chain.stored(connection, first, seq):
                lines.write(b"".join(msgspec.json.encode(row) + b"\n" for row in block))
        package.writestr("anchors.jsonl", "".join(_line(anchor) + "\n" for anchor in exported_anchors))
        for anchor in exported_anchors:
            package.writestr(f"anchors/{anchor.number}.txt", anchor.statement)
            package.writestr(f"anchors/{anchor.number}.{ENDING[anchor.kind]}", anchor.proof)
        package.writestr("head.txt", head)
        if sign is not None:
            package.writestr("head.sig", sign(head.encode()))
        for number, key in enumerate(keys, start=1):
            package.writestr(f"public-key-{number}.pem", key)
        here = files("storage.records.trail.inspection")
        package.writestr("verify_audit.py", here.joinpath("verify_audit.py").read_text())
        facts = _facts(exported, site, at, by, period)
        package.writestr("README.txt", here.joinpath("README.txt").read_text().replace("{facts}", facts))
    return exported


def on_record(connection: Connection, at: Instant, actor: Actor, exported: Exported, file: str) -> None:
    """An export is an audit row of its own: who took which rows with them."""
    data: dict[str, audit.JSON] = {
        "file": file,
        "first row": exported.first,
        "last row": exported.last.seq,
        "hash": exported.last.hash,
    }
    audit.append(connection, at, [AuditEntry(actor, ACTION, "audit trail", data)])


def _line(anchor: Anchor) -> str:
    told = {
        "number": anchor.number,
        "at": text_of(anchor.at),
        "kind": anchor.kind.value,
        "row": anchor.mark.seq,
        "hash": anchor.mark.hash,
        "told to": anchor.place,
        "statement": anchor.statement,
        "proof": base64.b64encode(anchor.proof).decode(),
    }
    return json.dumps(told, ensure_ascii=False)


def _facts(exported: Exported, site: str, at: Instant, by: str, period: tuple[Instant | None, Instant | None]) -> str:
    start, end = ("the beginning" if period[0] is None else text_of(period[0]), period[1])
    return "\n".join(
        [
            f"Site:     {site}",
            f"Exported: {text_of(at)}, by {by}",
            f"Period:   from {start} to {'the end' if end is None else text_of(end)}",
            f"Rows:     {exported.rows:,}, numbers {exported.first} to {exported.last.seq}",
            f"Anchors:  {exported.anchors}",
        ]
    )
