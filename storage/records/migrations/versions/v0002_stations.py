"""Several stations on one set of records; sources, gaps in what they sent, alarms of a source.

What was written before is the station's that a site with only one has: `main`.
No append-only table is touched, and no table is created anew, so every trigger stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _checkpoint_by_station()
    _outbox_by_station()
    op.create_table(
        "station_claims",
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("instance", sa.Text, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sa.Column("released", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sources",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("online", sa.Boolean, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("lost", sa.BigInteger),
        sa.Column("points", sa.Text, nullable=False),
    )
    op.create_table(
        "source_gaps",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("after", sa.BigInteger),
        sa.Column("before", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.BigInteger),
        sa.UniqueConstraint("station", "source", "epoch", "first", "last"),
    )
    op.create_table(
        "blinded_points",
        sa.Column("alarm", sa.Text, sa.ForeignKey("alarms.id"), primary_key=True),
        sa.Column("point", sa.Text, primary_key=True),
        sa.Column("room", sa.Text, nullable=False),
    )


def _checkpoint_by_station() -> None:
    op.create_table(
        "engine_checkpoints",
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO engine_checkpoints SELECT 'main', number FROM engine_checkpoint")
    op.drop_table("engine_checkpoint")


def _outbox_by_station() -> None:
    op.add_column("outbox", sa.Column("station", sa.Text, nullable=False, server_default="main"))
    op.drop_index("ix_outbox_sent", "outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["station", "sent", "id"])


def downgrade() -> None:
    """Back to one station, `main`; what waits to be sent by others is theirs no more, and is sent by it.

    Alarms of a source become alarms of no data, which the program of that time knows; their audit rows stay.
    """
    op.execute("UPDATE alarms SET condition = 'no data', state = 'normal' WHERE condition = 'source lost'")
    for table in ("blinded_points", "source_gaps", "sources", "station_claims"):
        op.drop_table(table)
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_column("outbox", "station")
    op.create_index("ix_outbox_sent", "outbox", ["sent", "id"])
    op.create_table(
        "engine_checkpoint",
        sa.Column(
            "id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.execute(
        "INSERT INTO engine_checkpoint "
        "SELECT 1, coalesce(max(number), 0) FROM engine_checkpoints WHERE station = 'main'"
    )
    op.drop_table("engine_checkpoints")
