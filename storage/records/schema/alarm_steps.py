"""Every step that an alarm has taken, for those who follow alarms: notifications, excursions, health."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, true

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

alarm_steps = Table(
    "alarm_steps",
    metadata,
    Column("number", Number, primary_key=True),
    Column("station", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("alarm", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("retrospective", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("announced", Boolean, nullable=False, server_default=true()),
    Index("ix_alarm_steps_station", "station", "number"),
    Index("ix_alarm_steps_alarm", "alarm"),
    Index("ix_alarm_steps_at", "at"),
)

alarm_step_followers = Table(
    "alarm_step_followers",
    metadata,
    Column("follower", Text, primary_key=True),
    Column("station", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
