"""More databases than the one that the tests have."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection


@contextmanager
def another_on_the_server() -> Iterator[str]:
    """The address of an empty database beside that of the tests, on PostgreSQL; it is gone afterwards."""
    given, name = connection.settings_dict, f"another_{uuid.uuid4().hex}"
    server = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as outside:
        outside.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield f"{server}/{name}"
        finally:
            outside.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
