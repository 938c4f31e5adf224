"""The first tables: audit trail, alarms, engine, commands, outbox, room states, batches, site revisions."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import protect

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _audit()
    _alarms()
    _engine()
    _commands()
    _outbox()
    _plant_events()
    _revisions()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
    )
    op.create_index("ix_audit_object", "audit", ["object", "seq"])
    op.create_index("ix_audit_actor", "audit", ["actor", "seq"])
    op.create_index("ix_audit_action", "audit", ["action", "seq"])
    op.create_index("ix_audit_at", "audit", ["at", "seq"])
    protect(op.get_bind(), "audit", (("seq",), ("hash",)))
    head = op.create_table(
        "audit_head",
        sa.Column(
            "id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False
        ),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False, server_default="UTC"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("point", sa.Text, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("onset", sa.BigInteger, nullable=False),
        sa.Column("raised", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("limit", sa.Float),
        sa.Column("operator", sa.Text),
        sa.Column("worst", sa.Float),
        sa.Column("worst_at", sa.BigInteger),
        sa.Column("returned", sa.BigInteger),
        sa.Column("retrospective", sa.Boolean, nullable=False),
    )
    op.create_index("ix_alarms_state", "alarms", ["state"])
    op.create_index("ix_alarms_raised", "alarms", ["raised"])
    op.create_index("ix_alarms_point", "alarms", ["point", "onset"])
    op.create_table(
        "acknowledgements",
        sa.Column("alarm", sa.Text, sa.ForeignKey("alarms.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
    )
    protect(op.get_bind(), "acknowledgements", (("alarm", "number"),))


def _engine() -> None:
    op.create_table(
        "engine_memory",
        sa.Column("point", sa.Text, primary_key=True),
        sa.Column("memory", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    checkpoint = op.create_table(
        "engine_checkpoint",
        sa.Column(
            "id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(checkpoint, [{"id": 1, "number": 0}])


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "commands", (("id",),))
    op.create_table(
        "waiting_commands",
        sa.Column("command", NUMBER, sa.ForeignKey("commands.id"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "command_outcomes",
        sa.Column("command", NUMBER, sa.ForeignKey("commands.id"), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "command_outcomes", (("command",),))


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("sent", sa.BigInteger),
    )
    op.create_index("ix_outbox_sent", "outbox", ["sent", "id"])


def _plant_events() -> None:
    op.create_table(
        "room_states",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("room", "time", "state", "by"),
    )
    protect(op.get_bind(), "room_states", (("id",), ("room", "time", "state", "by")))
    op.create_table(
        "batch_events",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('start', 'end')", name="kind"), nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("batch", "room", "kind", "time", "by"),
    )
    protect(op.get_bind(), "batch_events", (("id",), ("batch", "room", "kind", "time", "by")))


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("in_force_from", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("differences", sa.Text, nullable=False),
    )
    protect(op.get_bind(), "revisions", (("number",),))


def downgrade() -> None:
    """To an empty database. Nothing of the records is left."""
    for table in (
        "revisions",
        "batch_events",
        "room_states",
        "outbox",
        "command_outcomes",
        "waiting_commands",
        "commands",
        "engine_checkpoint",
        "engine_memory",
        "acknowledgements",
        "alarms",
        "audit_head",
        "audit",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
