"""Who gets in other than by a password: wall displays, and people whom another system knows."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, UniqueConstraint

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

device_tokens = Table(
    "device_tokens",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("areas", Text),
    Column("made_at", BigInteger, nullable=False),
    Column("digest", Text),
    Column("used_at", BigInteger),
    Column("revoked_at", BigInteger),
    UniqueConstraint("digest"),
)
"""`areas` is a JSON list, NULL for all; `digest` is the SHA-256 of what the display has, NULL until it has it;
`used_at` is kept to the hour."""

external_identities = Table(
    "external_identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account", Text, ForeignKey("accounts.account"), nullable=False),
    Column("linked_at", BigInteger, nullable=False),
    Index("ix_external_identities_account", "account"),
)
"""`issuer` and `subject` are how a provider of single sign-on names a person for ever."""
