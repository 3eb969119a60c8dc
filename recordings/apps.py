"""Django's door to the app."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """What was said, kept for good."""

    name = "recordings"
    verbose_name = "Recordings"

    def ready(self) -> None:
        from recordings.web import queue_kinds  # noqa: PLC0415 - it needs the models, which are there only now

        queue_kinds.register_all()
