"""Comments on what is on record, and corrections of it."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0010"
down_revision = "0009"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column(
            "kind", sa.Text, sa.CheckConstraint("kind IN ('comment', 'correction')", name="kind"), nullable=False
        ),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("becomes", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_annotations_object", "annotations", ["object", "start"])
    protect(op.get_bind(), "annotations", (("id",),))
    op.create_table(
        "refusals",
        sa.Column("annotation", NUMBER, sa.ForeignKey("annotations.id"), primary_key=True, autoincrement=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "refusals", (("annotation",),))


def downgrade() -> None:
    """To records that know no annotations; the audit rows of those that were made stay."""
    op.drop_table("refusals")
    op.drop_table("annotations")
