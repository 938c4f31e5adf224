"""Excursions are assessed and closed, and organisms are identified."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("excursion", sa.Text, sa.ForeignKey("excursions.number"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("classification", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("batches", sa.Text, nullable=False),
        sa.Column("impact", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "assessments", (("excursion", "number"),))
    steps = sa.CheckConstraint("step IN ('closed', 'reopened')", name="step")
    op.create_table(
        "closings",
        sa.Column("excursion", sa.Text, sa.ForeignKey("excursions.number"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("step", sa.Text, steps, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "closings", (("excursion", "number"),))
    op.create_table(
        "identifications",
        sa.Column("point", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("organisms", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "identifications", (("point", "time", "number"),))


def downgrade() -> None:
    """To records in which nobody assesses an excursion; audit rows and signatures of those that were stay."""
    op.drop_table("identifications")
    op.drop_table("closings")
    op.drop_table("assessments")
