"""A small archive with everything in it, open and closed, with secrets that must not leave; for bags and sticks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from recordings.assets import store
from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapter, Chapters, SlidePage, SlideTime, Timeline
from seminars.followups.papers.models import Paper, PaperSession, PaperState, PaperVersion
from seminars.followups.reports.models import Report
from seminars.people.models import Community, Joining
from seminars.series.models import Series
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.models import MaterialKind, Session, Speaker
from seminars.sessions.questions.models import Asker, Question, Standing, WrittenAnswer
from seminars.sessions.speaking.models import Answer, Engagement, Licence
from tests.factories import (
    NOW,
    make_community,
    make_material,
    make_original,
    make_person,
    make_recording,
    make_series,
    make_session,
)

MEDIA = Path(__file__).parents[3] / "recordings" / "demo" / "media"
WALL = datetime(2026, 10, 6, 15, 0)
VTT = """WEBVTT

00:01.000 --> 00:04.000
Savings groups begin small.

01:23.000 --> 01:27.000
The tractor came late to Röstånga.
""".encode()
SECRETS = (
    "secret@example.org",
    "asker@example.org",
    "https://meet.example.org/room",
    "secret-token",
    "whisper to the organisers",
    "draft of the second version",
    "only for the speaker",
    "Invited Ingrid",
    "open question of nobody",
)


@dataclass
class Archive:
    """What was made. talk: open to all, with every kind of file. inner: of a closed community. gone: withdrawn."""

    community: Community
    series: Series
    talk: Recording
    inner: Recording
    gone: Recording
    alone: Recording
    session: Session


def make_archive() -> Archive:
    """Return a stored archive."""
    topic = Topic.objects.create(slug="savings", name={"en": "Savings"}, made_at=NOW)
    TopicSlug.objects.create(slug="savings", topic=topic)
    community = make_community(
        slug="micro", name={"en": "Micro", "sv": "Mikro"}, contact="secret@example.org"
    )
    series = make_series(community, slug="after-hours", title={"en": "After hours"})
    series.topics.add(topic)
    session = make_session(
        series,
        wall=WALL,
        title={"en": "Groups that save", "sv": "Grupper som sparar"},
        abstract={"en": "What holds a group."},
        slug="after-hours-1",
    )
    session.topics.add(topic)
    session.named.add(make_person(name="Invited Ingrid", email="secret@example.org"))
    talk = make_recording(session)
    _speaker(session)
    _files(talk, session)
    _texts(community, session)
    closed = make_community(slug="cohort", joining=Joining.CLOSED)
    inside = make_session(
        make_series(closed, slug="inner"), wall=WALL, slug="inner-1", title={"en": "Members only"}
    )
    inner = make_recording(inside)
    make_original(inner, b"WEBVTT\n\n00:01.000 --> 00:02.000\nInner circle words.\n")
    away = make_session(
        series, wall=WALL + timedelta(days=7), slug="after-hours-2", title={"en": "Taken back"}
    )
    gone = make_recording(away, withdrawn_at=NOW, withdrawn_reason="A speaker asked for it.")
    make_original(gone, b"WEBVTT\n\n00:01.000 --> 00:02.000\nWithdrawn words.\n")
    make_session(series, wall=datetime(2027, 3, 1, 15, 0), slug="after-hours-3", title={"en": "To come"})
    alone = make_recording(title={"en": "Never a session"}, slug="never-a-session")
    make_original(alone, b"WEBVTT\n\n00:01.000 --> 00:02.000\nAlone words.\n")
    return Archive(community, series, talk, inner, gone, alone, session)


def _speaker(session: Session) -> None:
    person = make_person(name="Amina Diallo", affiliation="Oxfam", email="amina-secret@example.org")
    Speaker.objects.create(session=session, person=person)
    Engagement.objects.create(
        session=session,
        person=person,
        asked_at=NOW,
        answer=Answer.CONFIRMED,
        words="whisper to the organisers",
        may_record=True,
        may_publish=True,
        licence=Licence.BY,
        consented_at=NOW,
    )


def _files(talk: Recording, session: Session) -> None:
    video = make_original(
        talk,
        next(MEDIA.glob("*.mp4")),
        kind=OriginalKind.VIDEO,
        media_type="video/mp4",
        probe={"seconds": 90.0, "width": 640, "height": 360, "video_codec": "h264", "audio_codec": "aac"},
        filename="private name of a file.mp4",
        source_url="https://example.org/?token=secret-token",
    )
    make_original(talk, b"WEBVTT\n\n00:01.000 --> 00:02.000\nAn older version.\n", superseded_at=NOW)
    make_original(talk, VTT)
    deck = make_original(
        talk,
        next(MEDIA.glob("*.pdf")),
        kind=OriginalKind.SLIDES,
        media_type="application/pdf",
        filename="deck.pdf",
    )
    for recipe, content, media_type in (
        ("voice", b"voice" * 3000, "audio/mp4"),
        ("video_360", b"small" * 9000, "video/mp4"),
        ("slides_voice", b"slides and voice" * 900, "video/webm"),
        ("poster", b"picture", "image/webp"),
    ):
        with store.staging([content]) as staged:
            asset = store.keep(staged, media_type=media_type, probe={"seconds": 90.0}, now=NOW)
        made = Rendition.objects.create(
            original=video, recipe=recipe, recipe_version=1, asset=asset, made_at=NOW
        )
        if recipe == "voice":
            make_material(
                session,
                MaterialKind.VOICE,
                source=made.uuid,
                path=f"/archive/{talk.slug}/files/{made.uuid}/x.m4a",
            )
    make_material(session, MaterialKind.SLIDES, source=deck.uuid)
    _slides(talk, video, deck)


def _slides(talk: Recording, video: Original, deck: Original) -> None:
    with store.staging([b"slide one"]) as staged:
        picture = store.keep(staged, media_type="image/webp", now=NOW)
    SlidePage.objects.create(
        slides=deck,
        number=1,
        asset=picture,
        width=10,
        height=10,
        text="Ratchet of trust",
        notes="only for the speaker",
        made_version=1,
    )
    line = Timeline.objects.create(video=video, slides=deck, found_version=1, found_at=NOW)
    SlideTime.objects.create(timeline=line, start=12.0, page=1)
    chapters = Chapters.objects.create(recording=talk, changed_at=NOW)
    Chapter.objects.create(chapters=chapters, start=0.0, title="Welcome")


def _texts(community: Community, session: Session) -> None:
    Report.objects.create(
        session=session,
        uuid="6d3a3c3a-0000-4000-8000-000000000001",
        answers={"results": "Groups want a calendar."},
        notes={"results": ["whisper to the organisers", 2]},
        published_at=NOW,
        changed_at=NOW,
    )
    text = {
        "title": "On saving",
        "authors": "Amina Diallo, Oxfam",
        "summary": "Short.",
        "body": "# Why\n\nBecause of **trust**.",
    }
    paper = Paper.objects.create(
        **text | {"body": "draft of the second version"},
        community=community,
        year=2026,
        number=1,
        slug="micro-2026-1",
        state=PaperState.DRAFT,
        made_at=NOW,
        changed_at=NOW,
        published_at=NOW,
    )
    PaperVersion.objects.create(**text, paper=paper, version=1, out_at=NOW)
    PaperSession.objects.create(paper=paper, session=session)
    asker = Asker.objects.create(
        session=session, email="asker@example.org", language="en", token="secret-token", made_at=NOW
    )
    shown = {"standing": Standing.SHOWN, "confirmed_at": NOW, "made_at": NOW}
    question = Question.objects.create(
        session=session, asker=asker, text="How large?", name="Bo", answered_at=NOW, **shown
    )
    WrittenAnswer.objects.create(question=question, text="About fifteen.", made_at=NOW, changed_at=NOW)
    Question.objects.create(session=session, asker=asker, text="open question of nobody", **shown)
