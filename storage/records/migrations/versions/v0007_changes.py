"""Drafts of changes and what became of them."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("base", NUMBER, sa.ForeignKey("revisions.number"), nullable=False),
        sa.Column("wanted_from", sa.BigInteger),
        sa.Column("controlled", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rationale", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("differences", sa.Text, nullable=False),
        sa.Column("attachment", sa.Text),
    )
    protect(op.get_bind(), "changes", (("number",),))
    op.create_table(
        "change_steps",
        sa.Column("change", NUMBER, sa.ForeignKey("changes.number"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("revision", NUMBER, sa.ForeignKey("revisions.number"), unique=True),
    )
    protect(op.get_bind(), "change_steps", (("change", "number"), ("revision",)))


def downgrade() -> None:
    """To records that know no drafts; the revisions that came of them stay, and the audit rows."""
    op.drop_table("change_steps")
    op.drop_table("changes")
