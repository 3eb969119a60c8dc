"""One thing of each kind in one community, and what stands for each name in the site's table of addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver

from recordings.assets.models import Asset
from recordings.catalogue.models import Found, Original, Recording
from recordings.providers.models import Account, Link
from recordings.slides.models import Timeline
from recordings.uploading.models import Upload
from seminars.calendars.importing.models import WaitingImport
from seminars.calendars.importing.waiting import keep as keep_import
from seminars.followups.links.models import LinkPlace, OutsideLink
from seminars.followups.models import Item
from seminars.followups.papers import reviewing
from seminars.followups.papers.outline import Headings, Source
from seminars.followups.papers.publishing import publish
from seminars.followups.papers.writing import begin
from seminars.followups.reports.models import Report
from seminars.notifications.newsletter.models import Issue
from seminars.people.directory.listing import enter
from seminars.people.introducing.introducing import write_to
from seminars.people.introducing.models import Note
from seminars.people.membership.logos import kept
from seminars.people.membership.models import Cohort, JoinRequest, Organisation
from seminars.people.models import Community, Person
from seminars.series.models import Series, SeriesRole
from seminars.series.resources.models import Resource
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.attendance.doors import code_of
from seminars.sessions.attendance.importing import keep as keep_list
from seminars.sessions.attendance.models import Attendance, Intake
from seminars.sessions.day.models import Cue, PhoneQuestion
from seminars.sessions.models import Session, Speaker
from seminars.sessions.polls.models import DatePoll
from seminars.sessions.registration.models import Registration
from seminars.sessions.suggesting.models import Suggestion
from tests.factories import (
    NOW,
    make_material,
    make_member,
    make_original,
    make_recording,
    make_series,
    make_session,
    make_user,
)

SECRET = "Quiet-Heron"
# Kinds of thing by the word that stands before the first name in an address.
KINDS = ("communities", "series", "sessions", "archive")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, set[str]]]:
    """Each address of ours, with the names it takes."""
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each, route)
        elif isinstance(each, URLPattern) and each.callback.__module__.startswith(("seminars", "recordings")):
            yield route, set(re.findall(r"<(?:\w+:)?(\w+)>", route))


@dataclass
class World:
    """One thing of each kind: what stands for a name in an address that begins in this way."""

    slugs: dict[str, str]
    others: dict[str, object]

    def path(self, route: str, *, missing: bool = False) -> str:
        """The address of the thing, or of one that does not exist."""
        slugs = dict.fromkeys(self.slugs, "nothing-here") if missing else self.slugs
        taken = self.others | {f"{kind}/slug": slug for kind, slug in slugs.items()}
        taken["/l/rest"] = f"sessions/{slugs['sessions']}/"
        for name, value in taken.items():
            before, _slash, last = name.rpartition("/")
            route = re.sub(rf"({before}/)<(\w+:)?{last}>", rf"\g<1>{value}", route)
        assert "<" not in route, f"tell this test what stands for {route}"
        return route


def make_world(community: Community) -> World:
    """A past session that has everything a session can have, and all else that `community` can have."""
    Community.objects.filter(pk=community.pk).update(name={"en": SECRET}, summary={"en": SECRET})
    series = make_series(community, title={"en": SECRET}, abstract={"en": SECRET})
    session = make_session(
        series, wall=datetime(2026, 10, 1, 15, 0), title={"en": SECRET}, abstract={"en": SECRET}
    )
    original = _recorded(session)
    others = {
        **_planned(session, series),
        **_came(session),
        **_together(community),
        **_belonging(community),
        **_written(session),
        "polls/pk": _poll(community).pk,
        "import/uuid": _waiting(community).uuid,
        "uploads/piece": _half_sent(session).token,
        "recordings/slug": make_recording(slug=f"film-of-{community.slug}", title={"en": "A film"}).slug,
        "captions/uuid": _captioned(original.recording).uuid,
        "found/uuid": _doubtful(community).uuid,
        "providers/uuid": _account(community).uuid,
        "add/name": "zoom",
        "links/uuid": _linked(session).uuid,
        "/uuid": original.uuid,
        "/filename": "a.pdf",
        "editions/recipe": "voice",
        "languages/tag": session.language,
        "year/year": 2026,
        "/month": 10,
        "newsletter/number": _letter(community).number,
        "invite/pk": 1,
        "mails/pk": 1,
        "mails/kind": "invitation",
        "/language": "en",
        "members/pk": make_member(community).pk,
        "rooms/number": Room.objects.create(community=community, name=SECRET).pk,
    }
    names = (community.slug, series.slug, session.slug, original.recording.slug)
    return World(dict(zip(KINDS, names, strict=True)), others)


def _recorded(session: Session) -> Original:
    """A recording that is out, with a file."""
    make_material(session, title={"en": SECRET})
    recording = Recording.objects.create(
        slug=session.slug, session=session, title={"en": SECRET}, published_at=NOW, made_at=NOW
    )
    asset = Asset.objects.create(
        sha256=uuid4().hex * 2, size=5, media_type="application/pdf", kept_at=NOW, verified_at=NOW
    )
    slides = Original.objects.create(
        recording=recording, asset=asset, kind="slides", filename=f"{SECRET}.pdf", added_at=NOW
    )
    # One file stands for the deck and the video: only that there are times counts here.
    Timeline.objects.create(video=slides, slides=slides, found_version=1, found_at=NOW)
    return slides


def _captioned(recording: Recording) -> Original:
    """Captions that are out."""
    return make_original(recording, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{SECRET}\n".encode())


def _half_sent(session: Session) -> Upload:
    """A file of which half is here."""
    given = {"kind": "video", "filename": f"{SECRET}.mp4", "length": 10, "sender": "user:0", "made_at": NOW}
    return Upload.objects.create(
        session=session, token=uuid4().hex, expires_at=NOW + timedelta(days=7), **given
    )


def _doubtful(community: Community) -> Found:
    """A file of which nobody knows whose it is."""
    return Found.objects.create(
        source="folder", key=uuid4().hex, name=SECRET, community=community, found_at=NOW
    )


def _planned(session: Session, series: Series) -> dict[str, object]:
    """Who appears, what is owed, what is done on the day, what it is about."""
    speaker = Speaker.objects.create(session=session, person=Person.objects.create(name=SECRET))
    moments = {"due_at": NOW, "first_due_at": NOW, "opened_at": NOW}
    topic = Topic.objects.create(slug=f"topic-{series.slug}", name={"en": SECRET}, made_at=NOW)
    TopicSlug.objects.create(slug=topic.slug, topic=topic)
    session.topics.add(topic)
    Report.objects.create(
        session=session, uuid=uuid4(), answers={"results": SECRET}, published_at=NOW, changed_at=NOW
    )
    given = SeriesRole.objects.create(series=series, person=speaker.person, role="host", since=NOW)
    return {
        "speakers/number": speaker.pk,
        "speakers/uuid": speaker.person.uuid,
        "roles/pk": given.pk,
        "topics/slug": topic.slug,
        "items/pk": Item.objects.create(session=session, kind="slides", **moments).pk,
        "cues/pk": Cue.objects.create(session=session, minute=0, what=SECRET).pk,
        "questions/pk": PhoneQuestion.objects.create(session=session, text=SECRET, noted_at=NOW).pk,
    }


def _came(session: Session) -> dict[str, object]:
    """Who comes, who came, and a list that waits to be taken in."""
    who = {"email": "r@example.org", "name": SECRET, "language": "en", "token": f"r-{session.slug}"}
    registered = Registration.objects.create(session=session, made_at=NOW, **who)
    came = Attendance.objects.create(session=session, name=SECRET, way="hand", made_at=NOW)
    return {
        "registrations/pk": registered.pk,
        "attendance/pk": came.pk,
        "meeting-list/number": _listed(session).pk,
        "ticket/code": code_of(registered),
    }


def _listed(session: Session) -> Intake:
    content = f"Name,Email\n{SECRET},h@example.org\n".encode()
    return keep_list(session=session, content=content, filename=SECRET, zone="UTC", now=NOW, actor_id=None)


def _together(community: Community) -> dict[str, object]:
    """What members share and say to each other."""
    one, other = make_member(community), make_member(community)
    said: dict[str, Any] = {"name": SECRET, "offers": SECRET, "now": NOW}
    entry = enter(membership=one, **said)
    enter(membership=other, **said)
    party = write_to(community=community, writer=other.person, entry=entry, text=SECRET, now=NOW)
    note = party.notes.get()
    Note.objects.filter(pk=note.pk).update(reported_at=NOW)
    shared = Resource.objects.create(
        community=community,
        title=SECRET,
        url="https://example.org/",
        state="published",
        posted_at=NOW,
        changed_at=NOW,
        published_at=NOW,
    )
    wanted = Suggestion.objects.create(community=community, title=SECRET, made_at=NOW, confirmed_at=NOW)
    dead = OutsideLink.objects.get_or_create(
        url=shared.url, defaults={"next_at": NOW, "looked_at": NOW, "failing_since": NOW, "failures": 3}
    )[0]
    place = LinkPlace.objects.create(link=dead, community=community, kind="resource", key=shared.pk)
    return {
        "directory/pk": entry.pk,
        "introductions/pk": note.pk,
        "resources/uuid": shared.uuid,
        "links/number": place.pk,
        "suggestions/uuid": wanted.uuid,
    }


def _belonging(community: Community) -> dict[str, object]:
    """Who asks, an organisation, a cohort, and the logo."""
    logo = kept((Path(__file__).parent / "zoo" / "logos" / "red.png").read_bytes())
    Community.objects.filter(pk=community.pk).update(logo=logo.key, logo_width=1, logo_height=1)
    who = {"email": "asks@example.org", "name": SECRET, "language": "en", "token": f"asks-{community.slug}"}
    asks = JoinRequest.objects.create(
        community=community, standing="waiting", made_at=NOW, asked_at=NOW, **who
    )
    there = Organisation.objects.create(community=community, name=SECRET, made_at=NOW)
    cohort = Cohort.objects.create(community=community, name={"en": SECRET}, made_at=NOW)
    return {
        "requests/pk": asks.pk,
        "organisations/number": there.pk,
        "cohorts/number": cohort.pk,
        "logo/key": logo.key,
    }


def _written(session: Session) -> dict[str, object]:
    """A discussion paper that is out, with a review and a comment."""
    paper = begin(
        community=session.series.community, sessions=[session], sources=[Source(SECRET)], title=SECRET, language="en",
        words=Headings("a", "b", "c", "d", "e"), now=NOW, actor_id=None,
    )  # fmt: skip
    review = reviewing.ask(
        paper=paper,
        name=SECRET,
        email="rev@example.org",
        due_at=NOW + timedelta(days=9),
        now=NOW,
        actor_id=None,
    )
    comment = reviewing.comment(review=review, place="", text=SECRET, revision=1, now=NOW)
    reviewing.approve(paper=paper, seen=1, now=NOW, actor_id=None)
    paper = publish(paper=paper, seen=1, tell=False, now=NOW, actor_id=None).paper
    return {
        "papers/slug": paper.slug,
        "papers/uuid": paper.uuid,
        "reviews/pk": review.pk,
        "comments/pk": comment.pk,
        "drafts/revision": 1,
        "versions/number": 1,
    }


def _linked(session: Session) -> Link:
    """A page elsewhere where the session's recording can be watched."""
    return Link.objects.create(
        session=session, platform="youtube", url=f"https://youtu.be/{SECRET}", next_at=NOW, made_at=NOW
    )


