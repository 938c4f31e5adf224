"""Excursions, which alarm is in which, and how many there have been in a year."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from storage.records.plain_text import Text
from storage.records.schema.base import metadata

excursions = Table(
    "excursions",
    metadata,
    Column("number", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("station", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("onset", BigInteger, nullable=False),
    Column("returned", BigInteger),
    Column("severity", Integer, nullable=False),
    Column("first_out", Text, nullable=False),
    Column("merged_into", Text, ForeignKey("excursions.number")),
    Column("merged_at", BigInteger),
    Index("ix_excursions_onset", "onset", "number"),
    Index("ix_excursions_merged_into", "merged_into"),
)

excursion_moves = Table(
    "excursion_moves",
    metadata,
    Column("alarm", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("excursion", Text, ForeignKey("excursions.number"), nullable=False),
    Column("previous", Text, ForeignKey("excursions.number")),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_excursion_moves_excursion", "excursion"),
    Index("ix_excursion_moves_previous", "previous"),
)
"""`number` counts from 1 for each alarm. It is in the excursion of its newest move; the first has no `previous`."""

excursion_years = Table(
    "excursion_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)
