"""What made an engine decide as it did, beside its commits: so that the past can be replayed exactly."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0018"
down_revision = "0017"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "engine_journal",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("come_to", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_engine_journal_station", "engine_journal", ["station", "id"])
    protect(op.get_bind(), "engine_journal", (("id",),))


def downgrade() -> None:
    op.drop_table("engine_journal")
