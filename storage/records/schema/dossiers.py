"""What people judge of excursions, when QA closed and reopened them, and which organisms grew on plates."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Table

from storage.records.plain_text import Text
from storage.records.schema.base import metadata

assessments = Table(
    "assessments",
    metadata,
    Column("excursion", Text, ForeignKey("excursions.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("classification", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("batches", Text, nullable=False),
    Column("impact", Text, nullable=False),
    Column("measures", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Versions, from 1 for each excursion; the newest holds. `batches` is a JSON list of their numbers."""

closings = Table(
    "closings",
    metadata,
    Column("excursion", Text, ForeignKey("excursions.number"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", Text, CheckConstraint("step IN ('closed', 'reopened')", name="step"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""From 1 for each excursion; the newest says whether it is closed. `content` is the JSON that was signed."""

identifications = Table(
    "identifications",
    metadata,
    Column("point", Text, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("organisms", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Of one result, the reading of a point at a time, what grew: a JSON list of names. The highest number holds."""
