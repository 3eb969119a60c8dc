"""Django's door to the app."""

from django.apps import AppConfig


class SeminarsConfig(AppConfig):
    """People meet, on time, and are told about it."""

    name = "seminars"
    verbose_name = "Seminars"
