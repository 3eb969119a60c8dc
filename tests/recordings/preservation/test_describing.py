"""What machines are told of a recording: true, whole, and nothing that only some may see."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.describing import describe, describe_all, dublin_core
from recordings.preservation.description import Agent, Description, Held
from recordings.renditions.models import Rendition
from seminars.followups.papers.models import Paper, PaperSession, PaperVersion
from seminars.followups.reports.models import Report
from seminars.people.models import Community
from seminars.people.visitors import Visitor
from seminars.series.models import Audience
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session, Speaker, SpeakerRole
from seminars.sessions.speaking.models import Engagement, Licence
from tests.factories import NOW, make_original, make_person, make_recording, make_series, make_session

DC = "{http://purl.org/dc/elements/1.1/}"


def make_paper(session: Session, **fields: object) -> Paper:
    """Return a paper that is out and draws on the session."""
    number = Paper.objects.count() + 1
    given = {"title": "Trust", "language": "en", "made_at": NOW, "changed_at": NOW, "published_at": NOW}
    given |= {"community": session.series.community, "year": 2026, "number": number, "slug": f"dp-{number}"}
    paper = Paper.objects.create(**given | fields)  # type: ignore[arg-type]
    PaperVersion.objects.create(
        paper=paper, version=1, title="Trust, as it is out", language="sv", out_at=NOW
    )
    PaperSession.objects.create(paper=paper, session=session)
    return paper


def full(community: Community | None = None, **fields: object) -> Recording:
    """Return a recording that has everything: files, an edition, two people, topics, a report and a paper."""
    wall = {"wall": datetime(2026, 3, 1, 15, 0), "abstract": {"en": "On trust."}}
    session = make_session(make_series(community), **wall | fields)  # type: ignore[arg-type]
    speaker, host = make_person(name="Amina Diallo"), make_person(name="Jon Berg")
    Speaker.objects.create(session=session, person=speaker, affiliation="Oxfam")
    Speaker.objects.create(session=session, person=host, role=SpeakerRole.MODERATOR)
    Engagement.objects.create(session=session, person=speaker, asked_at=NOW, licence=Licence.BY)
    topic = Topic.objects.create(slug=f"trust-{uuid4()}", name={"en": "Trust", "sv": "Tillit"}, made_at=NOW)
    session.topics.add(topic)
    session.series.topics.add(topic)
    recording = make_recording(session)
    facts = {"media_type": "video/mp4", "probe": {"seconds": 61.5, "width": 640, "height": 360}}
    video = make_original(recording, b"video", kind=OriginalKind.VIDEO, **facts)
    captions = make_original(recording, b"WEBVTT")
    for version, asset in ((1, captions.asset), (2, video.asset)):
        made = {"recipe": "voice", "recipe_version": version, "made_at": NOW + timedelta(hours=1)}
        Rendition.objects.create(original=video, asset=asset, **made)
    said = {"uuid": uuid4(), "published_at": NOW, "changed_at": NOW + timedelta(hours=2)}
    Report.objects.create(session=session, **said)
    make_paper(session)
    return recording


@pytest.mark.django_db
class TestDescribe:
    """`describe`, `describe_all`."""

    def test_everything_that_is_there(self) -> None:
        recording = full()
        session = recording.session
        assert session is not None
        found = describe(recording)
        assert found.identifier == f"urn:uuid:{recording.uuid}"
        assert found.page.endswith(f"/sessions/{session.slug}/")
        assert found.permalink.endswith(f"/archive/{recording.slug}/")
        assert found.page.startswith("http")
        assert found.title == session.title
        assert found.abstract == {"en": "On trust."}
        assert [(each.name, each.affiliation) for each in found.creators] == [("Amina Diallo", "Oxfam")]
        assert [each.name for each in found.contributors] == ["Jon Berg"]
        assert found.subjects == ({"en": "Trust", "sv": "Tillit"},)
        assert found.publisher == session.series.community.name
        assert found.licence == Licence.BY
        assert found.licence_page == "https://creativecommons.org/licenses/by/4.0/"
        assert found.type == "MovingImage"
        assert found.seconds == 61.5
        assert found.changed_at == NOW + timedelta(hours=2)
        kinds = [(each.kind, each.label, dict(each.title)) for each in found.relations]
        assert kinds[0][0] == "series"
        assert kinds[2:] == [
            ("paper", "DP 2026/1", {"sv": "Trust, as it is out"}),
            ("report", "", session.heading),
        ]

    def test_the_time_is_the_wall_time_and_its_instant(self) -> None:
        held = describe(full()).held
        assert held is not None
        assert (held.local_time, held.zone) == (time(15, 0), "Africa/Johannesburg")
        assert held.local is not None
        assert held.local.isoformat() == "2026-03-01T15:00:00+02:00"
        assert held.starts_at == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)

    def test_files_with_their_hash_and_whole_address_the_latest_of_each_recipe(self) -> None:
        recording = full()
        video, voice, captions = sorted(
            describe(recording).formats, key=lambda each: ("video", "voice", "captions").index(each.kind)
        )
        assert (video.size, video.seconds, video.is_original) == (5, 61.5, True)
        assert len(video.sha256) == 64
        assert video.href.endswith(f"/archive/{recording.slug}/files/{video.uuid}/{video.filename}")
        assert (voice.kind, voice.sha256, voice.is_original) == ("voice", video.sha256, False)
        assert (captions.language, captions.media_type) == ("en", "text/vtt")

    def test_a_superseded_file_is_not_told(self) -> None:
        recording = full()
        recording.originals.update(superseded_at=NOW)
        assert describe(recording).formats == ()

    def test_rows_do_not_raise_the_number_of_queries(self) -> None:
        first = full()
        with CaptureQueriesContext(connection) as one:
            describe(Recording.objects.get(pk=first.pk))
        rows = [full() for _each in range(4)]
        with CaptureQueriesContext(connection) as many:
            found = describe_all(Recording.objects.filter(pk__in=[first.pk, *(each.pk for each in rows)]))
        assert len(found) == 5
        assert len(many) <= len(one) <= 16

    def test_the_texts_of_papers_and_reports_are_not_read(self) -> None:
        recording = full()
        with CaptureQueriesContext(connection) as queries:
            assert describe(recording).related("paper", "report")
        asked = " ".join(each["sql"] for each in queries)
        assert [name for name in ("body", "summary", "answers", "notes") if f'."{name}"' in asked] == []

    def test_nothing_that_only_some_may_see(self) -> None:
        recording = full()
        session = recording.session
        assert session is not None
        series = session.series
        series.audience = Audience.MEMBERS
        series.save()
        withdrawn = make_paper(session, withdrawn_at=NOW)
        kinds = [each.kind for each in describe(recording).relations]
        assert kinds == ["session", "paper", "report"]
        assert withdrawn.uuid not in {each.uuid for each in describe(recording).relations}
        Report.objects.update(withdrawn_at=NOW)
        boss = Visitor(is_admin=True)
        assert [each.kind for each in describe(recording, visitor=boss).relations] == [
            "series", "session", "paper",
        ]  # fmt: skip

    def test_a_closed_communitys_paper_is_told_to_members_only(self, closed_community: Community) -> None:
        recording = full(closed_community)
        assert not describe(recording).related("paper", "series")
        assert describe(recording, visitor=Visitor(is_admin=True)).related("paper")

    @pytest.mark.parametrize(
        ("given", "licence"),
        [
            ([Licence.BY, Licence.BY], Licence.BY),
            ([Licence.BY, Licence.BY_NC], Licence.BY_NC),
            ([Licence.BY, Licence.ALL_RIGHTS], Licence.ALL_RIGHTS),
            ([Licence.BY, ""], ""),
            (["", Licence.ALL_RIGHTS], Licence.ALL_RIGHTS),
        ],
    )
    def test_the_strictest_licence_counts_and_silence_gives_none(
        self, given: list[str], licence: str
    ) -> None:
        session = make_session()
        for each in given:
            person = make_person()
            Speaker.objects.create(session=session, person=person)
            Engagement.objects.create(session=session, person=person, asked_at=NOW, licence=each)
        assert describe(make_recording(session)).licence == licence

    def test_a_withdrawn_one_says_why_and_offers_nothing(self) -> None:
        recording = full()
        recording.withdrawn_at, recording.withdrawn_reason = NOW, "The speaker asked for it."
        found = describe(recording)
        assert (found.formats, found.relations) == ((), ())
        assert found.withdrawn_reason == "The speaker asked for it."

    def test_one_of_a_withdrawn_session_offers_as_little(self) -> None:
        recording = full()
        assert describe(recording).formats
        Session.objects.update(withdrawn_at=NOW, reason="The hall asked for it.")
        found = describe(Recording.objects.get(pk=recording.pk))
        assert (found.formats, found.relations) == ((), ())
        assert found.withdrawn_reason == "The hall asked for it."

    def test_what_never_was_a_session(self) -> None:
        recording = make_recording(title={"fr": "Épargne"}, language="fr", recorded_on=NOW.date())
        found = describe(recording)
        assert (found.title, found.language, found.day) == ({"fr": "Épargne"}, "fr", NOW.date())
        assert (found.type, found.held, found.licence) == ("Event", None, "")
        assert found.page == found.permalink


@pytest.mark.django_db
def test_dublin_core_says_it_element_by_element() -> None:
    recording = full()
    root = ElementTree.fromstring(dublin_core(describe(recording)))
    said = [(each.tag.removeprefix(DC), each.text) for each in root]
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    assert ("creator", "Amina Diallo (Oxfam)") in said
    assert ("date", "2026-03-01T13:00:00Z") in said
    assert ("type", "MovingImage") in said
    assert ("identifier", f"urn:uuid:{recording.uuid}") in said
    assert ("rights", "https://creativecommons.org/licenses/by/4.0/") in said
    assert [text for name, text in said if name == "format"] == ["text/vtt", "video/mp4"]


ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=40)


@given(title=ANYTHING, name=ANYTHING)
def test_whatever_people_type_gives_xml_that_can_be_read(title: str, name: str) -> None:
    agent = Agent(name, "", SpeakerRole.SPEAKER, uuid4(), "")
    held = Held("UTC", NOW.date())
    facts = {"slug": "a", "page": "p", "permalink": "p", "language": "en", "publisher_href": ""}
    words = {"title": {"en": title}, "abstract": {}, "publisher": {}}
    described = Description(
        uuid=uuid4(),
        changed_at=NOW,
        creators=(agent,),
        held=held,
        **facts | words,  # type: ignore[arg-type]
    )
    root = ElementTree.fromstring(dublin_core(described))
    kept = {each.tag.removeprefix(DC): each.text for each in root}
    if title.isalnum() and title.isprintable():
        assert kept["title"] == title
