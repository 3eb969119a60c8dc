"""One step of the restore drill, in a process of its own: `python drill.py fill|backup|restore|show …`."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[4]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

import django  # noqa: E402 - the path comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from recordings.assets import store  # noqa: E402
from seminars.management import fresh  # noqa: E402
from seminars.notifications.models import Message, MessageState  # noqa: E402
from seminars.queue import jobs  # noqa: E402
from tests.factories import NOW, make_session, make_user  # noqa: E402

APART = {"django_migrations", "sqlite_sequence", "django_q_ormq"}


def tables() -> None:
    fresh.make_tables()
    call_command("migrate", verbosity=0)


def fill() -> None:
    """An archive of one file, a mail that was due and one that is not."""
    tables()
    make_session()
    user = make_user("member@example.org")
    with store.staging([b"What was said. " * 1000]) as staged:
        store.keep(staged, media_type="text/plain", now=NOW)
    jobs.ensure(kind="search", subject="recording:1", door="recordings.tasks.index", now=NOW)
    for number, due in enumerate((NOW, NOW + timedelta(days=4000))):
        Message.objects.create(
            email=user.email,
            domain="example.org",
            kind="confirmation",
            subject=f"session:{number}",
            revision=1,
            language="en",
            due_at=due,
            try_at=due,
            state=MessageState.WAITING,
            made_at=NOW,
        )


def show() -> dict[str, Any]:
    """Every row of every table, and each file with its bytes' hash."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in APART:
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(json.dumps(row, default=str) for row in cursor.fetchall())
    folder = store.path_of("0" * 64).parents[2]
    files = (each for each in folder.rglob("*") if each.is_file() and len(each.name) == 64)
    found["files"] = sorted((each.name, each.stat().st_size) for each in files)
    return found


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill"]:
            fill()
        case ["tables"]:
            tables()
        case ["show"]:
            print(json.dumps(show()))
        case [command, *more]:
            call_command(command, *more)
