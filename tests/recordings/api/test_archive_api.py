"""/api/archive/: the list, the search with the second of each hit, an item with its files, and who may know of them."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from recordings.catalogue.models import OriginalKind, Recording
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import VOICE
from recordings.search import indexing
from recordings.search.querying import PAGE
from seminars.people.models import Community, Person, User
from seminars.series.models import Audience
from tests.factories import NOW, make_original, make_recording, make_series, make_session
from tests.seminars.api.reading import SAID_404, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
LIST = "/api/archive/"
SITE = "http://127.0.0.1:8000"
SEEING = {"as_organiser", "as_manager", "as_member", "as_administrator"}
CAST = [*sorted(SEEING), "as_stranger", "as_nobody"]
CAPTIONS = b"""WEBVTT

01:23.000 --> 01:29.000
Mobile money keeps a receipt & a name.
"""


def recorded(community: Community | None = None, **fields: Any) -> Recording:
    """Return the indexed recording of a past session, with captions."""
    given = {
        "wall": datetime(2026, 3, 1, 15, 0),
        "title": {"en": "Savings boxes"},
        "abstract": {"en": "On trust."},
    }
    recording = make_recording(make_session(make_series(community), **given | fields))
    make_original(recording, CAPTIONS)
    indexing.index(recording.pk, now=NOW)
    return recording


def slugs(client: Client, **query: object) -> list[str]:
    """Return the slugs that the list answers."""
    return [each["slug"] for each in read(client, LIST, **query)["recordings"]]


class TestList:
    """Everything, the newest first."""

    def test_the_newest_first_with_their_pages(self, as_nobody: Client) -> None:
        old, new = recorded(), recorded(wall=datetime(2026, 4, 1, 15, 0))
        alone = make_recording(title={"en": "A film"}, published_at=datetime(2026, 3, 15, tzinfo=NOW.tzinfo))
        assert slugs(as_nobody) == [new.slug, alone.slug, old.slug]
        first, film, _old = read(as_nobody, LIST)["recordings"]
        assert (first["page"], first["session"]) == (
            f"{SITE}/sessions/{new.slug}/",
            f"{SITE}/api/sessions/{new.slug}/",
        )
        assert (first["recorded_on"], first["starts_at"]) == ("2026-04-01", "2026-04-01T13:00:00Z")
        assert (film["page"], film["session"], film["title"]) == (
            f"{SITE}/archive/{alone.slug}/",
            None,
            {"en": "A film"},
        )

    def test_next_leads_on_to_the_end(self, as_nobody: Client) -> None:
        for _each in range(PAGE + 1):
            make_recording()
        first = read(as_nobody, LIST)
        assert [first[name] for name in ("total", "page", "pages", "next")] == [
            PAGE + 1,
            1,
            2,
            f"{SITE}/api/archive/?page=2",
        ]
        last = read(as_nobody, LIST, page=2)
        assert (len(last["recordings"]), last["next"]) == (1, None)

    def test_what_is_withdrawn_or_still_to_come_is_not_listed(self, as_nobody: Client) -> None:
        recorded(withdrawn_at=NOW)
        recorded(wall=datetime(2026, 12, 1, 15, 0))
        Recording.objects.filter(pk=recorded().pk).update(withdrawn_at=NOW)
        Recording.objects.filter(pk=recorded().pk).update(published_at=None)
        assert slugs(as_nobody) == []


class TestSearch:
    """`?q=`"""

    def test_a_hit_in_the_captions_says_where_it_is_said(self, as_nobody: Client) -> None:
        recording = recorded()
        answer = read(as_nobody, LIST, q="receipt")
        assert answer["total"] == 1
        assert answer["recordings"][0]["quotes"] == [
            {
                "field": "caption",
                "language": "en",
                "text": "Mobile money keeps a receipt & a name.",
                "html": "Mobile money keeps a <mark>receipt</mark> &amp; a name.",
                "seconds": 83.0,
                "address": f"{SITE}/sessions/{recording.slug}/?t=83&transcript=en#player",
            }
        ]

    def test_a_hit_in_the_title_has_no_second(self, as_nobody: Client) -> None:
        recording = recorded()
        quote = read(as_nobody, LIST, q="boxes")["recordings"][0]["quotes"][0]
        assert (quote["field"], quote["seconds"]) == ("title", None)
        assert quote["address"] == f"{SITE}/sessions/{recording.slug}/"

    def test_next_keeps_the_words(self, as_nobody: Client) -> None:
        for _each in range(PAGE + 1):
            indexing.index(make_recording(title={"en": "Böcker & band"}).pk, now=NOW)
        first = read(as_nobody, LIST, q="böcker band")
        last = as_nobody.get(first["next"].removeprefix(SITE)).json()
        assert (first["pages"], len(last["recordings"]), last["next"]) == (2, 1, None)

    def test_nothing_found_is_an_empty_list(self, as_nobody: Client) -> None:
        recorded()
        assert slugs(as_nobody, q="bicycles") == []
        assert len(slugs(as_nobody, q="")) == 1


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"q": "***"}, 422, "at least one word"),
        ({"q": "   "}, 422, "at least one word"),
        ({"q": "\x00"}, 422, "at least one word"),
        ({"q": "x" * 1001}, 422, "at most 1,000"),
        ({"page": "0"}, 422, "a whole number from 1"),
        ({"page": "two"}, 422, "a whole number from 1"),
        ({"page": "9" * 30}, 422, "a whole number from 1"),
        ({"page": "2"}, 422, "There is only 1 page"),
        ({"page": "2", "q": "nothing"}, 422, "There is only 1 page"),
        ({"query": "boxes"}, 400, "There are: q, page."),
    ],
)
def test_a_wrong_question_is_told_what_to_do(
    as_nobody: Client, query: dict[str, str], status: int, words: str
) -> None:
    said = read(as_nobody, LIST, status, **query)
    assert words in said["detail"]
    assert {each["parameter"] for each in said["errors"]} <= set(query)


class TestItem:
    """/api/archive/<slug>/"""

    def test_its_editions_with_address_size_length_and_language(self, as_nobody: Client) -> None:
        recording = recorded()
        probe = {"seconds": 61.5, "width": 640, "height": 360}
        talk = make_original(
            recording, b"v" * 900, kind=OriginalKind.VIDEO, media_type="video/mp4", probe=probe
        )
        voice = make_original(
            make_recording(), b"a" * 90, media_type="audio/mp4", probe={"seconds": 61.5}
        ).asset
        made = Rendition.objects.create(
            original=talk, recipe=VOICE.name, recipe_version=1, asset=voice, made_at=NOW
        )
        make_original(recording, b"old", media_type="application/pdf", kind="slides", superseded_at=NOW)
        said = read(as_nobody, f"{LIST}{recording.slug}/")
        assert [each["kind"] for each in said["editions"]] == ["video", "voice", "captions"]
        assert said["editions"][0] == {
            "kind": "video",
            "language": "en",
            "media_type": "video/mp4",
            "size": 900,
            "seconds": 61.5,
            "width": 640,
            "height": 360,
            "address": f"{SITE}/archive/{recording.slug}/files/{talk.uuid}/{recording.slug}-video-en.mp4",
        }
        assert str(made.uuid) in said["editions"][1]["address"]
        assert [said["editions"][2][name] for name in ("size", "seconds", "width")] == [
            len(CAPTIONS),
            None,
            None,
        ]
        assert (said["abstract"], said["published"]) == ({"en": "On trust."}, True)

    def test_all_of_its_editions_are_told(self, as_nobody: Client) -> None:
        recording = recorded()
        talk = make_original(recording, b"v" * 900, kind=OriginalKind.VIDEO, media_type="video/mp4")
        make_original(recording, b"%PDF-", kind="slides", media_type="application/pdf")
        recipes = ("video_360", "voice", "voice_opus", "slides_voice", "slides_voice_old", "poster")
        for size, recipe in enumerate(recipes, 10):
            asset = make_original(make_recording(), b"x" * size, media_type="video/webm").asset
            talk.renditions.create(recipe=recipe, recipe_version=1, asset=asset, made_at=NOW)
        told = read(as_nobody, f"{LIST}{recording.slug}/")["editions"]
        assert sorted(each["kind"] for each in told) == sorted([*recipes, "video", "slides", "captions"])
        assert all(each["address"].endswith((".webm", ".mp4", ".pdf", ".vtt")) for each in told)

    def test_its_addresses_can_be_fetched_by_who_reads_it(self, as_nobody: Client) -> None:
        recording = recorded()
        address = read(as_nobody, f"{LIST}{recording.slug}/")["editions"][0]["address"]
        answer = as_nobody.get(address.removeprefix(SITE))
        assert b"".join(answer) == CAPTIONS  # type: ignore[arg-type]

    @pytest.mark.parametrize("which", ["recording", "session"])
    def test_a_withdrawn_one_is_gone_with_its_reason(self, as_nobody: Client, which: str) -> None:
        recording = recorded()
        assert recording.session
        if which == "recording":
            recording.withdrawn_at, recording.withdrawn_reason = NOW, "Asked for."
            recording.save()
        else:
            recording.session.withdrawn_at, recording.session.reason = NOW, "Asked for."
            recording.session.save()
        said = read(as_nobody, f"{LIST}{recording.slug}/", 410)
        assert said["detail"] == "Withdrawn on 2026-11-16. Asked for."


@pytest.mark.parametrize("who", CAST)
class TestWhoReads:
    """The whole cast."""

    def hidden_from(self, client: Client, recording: Recording) -> bool:
        """Whether it answers as what is missing does, and neither list nor search knows of it."""
        answer = client.get(f"{LIST}{recording.slug}/")
        found = slugs(client), slugs(client, q="receipt")
        if answer.status_code == 200:
            assert found == ([recording.slug],) * 2
            return False
        assert (answer.status_code, answer.content) == (404, client.get(f"{LIST}nothing-here/").content)
        assert SAID_404 in read(client, f"{LIST}{recording.slug}/", 404)["detail"]
        assert found == ([], [])
        assert read(client, LIST, q="receipt")["total"] == 0
        return True

    @pytest.mark.parametrize(
        ("audience", "seeing"),
        [
            (Audience.EVERYONE, set(CAST)),
            (Audience.MEMBERS, SEEING),
            (Audience.NAMED, SEEING - {"as_member"}),
        ],
    )
    def test_of_an_open_community(
        self, request: pytest.FixtureRequest, community: Community, who: str, audience: str, seeing: set[str]
    ) -> None:
        recording = recorded(community, audience=audience)
        assert self.hidden_from(request.getfixturevalue(who), recording) is (who not in seeing)

    def test_of_a_closed_community(
        self, request: pytest.FixtureRequest, closed_community: Community, who: str
    ) -> None:
        assert self.hidden_from(request.getfixturevalue(who), recorded(closed_community)) is (
            who not in SEEING
        )

    def test_not_out_yet(self, request: pytest.FixtureRequest, community: Community, who: str) -> None:
        recording = recorded(community)
        Recording.objects.update(published_at=None)
        client: Client = request.getfixturevalue(who)
        answer = client.get(f"{LIST}{recording.slug}/")
        assert answer.status_code == (200 if who in SEEING - {"as_member"} else 404)
        if answer.status_code == 404:
            assert answer.content == client.get(f"{LIST}nothing-here/").content
        assert slugs(client) == []


def test_who_was_named_reads_it(as_stranger: Client, stranger: User, closed_community: Community) -> None:
    recording = recorded(closed_community, audience=Audience.NAMED)
    assert recording.session
    recording.session.named.add(Person.objects.get(user=stranger))
    assert slugs(as_stranger, q="receipt") == [recording.slug]
