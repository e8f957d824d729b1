"""Alembic's way in: run the migrations on the connection that `aim.store.opening` hands over."""

from alembic import context

from aim.store.tables import metadata


def run_migrations() -> None:
    """Run what was asked for, in one transaction with everything around it."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic loads this file under this name; imported as a module it does nothing.
if __name__ == "env_py":
    run_migrations()
