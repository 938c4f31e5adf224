"""Accounts, credentials, sessions, wall displays, people whom another system knows."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import keep

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _credentials()
    _sessions()
    _access()
    connection = op.get_bind()
    keep(connection, "accounts", (("account",),))
    keep(connection, "sessions", (("id",), ("token_hash",)))
    keep(connection, "device_tokens", (("id",), ("digest",)))


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("areas", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
    )


def _credentials() -> None:
    op.create_table(
        "credentials",
        _account(primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("set_at", sa.BigInteger, nullable=False),
        sa.Column("one_time", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("totp_secret", sa.Text),
        sa.Column("totp_since", sa.BigInteger),
        sa.Column("totp_step", sa.BigInteger),
    )
    op.create_table(
        "earlier_passwords",
        sa.Column("id", NUMBER, primary_key=True),
        _account(nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("ix_earlier_passwords_account", "earlier_passwords", ["account", "id"])
    op.create_table(
        "recovery_codes",
        _account(primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", NUMBER, primary_key=True),
        _account(nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("active", sa.BigInteger, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("ended", sa.BigInteger),
    )
    op.create_index("ix_sessions_account", "sessions", ["account", "ended"])
    op.create_index("ix_sessions_ended", "sessions", ["ended"])


def _access() -> None:
    op.create_table(
        "device_tokens",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("areas", sa.Text),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, unique=True),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        _account(nullable=False),
        sa.Column("linked_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_external_identities_account", "external_identities", ["account"])


def _account(*, primary_key: bool = False, nullable: bool = True) -> sa.Column[str]:
    reference = sa.ForeignKey("accounts.account")
    return sa.Column("account", sa.Text, reference, primary_key=primary_key, nullable=nullable and not primary_key)


def downgrade() -> None:
    """Nobody can sign in after this; who did what stays in the audit trail."""
    for table in (
        "external_identities",
        "device_tokens",
        "sessions",
        "recovery_codes",
        "earlier_passwords",
        "credentials",
        "accounts",
    ):
        op.drop_table(table)
