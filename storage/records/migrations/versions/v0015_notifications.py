"""Channels, contacts and notifications."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import keep

revision = "0015"
down_revision = "0014"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.Column("short", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("retired_at", sa.BigInteger),
        sa.UniqueConstraint("name", name="uq_channels_name"),
    )
    op.create_table(
        "contacts",
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.account"), primary_key=True),
        sa.Column("channel", sa.BigInteger, sa.ForeignKey("channels.id"), primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("set_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("alarms", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("channel", sa.BigInteger, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("else_by", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("short", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("leased_by", sa.Text),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_attempt", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("sent", sa.BigInteger),
        sa.Column("sent_with", sa.Text),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("failed", sa.BigInteger),
    )
    op.create_index("ix_notifications_due", "notifications", ["due"])
    op.create_index("ix_notifications_at", "notifications", ["at"])
    op.create_index("ix_notifications_sent", "notifications", ["sent"])
    op.create_index("ix_notifications_event", "notifications", ["event"])
    op.create_table(
        "told_alarms",
        sa.Column("alarm", sa.Text, primary_key=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer),
        sa.Column("standing", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("gathered", sa.Boolean, nullable=False),
    )
    op.create_index("ix_told_alarms_due", "told_alarms", ["due"])
    keep(op.get_bind(), "channels", (("id",), ("name",)))
    keep(op.get_bind(), "notifications", (("id",),))


def downgrade() -> None:
    op.drop_table("told_alarms")
    op.drop_table("notifications")
    op.drop_table("contacts")
    op.drop_table("channels")
