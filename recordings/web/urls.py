"""Addresses of the recordings app. They are stable for ever."""

from django.urls import URLPattern, URLResolver

from recordings.web import archive, deciding, files, media, sending, speaking

urlpatterns: list[URLPattern | URLResolver] = [
    *archive.urlpatterns,
    *files.urlpatterns,
    *deciding.urlpatterns,
    *media.urlpatterns,
    *speaking.urlpatterns,
    *sending.urlpatterns,
]
