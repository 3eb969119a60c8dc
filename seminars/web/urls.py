"""Addresses of the seminars app. They are stable for ever; tests/seminars/web/test_addresses.py lists them."""

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from seminars.web import communities, feeds, home, series, sessions, zones

urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.urlpatterns,
    *home.urlpatterns,
    *communities.urlpatterns,
    *series.urlpatterns,
    *sessions.urlpatterns,
    *zones.urlpatterns,
    path("language/", set_language, name="set_language"),
]
