"""Single-use links, and tokens for programs."""

import sqlalchemy as sa
from alembic import op

from storage.records.append_only import keep

revision = "0011"
down_revision = "0010"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("ix_links_subject", "links", ["purpose", "subject"])
    op.create_table(
        "api_tokens",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rights", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("ix_api_tokens_account", "api_tokens", ["account"])
    connection = op.get_bind()
    keep(connection, "links", (("digest",),))
    keep(connection, "api_tokens", (("id",), ("digest",)))


def downgrade() -> None:
    op.drop_table("api_tokens")
    op.drop_table("links")
