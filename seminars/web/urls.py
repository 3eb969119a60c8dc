"""Addresses of the seminars app. They are stable for ever; tests/seminars/web/test_addresses.py lists them."""

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from seminars.web import (
    communities,
    doors,
    feeds,
    health,
    home,
    mailbox,
    personal,
    polls,
    mails,
    news,
    series,
    sessions,
    setup,
    sign_in_link,
    speaking,
    sites,
    subscribe,
    zones,
)
from seminars.web.organise import urls as organise
    topics,

urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.urlpatterns,
    *subscribe.urlpatterns,
    *personal.urlpatterns,
    *home.urlpatterns,
    *news.urlpatterns,
    *topics.urlpatterns,
    *communities.urlpatterns,
    *series.urlpatterns,
    *sessions.urlpatterns,
    *zones.urlpatterns,
    *doors.urlpatterns,
    *sites.urlpatterns,
    *organise.urlpatterns,
    *health.urlpatterns,
    *mailbox.urlpatterns,
    *setup.urlpatterns,
    *sign_in_link.urlpatterns,
    *speaking.urlpatterns,
    *polls.urlpatterns,
    path("language/", set_language, name="set_language"),
]
