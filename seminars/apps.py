"""Django's door to the app."""

from django.apps import AppConfig

from seminars.config import connecting
from seminars.config.checks import register_all


class SeminarsConfig(AppConfig):
    """People meet, on time, and are told about it."""

    name = "seminars"
    verbose_name = "Seminars"

    def ready(self) -> None:
        from seminars.web import queue_kinds, welcome  # noqa: PLC0415 - it needs the models, which are there only now

        register_all()
        connecting.register()
        welcome.register()
        queue_kinds.register_all()
