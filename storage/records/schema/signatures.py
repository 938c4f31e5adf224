"""Electronic signatures."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

signatures = Table(
    "signatures",
    metadata,
    Column("object", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("meaning", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("zone", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("session", Number),
    Column("audit", Number, ForeignKey("audit.seq"), nullable=False),
    UniqueConstraint("audit"),
    Index("ix_signatures_session", "session"),
)
"""`number` counts from 1 for each object; `content` is the SHA-256 of what was signed; `audit` is the audit row."""
