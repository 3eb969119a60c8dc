"""The addresses of the site. They are in calendars, mails and papers: one that changes here is a promise broken."""

import pytest
from django.urls import resolve, reverse

UUID = "6f1c3f0e-8f5f-4a38-9a44-0a5b7a1c9e11"
ADDRESSES = {
    "/": ("home",),
    "/calendar.ics": ("site_feed",),
    "/communities/savings/": ("community", "savings"),
    "/communities/savings/calendar.ics": ("community_feed", "savings"),
    "/communities/savings/subscribe/": ("subscribe_community", "savings"),
    "/series/after-hours/": ("series", "after-hours"),
    "/series/after-hours/calendar.ics": ("series_feed", "after-hours"),
    "/series/after-hours/subscribe/": ("subscribe_series", "after-hours"),
    "/sessions/after-hours-44/": ("session", "after-hours-44"),
    "/sessions/after-hours-44/session.ics": ("session_file", "after-hours-44"),
    "/sessions/after-hours-44/join": ("join", "after-hours-44"),
    "/sessions/after-hours-44/view": ("view_only", "after-hours-44"),
    "/sessions/after-hours-44/group/": ("register_site", "after-hours-44"),
    "/group/s3cret/": ("site", "s3cret"),
    "/sessions/after-hours-44/register/": ("register", "after-hours-44"),
    "/registration/s3cret/": ("registration", "s3cret"),
    "/registration/s3cret/reminders/": ("stop_reminders", "s3cret"),
    "/registration/s3cret/maybe/": ("answer_invitation", "s3cret", "maybe"),
    "/organise/sessions/after-hours-44/registrations/": ("organise_registrations", "after-hours-44"),
    "/me/": ("me",),
    "/me/calendar/s3cret.ics": ("personal_feed", "s3cret"),
    "/poll/s3cret/": ("poll", "s3cret"),
    "/poll/s3cret/0wn/": ("poll_voice", "s3cret", "0wn"),
    "/invitations/s3cret/": ("invitation", "s3cret"),
    "/mails/stop/s3cret/": ("stop_mails", "s3cret"),
    "/me/mails/": ("my_mails",),
    "/speak/s3cret/": ("speak", "s3cret"),
    "/speak/s3cret/slides/": ("speak_slides", "s3cret"),
    "/me/tasks/s3cret.ics": ("tasks_feed", "s3cret"),
    "/topics/": ("topics",),
    "/topics/savings/": ("topic", "savings"),
    "/topics/savings/calendar.ics": ("topic_feed", "savings"),
    f"/speakers/{UUID}/": ("speaker", UUID),
    f"/speakers/{UUID}/calendar.ics": ("speaker_feed", UUID),
    "/languages/fr/calendar.ics": ("language_feed", "fr"),
    "/archive/calendar.ics": ("archive_feed",),
    "/elsewhere/calendar.ics": ("external_feed",),
    "/changes.atom": ("site_news_atom",),
    "/changes.json": ("site_news_json",),
    "/communities/savings/changes.atom": ("community_news_atom", "savings"),
    "/series/after-hours/changes.json": ("series_news_json", "after-hours"),
    "/series/after-hours/follow/": ("follow_series", "after-hours"),
    "/subscribe/": ("subscribe",),
    "/archive/": ("archive",),
    "/archive/after-hours-44/": ("archive_item", "after-hours-44"),
    f"/archive/after-hours-44/files/{UUID}/talk.mp4": ("archive_file", "after-hours-44", UUID, "talk.mp4"),
    "/organise/": ("organise",),
    "/organise/clocks/": ("organise_clocks",),
    "/organise/year/2026/": ("organise_year", 2026),
    "/organise/year/2026/12/": ("organise_month", 2026, 12),
    "/accounts/login/": ("account_login",),
    "/health/": ("health",),
    "/zone/": ("set_zone",),
    "/language/": ("set_language",),
    "/robots.txt": ("robots",),
    "/api/": ("api",),
    "/api/openapi.json": ("api_document",),
    "/api/communities/": ("api_communities",),
    "/api/communities/savings/": ("api_community", "savings"),
    "/api/series/after-hours/": ("api_one_series", "after-hours"),
    "/api/sessions/": ("api_sessions",),
    "/api/sessions/after-hours-44/": ("api_session", "after-hours-44"),
    "/api/archive/": ("api_archive",),
    "/api/archive/after-hours-44/": ("api_archive_item", "after-hours-44"),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_stay(address: str) -> None:
    name, *args = ADDRESSES[address]
    assert reverse(name, args=args) == address
    assert resolve(address).url_name == name
