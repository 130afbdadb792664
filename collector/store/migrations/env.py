"""What Alembic runs; the connection, inside a transaction already, comes from collector.store.engine."""

from __future__ import annotations

from alembic import context

from collector.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
