"""Who is on call where no rota says so, the calendars that rotas follow, and the escalations of alarms."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

rota_overrides = Table(
    "rota_overrides",
    metadata,
    Column("number", Number, primary_key=True),
    Column("rota", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_rota_overrides_end", "end"),
)
"""Somebody else has the call from `start` to `end`, itself not in it."""

withdrawn_overrides = Table(
    "withdrawn_overrides",
    metadata,
    Column("override", Number, ForeignKey("rota_overrides.number"), primary_key=True, autoincrement=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Overrides that hold no longer."""

rota_calendars = Table(
    "rota_calendars",
    metadata,
    Column("rota", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fetched", BigInteger),
    Column("tried", BigInteger, nullable=False),
    Column("problem", Text, nullable=False),
)
"""The last good copy of each rota's calendar, when it was fetched, and what was wrong when it was tried last."""

escalations = Table(
    "escalations",
    metadata,
    Column("number", Number, primary_key=True),
    Column("station", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("alarms", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("next_due", BigInteger),
    Column("ended", BigInteger),
    Column("ended_by", Text, nullable=False),
    Index("ix_escalations_next_due", "next_due"),
    Index("ix_escalations_started", "started"),
    Index("ix_escalations_event", "event"),
)
"""`snapshot` is the policy with whom each of its steps reaches, as it was at the start; `alarms` is how each alarm
stands (both JSON). `round` and `step` are of the next call, due at `next_due`, NULL where none is to come."""

escalation_calls = Table(
    "escalation_calls",
    metadata,
    Column("number", Number, primary_key=True),
    Column("escalation", Number, ForeignKey("escalations.number"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("instead", Boolean, nullable=False),
    Column("notification", Text, nullable=False),
    Index("ix_escalation_calls_escalation", "escalation"),
)
"""Who was called and when, and by which message, empty where there was nobody. `instead` says that the step reached
nobody, and the last one was called in its place."""
