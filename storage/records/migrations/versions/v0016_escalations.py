"""Escalations and who is on call."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import keep, protect

revision = "0016"
down_revision = "0015"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _rotas()
    _escalations()


def _rotas() -> None:
    op.create_table(
        "rota_overrides",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("rota", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_rota_overrides_end", "rota_overrides", ["end"])
    op.create_table(
        "withdrawn_overrides",
        sa.Column("override", NUMBER, sa.ForeignKey("rota_overrides.number"), primary_key=True, autoincrement=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "rota_calendars",
        sa.Column("rota", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fetched", sa.BigInteger),
        sa.Column("tried", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "rota_overrides", (("number",),))
    protect(op.get_bind(), "withdrawn_overrides", (("override",),))


def _escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("alarms", sa.Text, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("next_due", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        sa.Column("ended_by", sa.Text, nullable=False),
    )
    op.create_index("ix_escalations_next_due", "escalations", ["next_due"])
    op.create_index("ix_escalations_started", "escalations", ["started"])
    op.create_index("ix_escalations_event", "escalations", ["event"])
    op.create_table(
        "escalation_calls",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("escalation", NUMBER, sa.ForeignKey("escalations.number"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("instead", sa.Boolean, nullable=False),
        sa.Column("notification", sa.Text, nullable=False),
    )
    op.create_index("ix_escalation_calls_escalation", "escalation_calls", ["escalation"])
    keep(op.get_bind(), "escalations", (("number",),))
    protect(op.get_bind(), "escalation_calls", (("number",),))


def downgrade() -> None:
    """To records that know no escalations; the audit rows of those that were stay."""
    for table in (
        "escalation_calls",
        "escalations",
        "rota_calendars",
        "withdrawn_overrides",
        "rota_overrides",
    ):
        op.drop_table(table)
