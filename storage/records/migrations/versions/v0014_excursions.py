"""Excursions: records over alarms with a common room, time or cause."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import keep, protect

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "excursions",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("onset", sa.BigInteger, nullable=False),
        sa.Column("returned", sa.BigInteger),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("first_out", sa.Text, nullable=False),
        sa.Column("merged_into", sa.Text, sa.ForeignKey("excursions.number")),
        sa.Column("merged_at", sa.BigInteger),
    )
    op.create_index("ix_excursions_onset", "excursions", ["onset", "number"])
    op.create_index("ix_excursions_merged_into", "excursions", ["merged_into"])
    op.create_table(
        "excursion_moves",
        sa.Column("alarm", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("excursion", sa.Text, sa.ForeignKey("excursions.number"), nullable=False),
        sa.Column("previous", sa.Text, sa.ForeignKey("excursions.number")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_excursion_moves_excursion", "excursion_moves", ["excursion"])
    op.create_index("ix_excursion_moves_previous", "excursion_moves", ["previous"])
    op.create_table(
        "excursion_years",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    keep(op.get_bind(), "excursions", (("number",), ("id",)))
    protect(op.get_bind(), "excursion_moves", (("alarm", "number"),))


def downgrade() -> None:
    op.drop_table("excursion_years")
    op.drop_table("excursion_moves")
    op.drop_table("excursions")
