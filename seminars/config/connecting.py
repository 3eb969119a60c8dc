"""What is said to a database when a connection to it begins."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def register() -> None:
    """Say it on every new connection from now on."""
    connection_created.connect(compile_nothing, dispatch_uid="meridian-jit")


def compile_nothing(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Have PostgreSQL run queries as they are: they take milliseconds, and compiling one takes a hundred.

    A statement, not a parameter of the connection: PgBouncer refuses those it does not know.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
