"""Secret addresses from before they were looked up by digest go on: each gets its own."""

import hashlib
from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    """Write the SHA-256 of each token beside it (`calendars.scopes.digest_of`)."""
    tokens = apps.get_model("seminars", "FeedToken")
    for each in tokens.objects.filter(digest=None).iterator():
        each.digest = hashlib.sha256(each.token.encode()).hexdigest()
        each.save(update_fields=["digest"])


class Migration(migrations.Migration):
    """After the column is there."""

    dependencies = [("seminars", "0002_year")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
