"""Addresses of the recordings app. They are stable for ever."""

from django.urls import URLPattern, URLResolver

from recordings.web import (
    archive,
    deciding,
    doubtful,
    files,
    linking,
    mail_in,
    media,
    providers,
    sending,
    speaking,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *archive.urlpatterns,
    *files.urlpatterns,
    *doubtful.urlpatterns,
    *deciding.urlpatterns,
    *media.urlpatterns,
    *providers.urlpatterns,
    *linking.urlpatterns,
    *mail_in.urlpatterns,
    *speaking.urlpatterns,
    *sending.urlpatterns,
]
