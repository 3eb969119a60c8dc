"""The organiser's first page: overdue first, and words where there is nothing yet."""

from datetime import timedelta

import pytest
from django.test import Client

from seminars.followups.models import Item
from seminars.people.membership.models import JoinRequest
from seminars.people.models import Community
from seminars.sessions.models import MaterialKind, Session
from seminars.sessions.registration.models import Registration
from tests.factories import NOW, make_community, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")


def test_what_needs_me_comes_first_overdue_first(as_organiser: Client, session: Session) -> None:
    for kind, days in ((MaterialKind.REPORT, 3), (MaterialKind.SLIDES, -3)):
        at = NOW + timedelta(days=days)
        Item.objects.create(session=session, kind=kind, due_at=at, first_due_at=at, opened_at=NOW)
    make_series(session.series.community, slug="draft", title={"en": "A draft"}, published_at=None)
    answer = as_organiser.get("/organise/")
    assert [item.kind for item in answer.context["items"]] == ["slides", "report"]
    page = answer.content.decode()
    assert [words in page for words in ("Savings by phone", "A draft", "The cohort")] == [True] * 3


def test_what_waits_for_an_answer_is_said_once_and_leads_there(
    as_organiser: Client, community: Community, session: Session
) -> None:
    asked = {"language": "en", "made_at": NOW}
    for place in (community, make_community()):
        for n in range(2):
            email = f"{n}@example.org"
            JoinRequest.objects.create(
                community=place, email=email, name="Asker", token=f"{place.pk}-{n}", standing="waiting",
                asked_at=NOW, **asked,
            )  # fmt: skip
    Registration.objects.create(
        session=session, email="a@example.org", name="Ana", token="a", seat="asked", confirmed_at=NOW, **asked
    )
    page = as_organiser.get("/organise/").content.decode()
    assert page.count("2 requests to join") == 1
    assert f"/organise/communities/{community.slug}/requests/" in page
    assert "1 registration to answer" in page
    assert f"/organise/sessions/{session.slug}/registrations/?list=asked" in page
    at_home = as_organiser.get(f"/organise/communities/{community.slug}/").content.decode()
    assert ("2 requests to join" in at_home, "1 registration to answer" in at_home) == (True, True)


def test_nothing_of_other_communities_is_there(as_organiser: Client) -> None:
    other = make_session(make_series(make_community()), title={"en": "Elsewhere"})
    Item.objects.create(session=other, kind=MaterialKind.SLIDES, due_at=NOW, first_due_at=NOW, opened_at=NOW)
    make_series(other.series.community, title={"en": "Elsewhere"}, published_at=None)
    assert "Elsewhere" not in as_organiser.get("/organise/").content.decode()


def test_empty_places_say_what_to_do(as_organiser: Client, as_administrator: Client) -> None:
    page = as_organiser.get("/organise/").content.decode()
    assert "Nothing is due. After each session its checklist appears here" in page
    assert "you give the rhythm once" in page
    assert "Make a community" not in page
    Community.objects.all().delete()
    page = as_administrator.get("/organise/").content.decode()
    assert "Make the first one" in page


def test_series_stand_by_their_names(as_organiser: Client, session: Session) -> None:
    make_series(session.series.community, slug="aa", title={"en": "Zinc"})
    make_series(session.series.community, slug="zz", title={"en": "a word on zinc"})
    named = [each.title["en"] for each in as_organiser.get("/organise/").context["series"]]
    assert named == ["a word on zinc", "After Hours", "Zinc"]
