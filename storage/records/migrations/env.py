"""Run by Alembic inside the transaction that `storage.records.migrating` opened."""

from alembic import context

from storage.records.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
