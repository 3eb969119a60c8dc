"""Django's door to the app."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """What was said, kept for good."""

    name = "recordings"
    verbose_name = "Recordings"

    def ready(self) -> None:
        # They need the models, which are there only now.
        from recordings.search import checking  # noqa: PLC0415
        from recordings.slides import edition  # noqa: PLC0415
        from recordings.web import queue_kinds  # noqa: PLC0415

        queue_kinds.register_all()
        checking.register_all()
        edition.make_known()
