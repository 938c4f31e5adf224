"""Telling people of alarms: channels, contacts, what has been told, and the messages themselves."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

channels = Table(
    "channels",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("short", Boolean, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger),
    UniqueConstraint("name"),
)
"""`sealed` is the address with its secrets, encrypted, empty once retired; `shown` is what may be seen of it;
`personal` says whether it takes a person's address; `short` whether it is sent the short form."""

contacts = Table(
    "contacts",
    metadata,
    Column("account", Text, ForeignKey("accounts.account"), primary_key=True),
    Column("channel", BigInteger, ForeignKey("channels.id"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
)
"""An empty address is one that was taken out."""

notifications = Table(
    "notifications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("alarms", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("channel", BigInteger, ForeignKey("channels.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("else_by", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("short", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("due", BigInteger),
    Column("leased_by", Text),
    Column("leased_until", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("first_attempt", BigInteger),
    Column("error", Text, nullable=False),
    Column("sent", BigInteger),
    Column("sent_with", Text),
    Column("receipt", Text, nullable=False),
    Column("failed", BigInteger),
    Index("ix_notifications_due", "due"),
    Index("ix_notifications_at", "at"),
    Index("ix_notifications_sent", "sent"),
    Index("ix_notifications_event", "event"),
)
"""`due` is when it is tried next, NULL once it was sent or failed for good. `alarms` and `else_by` are JSON lists:
the alarms that it tells of, and the channels by which the same person is told if this one fails. `sent_with` is the
id of the message that carried it, where several were sent as one."""

told_alarms = Table(
    "told_alarms",
    metadata,
    Column("alarm", Text, primary_key=True),
    Column("station", Text, nullable=False),
    Column("severity", Integer),
    Column("standing", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("gathered", Boolean, nullable=False),
    Index("ix_told_alarms_due", "due"),
)
"""What people have been told of an alarm, and when it is to be looked at again. `severity` is NULL before anything
was told; `gathered` says that it waits for a summary."""
