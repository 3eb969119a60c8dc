"""`manage.py check --database default`: whether search knows the archive in the form of now. Migrating asks it, too."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Info, Tags, register
from django.db import Error

from recordings.search import indexing


def older_index(*, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Tell how many recordings wait to be indexed in the form of now. The queue does it, a hundred a minute."""
    if not databases:
        return []
    try:
        number = indexing.older()
    except Error:  # before the first migration there is nothing to ask
        return []
    if not number:
        return []
    return [
        Info(
            f"Search knows {number} recordings in an older form of its index only.",
            hint="The queue mends it, a hundred a minute; manage.py index_search does it at once.",
            id="recordings.I001",
        )
    ]


def register_all() -> None:
    """Have Django ask."""
    register(older_index, Tags.database)
