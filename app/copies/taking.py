"""Taking a copy: making the file, and putting on record who took which copy of what."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from app.context import AppContext
from app.copies.as_csv import as_csv
from app.copies.as_parquet import as_parquet
from app.copies.as_pdf import as_pdf
from app.copies.copy import Copy
from app.formats import in_zone
from facility.instants import text_of
from facility.people import Person
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


class Format(StrEnum):
    """What kind of file a copy becomes, by the end of its name."""

    PDF = "pdf"
    CSV = "csv"
    PARQUET = "parquet"


WRITERS = {Format.PDF: as_pdf, Format.CSV: as_csv, Format.PARQUET: as_parquet}


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy as a file."""

    name: str
    data: bytes


def take(context: AppContext, person: Person, copy: Copy, format: Format) -> Taken:
    """Make the file, and write the audit row `copy taken` with its hashes; no file leaves without that row."""
    data = WRITERS[format](copy)
    told: dict[str, JSON] = {
        "title": copy.title,
        "format": format.value,
        "rows": copy.rows,
        "asked for": dict(copy.facts),
        "SHA-256 of the content": copy.hash,
        "SHA-256 of the file": hashlib.sha256(data).hexdigest(),
    }
    if copy.period is not None:
        told["period"] = [text_of(at) for at in copy.period]
    with context.records.transaction() as connection:
        entry = AuditEntry(person.actor, "copy taken", f"copy of {copy.subject}", told)
        audit.append(connection, context.clock(), [entry])
    return Taken(f"{_file_name(copy)}.{format}", data)


def _file_name(copy: Copy) -> str:
    words = re.sub(r"[^A-Za-z0-9.]+", "-", f"{copy.site} {copy.title}").strip("-")[:80]
    return f"{words}-{in_zone(copy.made_at, copy.zone):%Y%m%d-%H%M%S}"
