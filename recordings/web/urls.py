"""Addresses of the recordings app. They are stable for ever."""

from django.urls import URLPattern, URLResolver

from recordings.web import (
    archive,
    caption_files,
    captions,
    citing,
    correcting,
    deciding,
    doubtful,
    embedding,
    files,
    harvesting,
    linking,
    mail_in,
    media,
    printing,
    providers,
    remaking,
    sending,
    settling,
    speaking,
    verification,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *verification.urlpatterns,
    *archive.urlpatterns,
    *citing.urlpatterns,
    *printing.urlpatterns,
    *embedding.urlpatterns,
    *correcting.urlpatterns,
    *captions.urlpatterns,
    *caption_files.urlpatterns,
    *files.urlpatterns,
    *settling.urlpatterns,
    *harvesting.urlpatterns,
    *doubtful.urlpatterns,
    *deciding.urlpatterns,
    *media.urlpatterns,
    *providers.urlpatterns,
    *linking.urlpatterns,
    *mail_in.urlpatterns,
    *speaking.urlpatterns,
    *sending.urlpatterns,
    *remaking.urlpatterns,
]
