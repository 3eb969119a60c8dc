"""A fresh database has exactly the tables that the migrations would have made."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from seminars.management import fresh
from tests.databases import another_on_the_server

ROOT = Path(__file__).parents[3]
ROWS = (
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
    "SELECT codename, name FROM auth_permission",
)
OURS = "JOIN pg_namespace n ON n.nspname = 'public' AND n.oid ="
POSTGRESQL = (  # all that a schema has; columns without their order
    f"""SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attidentity::text, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        {OURS} c.relnamespace LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
        WHERE a.attnum > 0 AND NOT a.attisdropped""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    f"SELECT conrelid::regclass::text, conname, pg_get_constraintdef(c.oid) FROM pg_constraint c {OURS} c.connamespace",
    f"SELECT proname, prosrc FROM pg_proc p {OURS} p.pronamespace",
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT extname FROM pg_extension",
)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """An empty database of the same kind: its address, and a connection to it."""
    if connection.vendor == "sqlite":
        path = tmp_path / "other.sqlite3"
        with closing(sqlite3.connect(path)) as there:
            yield f"sqlite:///{path}", there
        return
    with another_on_the_server() as address, psycopg.connect(address, autocommit=True) as there:
        yield address, there


def parts(kind: str, sql: str | None) -> list[str]:
    """Return a definition; a table's without its order: a new column stands last, or where the model has it."""
    if sql is None or kind != "table":
        return [sql or ""]
    return sorted(re.split(r', (?="|CONSTRAINT)', sql[sql.index("(") + 1 : -1]))


def schema(cursor: Any) -> list[list[Any]]:
    """Return all that there is, and what the migrations wrote into it."""

    def rows(question: str) -> list[Any]:
        cursor.execute(question)
        return sorted(cursor.fetchall(), key=str)

    if connection.vendor == "postgresql":
        return [rows(question) for question in (*POSTGRESQL, *ROWS)]
    master = rows("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name != 'sqlite_sequence'")
    return [
        [(kind, name, of, parts(kind, sql)) for kind, name, of, sql in master],
        *(rows(question) for question in ROWS),
    ]


@pytest.mark.django_db
def test_it_is_what_the_migrations_make(tmp_path: Path, other: tuple[str, Any]) -> None:
    """The database of all tests was made at once; another one is migrated here step by step."""
    address, there = other
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MERIDIAN_", "DJANGO_"))
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env=kept | {"MERIDIAN_DATA": str(tmp_path / "data"), "MERIDIAN_DATABASE": address},
        check=True,
    )
    with connection.cursor() as here, closing(there.cursor()) as migrated:
        made, stepwise = schema(here), schema(migrated)
    for one, another in zip(made, stepwise, strict=True):
        assert one == another
    assert len(made[0]) > 400


def test_every_migration_is_plain_enough() -> None:
    """Else every first start, and every process of these tests, would do them one by one."""
    found = MigrationLoader(None).disk_migrations.values()
    assert [
        str(operation) for each in found for operation in each.operations if not fresh._is_plain(operation)
    ] == []


@pytest.mark.django_db
def test_servers_are_migrated_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "make_at_once", lambda: True)
    assert fresh.make_tables() is (connection.vendor == "sqlite")


@pytest.mark.django_db
def test_a_database_that_has_tables_is_left_to_the_migrations() -> None:
    assert not fresh.make_at_once()


class Odd(migrations.RunSQL):
    """An operation of somebody's own."""


@pytest.mark.parametrize(
    ("operation", "plain"),
    [
        (migrations.DeleteModel("Thing"), True),
        (migrations.RunSQL("SELECT 1"), True),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (migrations.SeparateDatabaseAndState(), False),
        (Odd("SELECT 1"), False),
    ],
)
def test_what_it_cannot_foresee_is_left_to_the_migrations(operation: Any, plain: bool) -> None:
    assert fresh._is_plain(operation) is plain


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("migrate", verbosity=0, check_unapplied=True)
