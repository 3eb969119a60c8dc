"""Addresses of the seminars app. They are stable for ever; tests/seminars/web/test_addresses.py lists them."""

from django.urls import URLPattern, URLResolver

from seminars.web import (
    addresses,
    communities,
    doors,
    feeds,
    health,
    home,
    invitations,
    mailbox,
    mails,
    membership,
    news,
    personal,
    polls,
    registration,
    series,
    sessions,
    setup,
    sign_in_link,
    sites,
    speaking,
    subscribe,
    topics,
    zones,
)
from seminars.web.accounts import urls as accounts
from seminars.web.organise import urls as organise

urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.urlpatterns,
    *news.urlpatterns,
    *topics.urlpatterns,
    *subscribe.urlpatterns,
    *addresses.urlpatterns,
    *personal.urlpatterns,
    *home.urlpatterns,
    *communities.urlpatterns,
    *membership.urlpatterns,
    *series.urlpatterns,
    *sessions.urlpatterns,
    *doors.urlpatterns,
    *sites.urlpatterns,
    *registration.urlpatterns,
    *zones.urlpatterns,
    *organise.urlpatterns,
    *health.urlpatterns,
    *mailbox.urlpatterns,
    *setup.urlpatterns,
    *sign_in_link.urlpatterns,
    *speaking.urlpatterns,
    *invitations.urlpatterns,
    *mails.urlpatterns,
    *polls.urlpatterns,
    *accounts.urlpatterns,
]
