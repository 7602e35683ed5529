"""Run the steps on the connection that was handed in, each in its own transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # SQLite can; alembic is careful with it by default
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
