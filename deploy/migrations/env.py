"""Alembic runs this; `gateway.database` gives the connection, and its transaction."""

from typing import Any

from alembic import context
from sqlalchemy.types import TypeDecorator

from gateway.database import metadata


def render_type(kind: str, item: Any, _autogenerate: Any) -> str | bool:
    """A migration names the type in the database: our own types may move or change later."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    render_item=render_type,
    transaction_per_migration=False,
)
context.run_migrations()
