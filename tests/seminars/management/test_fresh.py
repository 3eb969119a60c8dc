"""A fresh database has exactly the tables that the migrations would have made."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, migrations

from seminars.management import fresh

ROOT = Path(__file__).parents[3]
MAKE = """
import django
django.setup()
from django.core.management import call_command
from seminars.management import fresh
print(fresh.make_tables(), fresh.make_tables())
call_command("migrate", verbosity=0)
"""
ROWS = {
    "django_migrations": "SELECT app, name FROM django_migrations",
    "django_content_type": "SELECT app_label, model FROM django_content_type",
    "auth_permission": "SELECT codename, name FROM auth_permission",
}


def parts(kind: str, sql: str | None) -> list[str]:
    """Return a definition; a table's without its order: a new column stands last, or where the model has it."""
    if sql is None or kind != "table":
        return [sql or ""]
    return sorted(re.split(r', (?="|CONSTRAINT)', sql[sql.index("(") + 1 : -1]))


def tables(rows: Iterable[Any]) -> dict[tuple[str, str], list[str]]:
    return {
        (kind, name): [of, *parts(kind, sql)] for kind, name, of, sql in rows if name != "sqlite_sequence"
    }


@pytest.mark.django_db
def test_it_is_what_the_migrations_make(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on SQLite only")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MERIDIAN_")}
    environment |= {"MERIDIAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "seminars.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", MAKE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]
    master = "SELECT type, name, tbl_name, sql FROM sqlite_master"
    with sqlite3.connect(tmp_path / "meridian.sqlite3") as made, connection.cursor() as migrated:
        there, here = tables(migrated.execute(master)), tables(made.execute(master))
        assert here == there
        assert len(here) > 400
        for question in ROWS.values():
            assert sorted(made.execute(question)) == sorted(migrated.execute(question).fetchall())


@pytest.mark.django_db
def test_a_database_that_has_tables_is_left_to_the_migrations() -> None:
    assert not fresh.make_tables()


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
