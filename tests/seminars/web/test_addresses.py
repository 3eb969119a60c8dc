"""The addresses of the site. They are in calendars, mails and papers: one that changes here is a promise broken."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver, resolve, reverse

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
    "/podcast/": ("site_podcast_page",),
    "/podcast.xml": ("site_podcast",),
    "/communities/savings/podcast.xml": ("community_podcast", "savings"),
    "/series/after-hours/podcast/": ("series_podcast_page", "after-hours"),
    "/series/after-hours/podcast.xml": ("series_podcast", "after-hours"),
    "/series/after-hours/podcast.png": ("series_podcast_cover", "after-hours"),
    "/archive.atom": ("site_archive_atom",),
    "/series/after-hours/archive.atom": ("series_archive_atom", "after-hours"),
    "/archive/after-hours-44/chapters.json": ("chapters", "after-hours-44"),
    "/archive/after-hours-44/cite/": ("cite", "after-hours-44"),
    "/archive/after-hours-44/cite.bib": ("cite_bib", "after-hours-44"),
    "/archive/after-hours-44/cite.ris": ("cite_ris", "after-hours-44"),
    "/archive/after-hours-44/cite.json": ("cite_json", "after-hours-44"),
    "/archive/after-hours-44/print/": ("print_item", "after-hours-44"),
    "/archive/after-hours-44/embed/": ("embed", "after-hours-44"),
    "/archive/after-hours-44/correct/": ("correct_item", "after-hours-44"),
    "/oembed/": ("oembed",),
    "/archive/after-hours-44/about.jsonld": ("recording_about", "after-hours-44"),
    "/oai": ("harvest",),
    "/sitemap.xml": ("sitemap",),
    "/sessions/after-hours-44/": ("session", "after-hours-44"),
    "/sessions/after-hours-44/session.ics": ("session_file", "after-hours-44"),
    "/sessions/after-hours-44/join": ("join", "after-hours-44"),
    "/sessions/after-hours-44/view": ("view_only", "after-hours-44"),
    "/sessions/after-hours-44/group/": ("register_site", "after-hours-44"),
    "/group/s3cret/": ("site", "s3cret"),
    "/sessions/after-hours-44/register/": ("register", "after-hours-44"),
    "/registration/s3cret/": ("registration", "s3cret"),
    "/registration/s3cret/certificate/": ("get_certificate", "s3cret"),
    "/registration/s3cret/feedback/": ("feedback_by_registration", "s3cret"),
    "/sessions/after-hours-44/feedback/": ("feedback", "after-hours-44"),
    "/here/s3cret/": ("check_in", "s3cret"),
    "/certificates/ABCD-EFGH-2345-6789/": ("certificate", "ABCD-EFGH-2345-6789"),
    "/me/certificates/": ("my_certificates",),
    "/registration/s3cret/reminders/": ("stop_reminders", "s3cret"),
    "/registration/s3cret/maybe/": ("answer_invitation", "s3cret", "maybe"),
    "/organise/sessions/after-hours-44/registrations/": ("organise_registrations", "after-hours-44"),
    "/me/": ("me",),
    "/me/calendar/s3cret.ics": ("personal_feed", "s3cret"),
    "/poll/s3cret/": ("poll", "s3cret"),
    "/poll/s3cret/0wn/": ("poll_voice", "s3cret", "0wn"),
    "/communities/savings/join/": ("join_community", "savings"),
    "/communities/savings/leave/": ("leave_community", "savings"),
    "/communities/savings/logo/abc.png": ("community_logo", "savings", "abc"),
    "/membership/s3cret/": ("membership", "s3cret"),
    "/organise/communities/savings/requests/": ("join_requests", "savings"),
    "/organise/communities/savings/members/members.csv": ("members_table", "savings"),
    "/invitations/s3cret/": ("invitation", "s3cret"),
    "/mails/stop/s3cret/": ("stop_mails", "s3cret"),
    "/mails/reports/postmark/": ("mail_reports", "postmark"),
    "/me/mails/": ("my_mails",),
    "/mails/follow/": ("follow_site",),
    "/communities/savings/mails/": ("follow_community", "savings"),
    "/series/after-hours/mails/": ("follow_series_mails", "after-hours"),
    "/sessions/after-hours-44/mails/": ("follow_session", "after-hours-44"),
    "/reader/s3cret/": ("reader", "s3cret"),
    "/registration/s3cret/when/": ("registration_leads", "s3cret"),
    "/sessions/after-hours-44/share/": ("share_session", "after-hours-44"),
    "/series/after-hours/share/": ("share_series", "after-hours"),
    "/me/mails/again/": ("write_again",),
    "/speak/s3cret/": ("speak", "s3cret"),
    "/speak/s3cret/slides/": ("speak_slides", "s3cret"),
    f"/speak/s3cret/captions/{UUID}/": ("speak_captions", "s3cret", UUID),
    f"/organise/sessions/after-hours-44/captions/{UUID}/": ("captions", "after-hours-44", UUID),
    f"/archive/after-hours-44/captions/{UUID}/captions.vtt": ("captions_as_vtt", "after-hours-44", UUID),
    f"/archive/after-hours-44/captions/{UUID}/captions.srt": ("captions_as_srt", "after-hours-44", UUID),
    f"/archive/after-hours-44/captions/{UUID}/transcript.txt": ("captions_as_txt", "after-hours-44", UUID),
    f"/archive/after-hours-44/captions/{UUID}/transcript-times.txt": (
        "captions_as_times",
        "after-hours-44",
        UUID,
    ),
    "/speak/s3cret/report/": ("speak_report", "s3cret"),
    "/sessions/after-hours-44/report/": ("report", "after-hours-44"),
    "/sessions/after-hours-44/report.pdf": ("report_paper", "after-hours-44"),
    "/organise/sessions/after-hours-44/report/": ("session_report", "after-hours-44"),
    "/api/sessions/after-hours-44/report/": ("api_report", "after-hours-44"),
    "/me/tasks/s3cret.ics": ("tasks_feed", "s3cret"),
    "/topics/": ("topics",),
    "/topics/savings/": ("topic", "savings"),
    "/topics/savings/calendar.ics": ("topic_feed", "savings"),
    f"/speakers/{UUID}/": ("speaker", UUID),
    f"/speakers/{UUID}/calendar.ics": ("speaker_feed", UUID),
    "/languages/fr/calendar.ics": ("language_feed", "fr"),
    "/archive/calendar.ics": ("archive_feed",),
    "/archive/feed/": ("followed_search",),
    "/me/archive/s3cret.atom": ("own_archive_feed", "s3cret"),
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
    "/l/": ("lite_home",),
    "/l/sessions/after-hours-44/": ("lite", "sessions/after-hours-44/"),
    "/health/": ("health",),
    "/zone/": ("set_zone",),
    "/language/": ("set_language",),
    "/robots.txt": ("robots",),
    "/favicon.ico": ("icon",),
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


def named(resolver: Any, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the route of every address below."""
    for each in resolver.url_patterns:
        route = f"{before}{each.pattern}"
        if hasattr(each, "url_patterns"):
            yield from named(each, route, f"{space}{each.namespace}:" if each.namespace else space)
        elif each.name:
            yield f"{space}{each.name}", route


def test_no_name_leads_to_two_addresses() -> None:
    """Links are written by names: of two addresses with one name nothing leads to the first any more."""
    routes = set(
        named(get_resolver())
    )  # an address of the library that ours stands before is the same address
    counted = Counter(name for name, _route in routes)
    assert [name for name, number in counted.items() if number > 1] == []
