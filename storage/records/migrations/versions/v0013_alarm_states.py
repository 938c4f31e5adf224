"""Alarms that latch, that are held back and that another one explains; and the holds that people make."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import keep

revision = "0013"
down_revision = "0012"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("latched", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("first_out", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("cause", sa.Text),
        sa.Column("held_kind", sa.Text),
        sa.Column("held_since", sa.BigInteger),
        sa.Column("held_until", sa.BigInteger),
        sa.Column("held_by", sa.Text),
        sa.Column("held_reason", sa.Text),
        sa.Column("hold", NUMBER),
    ):
        op.add_column("alarms", column)
    op.add_column("alarm_steps", sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_table(
        "holds",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("condition", sa.Text),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("span", sa.BigInteger, nullable=False),
        sa.Column("approved_by", sa.Text),
        sa.Column("since", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.Column("ended_by", sa.Text),
        sa.Column("why_ended", sa.Text),
    )
    op.create_index("ix_holds_ended", "holds", ["ended"])
    keep(op.get_bind(), "holds", (("id",),))


def downgrade() -> None:
    op.drop_table("holds")
    op.drop_column("alarm_steps", "announced")
    for column in (
        "hold",
        "held_reason",
        "held_by",
        "held_until",
        "held_since",
        "held_kind",
        "cause",
        "first_out",
        "latched",
    ):
        op.drop_column("alarms", column)
