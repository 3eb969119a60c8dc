"""Here was the first index of the archive's search; 0006 takes it away where it is, and makes the one of now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recordings", "0002_first")]
    operations = []
