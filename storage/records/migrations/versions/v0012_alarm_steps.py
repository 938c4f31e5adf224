"""Every step that an alarm takes, and how far those who follow them are."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alarm_steps",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("alarm", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("retrospective", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_index("ix_alarm_steps_station", "alarm_steps", ["station", "number"])
    op.create_index("ix_alarm_steps_alarm", "alarm_steps", ["alarm"])
    op.create_index("ix_alarm_steps_at", "alarm_steps", ["at"])
    op.create_table(
        "alarm_step_followers",
        sa.Column("follower", sa.Text, primary_key=True),
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    protect(op.get_bind(), "alarm_steps", (("number",),))


def downgrade() -> None:
    op.drop_table("alarm_step_followers")
    op.drop_table("alarm_steps")
