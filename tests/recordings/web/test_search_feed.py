"""A search of the archive as Atom, read back as readers do; nothing that is not public in it, but by a secret."""

from datetime import datetime
from typing import Any

import feedparser
import pytest
from django.test import Client

from recordings.catalogue.models import Recording
from recordings.search import indexing
from seminars.calendars import tokens
from seminars.people.models import Community, User
from tests.factories import NOW, make_original, make_recording, make_series, make_session

pytestmark = pytest.mark.django_db
CAPTIONS = b"WEBVTT\n\n00:15.500 --> 00:20.000\nThree locks and a treasurer.\n"


def recorded(community: Community | None = None, **fields: Any) -> Recording:
    """Return an indexed recording."""
    session = make_session(make_series(community), **{"wall": datetime(2026, 3, 1, 15, 0)} | fields)
    recording = make_recording(session)
    make_original(recording, CAPTIONS)
    indexing.index(recording.pk, now=NOW)
    return recording


def read(client: Client, address: str) -> Any:
    """Return the feed at an address as feedparser understands it."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    found = feedparser.parse(response.content)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def test_it_brings_what_answers_the_newest_first(as_nobody: Client) -> None:
    older = recorded(wall=datetime(2025, 3, 1, 15, 0), title={"en": "Savings"})
    newer = recorded(title={"en": "Loans <b> & fees"})
    other = recorded(title={"sv": "Lån"}, language="sv")
    found = read(as_nobody, "/archive/feed/?q=treasurer&language=en")
    assert [entry.title for entry in found.entries] == ["Loans <b> & fees", "Savings"]
    assert [entry.id for entry in found.entries] == [f"urn:uuid:{each.uuid}" for each in (newer, older)]
    assert found.entries[0].link.endswith(f"/sessions/{newer.slug}/")
    assert found.feed.title == "“treasurer” · English in the archive"
    assert found.feed.id.endswith("/archive/feed/?q=treasurer&language=en")
    assert len(read(as_nobody, "/archive/feed/").entries) == 3
    assert read(as_nobody, "/archive/feed/?q=tresurer").entries == []
    assert str(other.uuid) in as_nobody.get("/archive/feed/?language=sv").content.decode()


@pytest.mark.parametrize("query", ["?q=***", "?year=x", "?topic=nothing", "?q=" + "(" * 9_000])
def test_odd_questions(as_nobody: Client, query: str) -> None:
    recorded()
    assert read(as_nobody, f"/archive/feed/{query}").entries == []


def test_unchanged_it_costs_nothing(as_nobody: Client) -> None:
    recorded()
    first = as_nobody.get("/archive/feed/?q=treasurer")
    again = as_nobody.get("/archive/feed/?q=treasurer", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "public" in first["Cache-Control"]


def test_the_page_names_its_feed(as_nobody: Client) -> None:
    recorded()
    text = as_nobody.get("/archive/?q=treasurer&year=2026").content.decode()
    assert 'rel="alternate" type="application/atom+xml"' in text
    assert 'href="/archive/feed/?q=treasurer&amp;year=2026"' in text


def test_a_closed_communitys_is_in_its_members_own_feed_only(
    closed_community: Community, member: User, stranger: User, as_nobody: Client, as_member: Client
) -> None:
    secret = recorded(closed_community, title={"en": "Secret ledger"})
    # The public address is the same for whoever fetches it: caches hold it.
    for client in (as_nobody, as_member):
        assert read(client, "/archive/feed/?q=treasurer").entries == []
        assert "Secret" not in client.get("/archive/feed/?community=cohort").content.decode()
    mine, theirs = tokens.make(user=member, now=NOW), tokens.make(user=stranger, now=NOW)
    (entry,) = read(as_nobody, f"/me/archive/{mine.token}.atom?q=treasurer").entries
    assert entry.title == "Secret ledger"
    assert entry.id == f"urn:uuid:{secret.uuid}"
    response = as_nobody.get(f"/me/archive/{mine.token}.atom")
    assert "private" in response["Cache-Control"]
    assert read(as_nobody, f"/me/archive/{theirs.token}.atom?q=treasurer").entries == []
    tokens.revoke(token=mine, now=NOW)
    assert as_nobody.get(f"/me/archive/{mine.token}.atom").status_code == 410
    assert as_nobody.get("/me/archive/nobody-has-this.atom").status_code == 404
