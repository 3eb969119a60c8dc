"""A search of the archive as Atom, read back as readers do; nothing that is not public in it, but by a secret."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Recording
from recordings.publishing import releasing
from recordings.search import indexing
from recordings.web import search_feed
from seminars.calendars import tokens
from seminars.people.models import Community, Joining, User
from seminars.sessions import moving, rewording
from seminars.web import polled
from tests.factories import NOW, make_member, make_original, make_recording, make_series, make_session

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


def asked(client: Client, address: str, tag: str) -> tuple[int, bytes]:
    answer = client.get(address, headers={"if-none-match": tag})
    return answer.status_code, answer.content


@pytest.mark.parametrize("query", ["?q=treasurer", "?q=treasurer&year=2026", "", "?q=nobody-says-this"])
def test_unchanged_it_is_searched_and_not_made_again(
    as_nobody: Client, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    recorded()
    first = as_nobody.get(f"/archive/feed/{query}")
    monkeypatch.setattr(search_feed, "describe_all", None)
    with CaptureQueriesContext(connection) as queries:
        assert asked(as_nobody, f"/archive/feed/{query}", first["ETag"]) == (304, b"")
    assert len(queries) <= 9
    assert "public" in first["Cache-Control"]


def another(_recording: Recording) -> None:
    recorded(title={"en": "Another"})


def withdraw(recording: Recording) -> None:
    releasing.withdraw(recording=recording, reason="Wrong", now=NOW, actor_id=None)


def close(recording: Recording) -> None:
    assert recording.session
    community = recording.session.series.community
    rewording.edit_community(community=community, joining=Joining.CLOSED, now=NOW, actor_id=None)


def retitle(recording: Recording) -> None:
    assert recording.session
    moving.edit(session=recording.session, title="Coffee", now=NOW, actor_id=None)


def unsay(recording: Recording) -> None:
    """What was looked for is not in it any more."""
    recording.originals.update(superseded_at=NOW)
    indexing.index(recording.pk, now=NOW)


def of_another_year(_recording: Recording) -> None:
    """One that is not asked for."""
    recorded(title={"en": "Another"}, wall=datetime(2025, 3, 1, 15, 0))


CHANGES: list[Callable[[Recording], None]] = [another, withdraw, close, retitle, unsay, of_another_year]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_what_is_shown_is_told_at_once(
    as_nobody: Client, change: Callable[[Recording], None]
) -> None:
    recording = recorded(title={"en": "Savings"})
    recorded(title={"en": "Loans"}, wall=datetime(2026, 2, 1, 15, 0))
    address = "/archive/feed/?q=treasurer&year=2026"
    first = as_nobody.get(address)
    change(recording)
    given = asked(as_nobody, address, first["ETag"])
    polled.forget()
    truth = as_nobody.get(address).content
    assert given == ((304, b"") if truth == first.content else (200, truth))
    assert (truth == first.content) is (change is of_another_year)


def test_who_joins_is_told_at_once(closed_community: Community, stranger: User, as_nobody: Client) -> None:
    recorded(closed_community, title={"en": "Secret ledger"})
    address = f"/me/archive/{tokens.make(user=stranger, now=NOW).token}.atom?q=treasurer"
    first = as_nobody.get(address)
    make_member(closed_community, stranger)
    status, body = asked(as_nobody, address, first["ETag"])
    assert (status, b"Secret" in first.content, b"Secret" in body) == (200, False, True)


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
