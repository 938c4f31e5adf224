"""Electronic signatures."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "signatures",
        sa.Column("object", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("meaning", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("session", NUMBER),
        sa.Column("audit", NUMBER, sa.ForeignKey("audit.seq"), nullable=False, unique=True),
    )
    op.create_index("ix_signatures_session", "signatures", ["session"])
    protect(op.get_bind(), "signatures", (("object", "number"), ("audit",)))


def downgrade() -> None:
    """To records that know no signatures; the audit rows of those that were given stay."""
    op.drop_table("signatures")
