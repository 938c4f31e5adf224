"""Accounts, what they sign in with, and who is signed in."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from storage.records.plain_text import Text
from storage.records.schema.base import Number, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("areas", Text),
    Column("state", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
)
"""`areas` is a JSON list, NULL for all of them."""

credentials = Table(
    "credentials",
    metadata,
    Column("account", Text, ForeignKey("accounts.account"), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", BigInteger),
    Column("totp_secret", Text),
    Column("totp_since", BigInteger),
    Column("totp_step", BigInteger),
)
"""`failures` in a row, the last of them at `failed_at`; `totp_since` is NULL while the secret is not confirmed;
`totp_step` is the time step of the last code that was taken, which is taken never again."""

earlier_passwords = Table(
    "earlier_passwords",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Text, ForeignKey("accounts.account"), nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_earlier_passwords_account", "account", "id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account", Text, ForeignKey("accounts.account"), primary_key=True),
    Column("hash", Text, primary_key=True),
)
"""Those that can still be used: each once in place of a code of the authenticator."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Text, ForeignKey("accounts.account"), nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("active", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("ended", BigInteger),
    UniqueConstraint("token_hash"),
    Index("ix_sessions_account", "account", "ended"),
    Index("ix_sessions_ended", "ended"),
)
"""`active` is when the person last did something; `ended` is NULL while the session is open."""
