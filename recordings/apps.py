"""Django's door to the app."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """What was said, kept for good."""

    name = "recordings"
    verbose_name = "Recordings"
