"""Drafts of changes of the site file, and what became of them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table, UniqueConstraint

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

changes = Table(
    "changes",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("base", Number, ForeignKey("revisions.number"), nullable=False),
    Column("wanted_from", BigInteger),
    Column("controlled", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("differences", Text, nullable=False),
    Column("attachment", Text),
)
"""`differences` and `attachment` are JSON."""

change_steps = Table(
    "change_steps",
    metadata,
    Column("change", Number, ForeignKey("changes.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("revision", Number, ForeignKey("revisions.number")),
    UniqueConstraint("revision"),
)
"""`number` counts from 1 for each change; `revision` is the one that the change became, where it was put in force."""
