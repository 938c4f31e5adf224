"""Who gives a command in which role, and from where."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("commands", sa.Column("role", sa.Text, nullable=False, server_default=""))
    op.add_column("commands", sa.Column("origin", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("commands", "origin")
    op.drop_column("commands", "role")
