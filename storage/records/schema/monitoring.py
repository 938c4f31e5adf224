"""Alarms, the engine and its commands, sources, room states, batches, site revisions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    false,
)

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

alarms = Table(
    "alarms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("point", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("onset", BigInteger, nullable=False),
    Column("raised", BigInteger, nullable=False),
    Column("value", Float),
    Column("limit", Float),
    Column("operator", Text),
    Column("worst", Float),
    Column("worst_at", BigInteger),
    Column("returned", BigInteger),
    Column("retrospective", Boolean, nullable=False),
    Column("latched", Boolean, nullable=False, server_default=false()),
    Column("first_out", Boolean, nullable=False, server_default=false()),
    Column("cause", Text),
    Column("held_kind", Text),
    Column("held_since", BigInteger),
    Column("held_until", BigInteger),
    Column("held_by", Text),
    Column("held_reason", Text),
    Column("hold", Number),
    Index("ix_alarms_state", "state"),
    Index("ix_alarms_raised", "raised"),
    Index("ix_alarms_point", "point", "onset"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("alarm", Text, ForeignKey("alarms.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("comment", Text, nullable=False),
    Column("severity", Integer, nullable=False),
)

blinded_points = Table(
    "blinded_points",
    metadata,
    Column("alarm", Text, ForeignKey("alarms.id"), primary_key=True),
    Column("point", Text, primary_key=True),
    Column("room", Text, nullable=False),
)

engine_memory = Table(
    "engine_memory",
    metadata,
    Column("point", Text, primary_key=True),
    Column("memory", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

engine_checkpoints = Table(
    "engine_checkpoints",
    metadata,
    Column("station", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

station_claims = Table(
    "station_claims",
    metadata,
    Column("station", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("instance", Text, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("released", Boolean, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("source", Text, primary_key=True),
    Column("station", Text, nullable=False),
    Column("online", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("lost", BigInteger),
    Column("points", Text, nullable=False),
)

source_gaps = Table(
    "source_gaps",
    metadata,
    Column("id", Number, primary_key=True),
    Column("station", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("after", BigInteger),
    Column("before", BigInteger, nullable=False),
    Column("closed", BigInteger),
    UniqueConstraint("station", "source", "epoch", "first", "last"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("role", Text, nullable=False, server_default=""),
    Column("origin", Text, nullable=False, server_default=""),
)

waiting_commands = Table(
    "waiting_commands",
    metadata,
    Column("command", Number, ForeignKey("commands.id"), primary_key=True, autoincrement=False),
)

command_outcomes = Table(
    "command_outcomes",
    metadata,
    Column("command", Number, ForeignKey("commands.id"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("sent", BigInteger),
    Column("station", Text, nullable=False, server_default="main"),
    Index("ix_outbox_waiting", "station", "sent", "id"),
)

room_states = Table(
    "room_states",
    metadata,
    Column("id", Number, primary_key=True),
    Column("room", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    UniqueConstraint("room", "time", "state", "by"),
)

batch_events = Table(
    "batch_events",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('start', 'end')", name="kind"), nullable=False),
    Column("batch", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    UniqueConstraint("batch", "room", "kind", "time", "by"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("in_force_from", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("differences", Text, nullable=False),
)

station_reports = Table(
    "station_reports",
    metadata,
    Column("station", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""How each station is: replaced every few seconds, and nothing that anyone relies on later."""
