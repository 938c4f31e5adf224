"""What made the engine decide as it did, beside the commits of its local store."""

from sqlalchemy import BigInteger, Column, Index, Table

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

engine_journal = Table(
    "engine_journal",
    metadata,
    Column("id", Number, primary_key=True),
    Column("station", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("come_to", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_engine_journal_station", "station", "id"),
)
