"""The indexes of the archive's search, in the way of each database, in place of that of 0003."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from recordings.search.backends import back_end


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in [*back_end(editor.connection).drop(), *back_end(editor.connection).create()]:
        editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in back_end(editor.connection).drop():
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("recordings", "0005_permanent")]
    operations = [migrations.RunPython(create, drop)]
