"""Every address that names something closed answers a stranger as if nothing were there, in every method.

It walks the site's own table of addresses, so that a new page is tested on the day it appears.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from recordings.assets.models import Asset
from recordings.catalogue.models import Original, Recording
from seminars.calendars.importing.models import WaitingImport
from seminars.calendars.importing.waiting import keep as keep_import
from seminars.followups.models import Item
from seminars.people.directory.listing import enter
from seminars.people.introducing.introducing import write_to
from seminars.people.introducing.models import Note
from seminars.people.membership.logos import kept
from seminars.people.membership.models import Cohort, JoinRequest, Organisation
from seminars.people.models import Community, Person, User
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
from tests.conftest import signed_in
from tests.factories import (
    NOW,
    make_community,
    make_material,
    make_member,
    make_series,
    make_session,
    make_user,
)

SECRET = "Quiet-Heron"
# Kinds of thing by the word that stands before the first name in an address.
KINDS = ("communities", "series", "sessions", "archive")
# These hold a secret of their own, and nothing else by which a closed thing could be found.
OWN_SECRET = (
    "/here/",
    "/certificates/",
    "/me/",
    "/mailbox/",
    "/setup/",
    "/speak/",
    "/poll/",
    "/group/",
    "/accounts/",
    "/invitations/",
    "/membership/",
    "/mails/stop/",
    "/mails/reports/",
    "/reader/",
    "/registration/",
    "/series-registration/",
    "/introductions/",
    "/suggestions/",
)
# Of administrators only, and about nothing by name.
OF_ADMINISTRATORS = ("/organise/mails/",)
# A feed of a closed community exists for nobody but in its members' own; the file here has no bytes.
NOWHERE = re.compile(r"/(?:calendar\.ics|changes\.(?:atom|json))$|/files/<")

# An organiser's own pages: they name a time and nothing closed, and show each organiser their own sessions.
OWN_PAGES = ("/organise/year/",)


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, set[str]]]:
    """Each address of ours that takes a name, with the names it takes."""
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each, route)
        elif isinstance(each, URLPattern) and each.callback.__module__.startswith(("seminars", "recordings")):
            names = set(re.findall(r"<(?:\w+:)?(\w+)>", route))
            if names and not route.startswith((*OWN_SECRET, *OF_ADMINISTRATORS)):
                yield route, names


ROUTES = sorted(route for route, _names in addresses(get_resolver()))


@dataclass
class World:
    """One closed thing of each kind: what stands for a name in an address that begins in this way."""

    slugs: dict[str, str]
    others: dict[str, object]

    def path(self, route: str, *, missing: bool = False) -> str:
        """The address of the closed thing, or of one that does not exist."""
        slugs = dict.fromkeys(self.slugs, "nothing-here") if missing else self.slugs
        taken = self.others | {f"{kind}/slug": slug for kind, slug in slugs.items()}
        for name, value in taken.items():
            before, _slash, last = name.rpartition("/")
            route = re.sub(rf"({before}/)<(\w+:)?{last}>", rf"\g<1>{value}", route)
        assert "<" not in route, f"tell this test what stands for {route}"
        return route


def registered(session: Session) -> Registration:
    """Somebody who comes."""
    who = {"email": "r@example.org", "name": SECRET, "language": "en", "token": "r"}
    return Registration.objects.create(session=session, made_at=NOW, **who)


def came(session: Session) -> Attendance:
    """Somebody who came."""
    return Attendance.objects.create(session=session, name=SECRET, way="hand", made_at=NOW)


def listed(session: Session) -> Intake:
    """A list that waits to be taken in."""
    content = f"Name,Email\n{SECRET},h@example.org\n".encode()
    return keep_list(session=session, content=content, filename=SECRET, zone="UTC", now=NOW, actor_id=None)


@pytest.fixture
def world(closed_community: Community) -> World:
    """A closed community with a past session that has everything a session can have."""
    Community.objects.filter(pk=closed_community.pk).update(name={"en": SECRET}, summary={"en": SECRET})
    series = make_series(closed_community, title={"en": SECRET}, abstract={"en": SECRET})
    session = make_session(
        series, wall=datetime(2026, 10, 1, 15, 0), title={"en": SECRET}, abstract={"en": SECRET}
    )
    make_material(session, title={"en": SECRET})
    speaker = Speaker.objects.create(session=session, person=Person.objects.create(name=SECRET))
    moments = {"due_at": NOW, "first_due_at": NOW, "opened_at": NOW}
    item = Item.objects.create(session=session, kind="slides", **moments)
    recording = Recording.objects.create(
        slug=session.slug, session=session, title={"en": SECRET}, published_at=NOW, made_at=NOW
    )
    asset = Asset.objects.create(
        sha256=uuid4().hex * 2, size=5, media_type="application/pdf", kept_at=NOW, verified_at=NOW
    )
    original = Original.objects.create(
        recording=recording, asset=asset, kind="slides", filename=f"{SECRET}.pdf", added_at=NOW
    )
    given = SeriesRole.objects.create(series=series, person=speaker.person, role="host", since=NOW)
    cue = Cue.objects.create(session=session, minute=0, what=SECRET)
    topic = Topic.objects.create(slug="hidden-topic", name={"en": SECRET}, made_at=NOW)
    TopicSlug.objects.create(slug=topic.slug, topic=topic)
    session.topics.add(topic)
    asked = PhoneQuestion.objects.create(session=session, text=SECRET, noted_at=NOW)
    others = {
        "registrations/pk": registered(session).pk,
        "attendance/pk": came(session).pk,
        "meeting-list/number": listed(session).pk,
        "ticket/code": code_of(Registration.objects.get(session=session)),
        "cues/pk": cue.pk,
        "topics/slug": topic.slug,
        "speakers/uuid": speaker.person.uuid,
        "languages/tag": session.language,
        "polls/pk": _poll(closed_community).pk,
        **_together(closed_community),
        **_belonging(closed_community),
        "questions/pk": asked.pk,
        "import/uuid": _waiting(closed_community).uuid,
        "/uuid": original.uuid,
        "/filename": "a.pdf",
        "year/year": 2026,
        "/month": 10,
        "items/pk": item.pk,
        "invite/pk": 1,
        "mails/pk": 1,
        "members/pk": make_member(closed_community).pk,
        "speakers/number": speaker.pk,
        "roles/pk": given.pk,
        "rooms/number": Room.objects.create(community=closed_community, name=SECRET).pk,
    }
    slugs = dict(zip(KINDS, (closed_community.slug, series.slug, session.slug, recording.slug), strict=True))
    return World(slugs, others)


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
    return {
        "directory/pk": entry.pk,
        "introductions/pk": note.pk,
        "resources/uuid": shared.uuid,
        "suggestions/uuid": wanted.uuid,
    }


def _belonging(community: Community) -> dict[str, object]:
    """Who asks, an organisation, a cohort, and the logo."""
    logo = kept((Path(__file__).parent / "zoo" / "logos" / "red.png").read_bytes())
    Community.objects.filter(pk=community.pk).update(logo=logo.key, logo_width=1, logo_height=1)
    who = {"email": "asks@example.org", "name": SECRET, "language": "en", "token": "asks"}
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


def _poll(community: Community) -> DatePoll:
    return DatePoll.objects.create(
        community=community, title=SECRET, language="en", zone="UTC", minutes=60, token="t", made_at=NOW
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


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ROUTES)
def test_a_closed_thing_is_not_there_for_strangers(
    world: World, as_stranger: Client, as_nobody: Client, route: str, method: str
) -> None:
    for client in (as_stranger, as_nobody):
        closed: Any = getattr(client, method)(world.path(route))
        missing: Any = getattr(client, method)(world.path(route, missing=True))
        assert closed.status_code == missing.status_code
        assert closed.status_code in {302, 404, 405}
        if closed.status_code == 302:
            assert closed.url.startswith("/accounts/login/")
        assert SECRET not in said(closed)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.startswith("/organise/") and not route.startswith(OWN_PAGES)]
)
def test_organising_is_not_there_for_plain_members(
    world: World, as_member: Client, route: str, method: str
) -> None:
    other = make_member(
        make_community(), Person.objects.get(email="member@example.org").user, role="organiser"
    )
    assert other.role == "organiser"  # of another community: the pages are there, these things are not
    answer = getattr(as_member, method)(world.path(route))
    assert answer.status_code in {404, 405}
    assert SECRET not in said(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith(OWN_PAGES)])
def test_an_organiser_sees_their_own_sessions_only(
    world: World, as_member: Client, as_organiser: Client, route: str
) -> None:
    make_member(make_community(), Person.objects.get(email="member@example.org").user, role="organiser")
    assert SECRET in said(as_organiser.get(world.path(route)))
    answer = as_member.get(world.path(route))
    assert answer.status_code == 200
    assert SECRET not in said(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ROUTES if not NOWHERE.search(route)])
def test_what_is_hidden_is_there_for_its_organisers(
    world: World, as_organiser: Client, organiser: User, route: str
) -> None:
    answer = as_organiser.get(world.path(route))
    assert answer.status_code in {200, 301, 302, 405}, (
        f"{route} cannot be reached, so hiding it shows nothing"
    )


SESSION = "/organise/sessions/<slug:slug>/"
FOR_THE_COMMUNITY = "/once-more/"  # a new series, which has no roles yet
OPEN_TO = {
    "host": (SESSION + "run-sheet/", SESSION + "close/", SESSION + "door/", SESSION + "attendance/"),
    "note-taker": (SESSION + "report/", SESSION + "attendance/"),
    "organiser": ("/organise/series/", "/organise/sessions/", "/organise/items/"),
    "owner": ("/organise/series/", "/organise/sessions/", "/organise/items/"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", OPEN_TO)
def test_a_role_in_a_series_opens_its_own_pages_only(world: World, stranger: User, role: str) -> None:
    series = Series.objects.get(slug=world.slugs["series"])
    SeriesRole.objects.create(series=series, person=stranger.person, role=role, since=NOW)
    client = signed_in(stranger)
    wrong = {}
    for route in ROUTES:
        if not route.startswith("/organise/") or route.startswith(OWN_PAGES) or NOWHERE.search(route):
            continue
        status = client.get(world.path(route)).status_code
        opened = route.startswith(OPEN_TO[role]) and not route.endswith(FOR_THE_COMMUNITY)
        expected = {200, 301, 302, 405} if opened else {404, 405}
        leaks = 200 not in expected and SECRET in said(client.get(world.path(route)))
        if status not in expected or leaks:
            wrong[route] = status
    assert wrong == {}


@pytest.mark.django_db
def test_no_role_in_a_series_opens_another(world: World, stranger: User) -> None:
    other = make_series(make_community())
    SeriesRole.objects.create(series=other, person=stranger.person, role="owner", since=NOW)
    client = signed_in(stranger)
    for route in ROUTES:
        if NOWHERE.search(route) or route.startswith(OWN_PAGES):
            continue
        answer = client.get(world.path(route))
        assert answer.status_code in {404, 405}, route
        assert SECRET not in said(answer)
