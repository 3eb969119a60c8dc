"""Polls of podcasts, Atom and site maps: cheap while nothing has changed, and new for whatever is shown in them."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date

from recordings.catalogue.licences import set_licence
from recordings.catalogue.models import Recording
from recordings.publishing import moving as addresses
from recordings.publishing import placing, releasing
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapters
from seminars.changes.recording import SITE, raise_versions
from seminars.people import profile
from seminars.people.models import Community, Joining
from seminars.series.models import Audience
from seminars.series.topics.models import Topic
from seminars.sessions import moving, rewording
from seminars.sessions.models import Session
from seminars.sessions.speakers import set_speakers
from seminars.sessions.speaking import answering
from seminars.sessions.speaking.models import Engagement, Licence
from seminars.sessions.topics import rename_topic, set_series_topics, set_session_topics
from seminars.web import polled
from tests.factories import NOW, make_material, make_original, make_recording, make_series
from tests.recordings.podcast.test_podcast import heard

pytestmark = pytest.mark.django_db
LATER, MINUTE = NOW + timedelta(hours=1), timedelta(minutes=1)
PLACES = ("/", "/communities/savings/", "/series/talks/")
FEEDS = [f"{place}{feed}" for place in PLACES for feed in ("podcast.xml", "archive.atom")]
MAPS = [f"/sitemap-{part}.xml" for part in ("communities", "series", "sessions", "archive")]
AS = {"now": LATER, "actor_id": None}


@pytest.fixture
def recording(community: Community) -> Recording:
    """One of a session, which can be heard, and another that never was one."""
    found = heard(make_series(community, slug="talks", title={"en": "Talks"}), abstract={"en": "On trust"})
    alone = make_recording(title={"en": "Alone"}, slug="alone")
    make_original(alone, b"alone", kind="audio", media_type="audio/mpeg", probe={"seconds": 9})
    assert found.session
    set_series_topics(series=found.session.series, names=["Money"], now=NOW, actor_id=None)
    return Recording.objects.select_related("session__series").get(pk=found.pk)


def edit(recording: Recording, **fields: Any) -> None:
    assert recording.session
    moving.edit(session=Session.objects.get(pk=recording.session.pk), **AS, **fields)


def voice(recording: Recording) -> Rendition:
    return Rendition.objects.get(original__recording=recording, recipe="voice")


def another_voice(recording: Recording) -> None:
    """As `renditions.making.keep` does it: the row stays, with its address."""
    made, other = voice(recording), make_original(recording, b"another", media_type="audio/mp4")
    made.asset = other.asset
    made.save()
    other.delete()


def alone() -> Recording:
    return Recording.objects.get(session=None)


def rename(recording: Recording) -> None:
    person = Engagement.objects.get(session=recording.session).person
    with transaction.atomic():
        given = {"country": "", "languages": (), "about": "", "about_language": "en"}
        assert profile.describe(person=person, name="Amina Bah", affiliation="Oxfam", **given)
        rewording.follow_person(person=person, **AS)


def own_licence(recording: Recording) -> None:
    set_licence(recording=recording, licence=Licence.BY_NC, **AS)


def consents(recording: Recording) -> None:
    engagement = Engagement.objects.get(session=recording.session)
    answering.consent(
        engagement=engagement, may_record=True, may_publish=True, licence=Licence.BY_NC, now=LATER
    )


def community_of(recording: Recording) -> Community:
    return Community.objects.get(slug="savings")


def reword(_recording: Recording) -> None:
    words = {name: getattr(alone(), name) for name in placing.OWN} | {"title": {"en": "Together"}}
    placing.reword(recording=alone(), words=words, seen=placing.times_reworded(alone()), **AS)


def topic(recording: Recording) -> None:
    set_session_topics(session=Session.objects.get(archived=recording), names=["Trust"], **AS)


def topic_renamed(recording: Recording) -> None:
    found = Topic.objects.get(series__slug="talks")
    rename_topic(topic=found, name={"en": "Cash"}, **AS)


def one_more(recording: Recording) -> None:
    with transaction.atomic():
        raise_versions({SITE})  # as whoever plans a series does
        heard(make_series(community_of(recording)))


CHANGES: dict[str, Callable[[Recording], object]] = {
    "title": lambda it: edit(it, title="Coffee"),
    "abstract": lambda it: edit(it, abstract="On coffee"),
    "language": lambda it: edit(it, language="sv"),
    "for members": lambda it: edit(it, audience=Audience.MEMBERS),
    "session withdrawn": lambda it: moving.withdraw(session=it.session, reason="Wrong", **AS),
    "recording withdrawn": lambda it: releasing.withdraw(recording=it, reason="Wrong", **AS),
    "withdrawn, of no session": lambda it: releasing.withdraw(recording=alone(), reason="Wrong", **AS),
    "reworded, of no session": reword,
    "topic": topic,
    "topic's name": topic_renamed,
    "another address": lambda it: addresses.move(recording=it, slug="other", **AS),
    "captions added": lambda it: make_original(it, b"WEBVTT again", language="sv", added_at=LATER),
    "captions retired": lambda it: releasing.retire(original=it.originals.get(kind="captions"), **AS),
    "edition replaced": another_voice,
    "edition lost": lambda it: voice(it).delete(),
    "edition added": lambda it: Rendition.objects.create(
        original=it.originals.get(kind="video"),
        recipe="voice_opus",
        recipe_version=1,
        asset=voice(it).asset,
        made_at=NOW,
    ),
    "chapters gone": lambda it: Chapters.objects.filter(recording=it).delete(),
    "licence": own_licence,
    "licence of the speaker": consents,
    "speaker's name": rename,
    "no speaker": lambda it: set_speakers(session=it.session, speakers=[], **AS),
    "community's name": lambda it: rewording.edit_community(
        community=community_of(it), **AS, name={"en": "Union"}
    ),
    "community closed": lambda it: rewording.edit_community(
        community=community_of(it), **AS, joining=Joining.CLOSED
    ),
    "series' title": lambda it: rewording.edit_series(series=it.session.series, **AS, title="Tea hours"),
    "one more": one_more,
    "one more of no session": lambda it: make_original(
        make_recording(title={"en": "More"}), b"more", kind="audio", media_type="audio/mpeg"
    ),
}


def asked(client: Client, path: str, **headers: str) -> tuple[int, bytes]:
    answer = client.get(path, headers=headers)
    return answer.status_code, answer.content


def told_of(client: Client, path: str, stopped: Any) -> Any:
    """Return the answer when it has been the same for long enough to say since when."""
    stopped.move_to(NOW)
    first = client.get(path)
    stopped.move_to(NOW + MINUTE)
    answer = client.get(path)
    assert (answer.content, answer["ETag"]) == (first.content, first["ETag"])
    return answer


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_what_is_shown_is_told_at_once(
    as_nobody: Client, recording: Recording, stopped: Any, what: str
) -> None:
    """By both ways in which programs ask; and who has what is shown gets nothing."""
    told = {path: told_of(as_nobody, path, stopped) for path in (*FEEDS, *MAPS)}
    stopped.move_to(LATER)
    CHANGES[what](recording)
    given = {
        path: (
            asked(as_nobody, path, if_none_match=before["ETag"]),
            asked(as_nobody, path, if_modified_since=before["Last-Modified"]),
        )
        for path, before in told.items()
    }
    polled.forget()
    truth = {path: asked(as_nobody, path) for path in told}
    for path, before in told.items():
        by_tag, by_time = given[path]
        assert by_tag == ((304, b"") if truth[path][1] == before.content else truth[path]), path
        assert by_time in (by_tag, truth[path]), path
    assert any(truth[path][1] != before.content for path, before in told.items())


@pytest.mark.parametrize("path", [*FEEDS, *MAPS])
def test_an_unchanged_one_is_not_made_again(
    as_nobody: Client, recording: Recording, path: str, stopped: Any
) -> None:
    first = told_of(as_nobody, path, stopped)
    assert first.status_code == 200
    for header in ({"if_none_match": first["ETag"]}, {"if_modified_since": first["Last-Modified"]}):
        with CaptureQueriesContext(connection) as queries:
            again = as_nobody.get(path, headers=header)
        assert (again.status_code, len(queries) <= 6) == (304, True)
        assert (again["ETag"], again["Last-Modified"]) == (first["ETag"], first["Last-Modified"])


@pytest.mark.usefixtures("recording")
@pytest.mark.parametrize(("part", "most"), [("communities", 2), ("series", 2), ("sessions", 4)])
def test_a_part_of_the_site_map_looks_at_its_own_things(as_nobody: Client, part: str, most: int) -> None:
    """However much is in the archive: what is said of recordings there is not read for it."""
    first = as_nobody.get(f"/sitemap-{part}.xml")
    with CaptureQueriesContext(connection) as queries:
        again = as_nobody.get(f"/sitemap-{part}.xml", headers={"if_none_match": first["ETag"]})
    assert (again.status_code, len(queries)) == (304, most)
    words = ("original", "rendition", "chapter", "title")
    assert not [each["sql"] for each in queries for word in words if word in each["sql"]]


def test_the_video_of_what_ends_now_is_in_the_site_map(as_nobody: Client, stopped: Any) -> None:
    session = heard().session
    assert session
    make_material(session, "recording", media_type="video/mp4", poster="/archive/poster.jpg")
    Session.objects.update(ends_at=LATER)
    first = as_nobody.get("/sitemap-sessions.xml")
    stopped.move_to(LATER)
    status, body = asked(as_nobody, "/sitemap-sessions.xml", if_none_match=first["ETag"])
    assert (status, b"<video:" in first.content, b"<video:" in body) == (200, False, True)


@pytest.mark.usefixtures("recording")
@pytest.mark.parametrize("path", ["/podcast.xml", "/archive.atom", "/sitemap-archive.xml", "/sitemap.xml"])
def test_it_is_packed_for_who_takes_that(as_nobody: Client, path: str) -> None:
    plain = as_nobody.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    packed = as_nobody.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert (packed.headers["ETag"], packed.headers["Vary"]) == (plain.headers["ETag"], "Accept-Encoding")


def test_what_ends_now_is_there_though_nobody_did_anything(as_nobody: Client, stopped: Any) -> None:
    recording = heard()
    Session.objects.filter(archived=recording).update(ends_at=LATER)
    first = as_nobody.get("/podcast.xml")
    stopped.move_to(LATER)
    status, body = asked(as_nobody, "/podcast.xml", if_none_match=first["ETag"])
    assert (status, b"<item>" in first.content, b"<item>" in body) == (200, False, True)


def test_a_time_is_told_only_when_it_tells_one_state_from_the_next(as_nobody: Client, stopped: Any) -> None:
    """A program that knows no ETag must not keep what was there a moment ago."""
    heard()
    before = as_nobody.get("/podcast.xml")
    heard()
    at = {"if_modified_since": http_date(NOW.timestamp())}
    for seconds, known in ((0, False), (59, False), (60, True), (3600, True)):
        stopped.move_to(NOW + timedelta(seconds=seconds))
        answer = as_nobody.get("/podcast.xml")
        assert answer.content != before.content
        assert answer.headers.get("Last-Modified") == (at["if_modified_since"] if known else None)
        assert as_nobody.get("/podcast.xml", headers=at).status_code == (304 if known else 200)


def test_what_another_process_said_meanwhile_is_not_taken_for_what_is_there(
    as_nobody: Client, stopped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came out and was taken back leaves the bytes of before: who has those in between gets them."""
    heard()
    Recording.objects.update(published_at=NOW - MINUTE)  # the first one names the feeds for ever
    here, there = dict[str, Any](), dict[str, Any]()
    monkeypatch.setattr(polled, "_made", here)
    first = as_nobody.get("/podcast.xml")
    monkeypatch.setattr(polled, "_made", there)
    mistaken = heard()
    between = told_of(as_nobody, "/podcast.xml", stopped)
    releasing.withdraw(recording=mistaken, reason="Wrong", **AS)
    monkeypatch.setattr(polled, "_made", here)
    stopped.move_to(LATER)
    given = asked(as_nobody, "/podcast.xml", if_modified_since=between["Last-Modified"])
    assert given == (200, first.content)
    assert first.content != between.content


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_was_never_told(as_nobody: Client) -> None:
    recording, tags = heard(), []
    with transaction.atomic():
        edit(recording, title="Coffee")
        tags.append(as_nobody.get("/podcast.xml")["ETag"])
        transaction.set_rollback(True)
    edit(recording, title="Milk")
    status, body = asked(as_nobody, "/podcast.xml", if_none_match=tags[0])
    assert (status, b"Milk" in body, b"Coffee" in body) == (200, True, False)
