"""Alembic's entry: runs on the connection that schema.migrate hands over."""

from alembic import context

from habits.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="tables.",
)
with context.begin_transaction():
    context.run_migrations()
