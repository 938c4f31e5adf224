"""Digests of the days that the sample store holds."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "day_digests",
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.Column("readings", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    protect(op.get_bind(), "day_digests", (("station", "day", "part"),))


def downgrade() -> None:
    op.drop_table("day_digests")
