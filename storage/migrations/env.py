"""Run by Alembic: migrates over the connection that `storage.migrations` hands in."""

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # one transaction is already open, and closed, by the caller
)
context.run_migrations()
