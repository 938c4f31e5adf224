"""Comments on what is on record, and corrections of it."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

annotations = Table(
    "annotations",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('comment', 'correction')", name="kind"), nullable=False),
    Column("object", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("was", Text, nullable=False),
    Column("becomes", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_annotations_object", "object", "start"),
)
"""About an object from `start` to `end`, both included: one reading where they are the same."""

refusals = Table(
    "refusals",
    metadata,
    Column("annotation", Number, ForeignKey("annotations.id"), primary_key=True, autoincrement=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Corrections that will not be signed, or that their authors took back."""