def _account(community: Community) -> Account:
    """An account at a provider, whose secret was sealed with a key that is gone: nobody is asked."""
    return Account.objects.create(
        community=community,
        provider="zoom",
        settings={"account": SECRET, "client": SECRET},
        sealed={"secret": "of another key"},
        made_at=NOW,
        next_at=NOW,
    )


def _letter(community: Community) -> Issue:
    """An issue that went, with a draft of the next."""
    scope, words = f"community:{community.pk}", {"en": SECRET}
    given: dict[str, Any] = {
        "scope": scope,
        "community": community,
        "since": NOW,
        "made_at": NOW,
        "subject": words,
    }
    Issue.objects.create(introduction=words, **given)
    return Issue.objects.create(state="sent", number=1, went_at=NOW, introduction=words, **given)


def _poll(community: Community) -> DatePoll:
    return DatePoll.objects.create(
        community=community,
        title=SECRET,
        language="en",
        zone="UTC",
        minutes=60,
        token=f"t-{community.slug}",
        made_at=NOW,
    )


def _waiting(community: Community) -> WaitingImport:
    return keep_import(
        community=community,
        content=b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        name=SECRET,
        choices={"into": "new", "zone": "UTC"},
        now=NOW,
        actor_id=make_user().pk,
    )


def said(answer: HttpResponseBase) -> str:
    """What an answer says, headers too."""
    body = b"".join(answer) if answer.streaming else getattr(answer, "content", b"")  # type: ignore[arg-type]
    return f"{dict(answer.items())} {body.decode(errors='replace')}"
