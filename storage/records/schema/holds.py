"""What people have put aside for a while: alarms that are shelved, points and instruments out of service."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

holds = Table(
    "holds",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("of", Text, nullable=False),
    Column("condition", Text),
    Column("severity", Integer, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("span", BigInteger, nullable=False),
    Column("approved_by", Text),
    Column("since", BigInteger),
    Column("ended", BigInteger),
    Column("ended_by", Text),
    Column("why_ended", Text),
    Index("ix_holds_ended", "ended"),
)
"""Its id is the number of the command that asked for it."""
