"""Bringing the tables of a store to the version of this release, and back (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from storage.engine import StoreError, lock_migration, writing


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Bring the tables to this release. Safe to run at any time, and by many processes at once: one does the work.

    Raises StoreError where the store was made by a newer release.
    """
    with writing(engine) as connection:
        lock_migration(connection)
        script = ScriptDirectory.from_config(_config())
        found = version(connection)
        if found is not None and found not in {entry.revision for entry in script.walk_revisions()}:
            raise StoreError(
                f"the store {engine.url.render_as_string()} has tables of version {found}, unknown to this release; "
                "install the newsledger that made it, or a later one"
            )
        command.upgrade(_config(connection), "head")


def downgrade(engine: Engine, to: str) -> None:
    """Take the tables back to an earlier version; `base` removes them all."""
    with writing(engine) as connection:
        lock_migration(connection)
        command.downgrade(_config(connection), to)


def version(connection: Connection) -> str | None:
    """Return the version of the tables in the store; null for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the version of the tables of this release."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise StoreError("this installation of newsledger has no migrations; install it again")
    return revision
