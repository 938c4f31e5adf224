"""Anchors of the chain, reviews of the trail."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("proof", sa.LargeBinary, nullable=False),
    )
    protect(op.get_bind(), "anchors", (("number",),))
    op.create_table(
        "trail_reviews",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "trail_reviews", (("number",),))


def downgrade() -> None:
    op.drop_table("trail_reviews")
    op.drop_table("anchors")
