"""What lets somebody in who has it: links that hold once, and tokens for programs."""

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

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

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Number, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("used_at", BigInteger),
    UniqueConstraint("digest"),
    Index("ix_api_tokens_account", "account"),
)
"""`rights` is a JSON array of the names of rights; `used_at` is kept to the hour."""
