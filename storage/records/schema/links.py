"""Links that let somebody in once."""

from sqlalchemy import BigInteger, Column, Index, Table

from storage.records.plain_text import Text
from storage.records.schema.base import metadata

links = Table(
    "links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("ix_links_subject", "purpose", "subject"),
)
"""`digest` is the token's SHA-256 in hex: from what is stored no link can be made."""
