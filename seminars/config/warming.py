"""What every page needs, made when the server starts and not while its first visitors wait: a quarter of a second."""

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

FIRST = (
    "base.html",
    "seminars/home.html",
    "seminars/community.html",
    "seminars/series.html",
    "seminars/session.html",
    "recordings/archive.html",
)
"""Templates of the pages that most people come to."""


def warm() -> None:
    """Load the code of all pages, the tables of addresses for each language, and the first templates.

    It asks no database: processes that are forked from here each need a connection of their own.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("home")
    for name in FIRST:
        get_template(name)
