"""When each app was last there: replaced every few seconds, and nothing that anyone relies on later."""

from sqlalchemy import BigInteger, Boolean, Column, Table

from storage.records.plain_text import Text
from storage.records.schema.base import metadata

app_beats = Table(
    "app_beats",
    metadata,
    Column("app", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("ended", Boolean, nullable=False),
)
