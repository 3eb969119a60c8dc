"""All tables of an empty database at once, as the migrations would leave them one after the other.

Migrations draw every model anew at each of their hundreds of steps, which made three quarters of the first start. Where
there is nothing yet, only their end counts. tests/seminars/management/test_fresh.py compares both, table by table.
"""

from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation

BY_HAND = (migrations.RunPython, migrations.RunSQL)


def make_tables() -> bool:
    """Return whether the database was empty and has all its tables now; `migrate` does what is left, as ever.

    On SQLite only: servers are set up with more care and less haste.
    """
    return connection.vendor == "sqlite" and make_at_once()


def make_at_once() -> bool:
    """Return the same on whatever database this is; the test suite begins with it on both.

    All of it happens in one transaction; whatever ends it early leaves it to `migrate`.
    """
    if connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    plan = [migration for migration, _backwards in executor.migration_plan(leaves, clean_start=True)]
    if not all(_is_plain(operation) for migration in plan for operation in migration.operations):
        return False
    state = executor.loader.project_state(leaves)
    executor.recorder.ensure_schema()
    with connection.schema_editor() as editor:
        for model in state.apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, BY_HAND):  # the search index; what would move rows finds none
                    operation.database_forwards(migration.app_label, editor, state, state)
            executor.record_migration(migration)
    return True


def _is_plain(operation: Operation) -> bool:
    """Return whether the models, or a function that we can call, say all that the operation does to the database."""
    kind = type(operation)
    ours = kind.__module__.startswith("django.db.migrations.operations.")
    return ours and not isinstance(operation, migrations.SeparateDatabaseAndState)
