"""Links that lead nowhere: told to who can mend them, with where each stands, and to nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.followups.links import places
from seminars.followups.links.models import LinkPlace, OutsideLink
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_series, make_session
from tests.seminars.followups.papers.test_papers import begun, out
from tests.seminars.series.resources.test_sharing import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
DESK = "/organise/communities/savings/links/"


def kill(*urls: str) -> None:
    places.gather(now=NOW)
    rows = OutsideLink.objects.filter(url__in=urls) if urls else OutsideLink.objects.all()
    rows.update(
        failures=3, failing_since=NOW, looked_at=NOW + timedelta(days=2), words="The page is gone (404)."
    )


def stand(community: Community, end: str = "") -> None:
    """A dead link of each kind."""
    post(community, title=f"A lost grant{end}", url=f"https://example.org/grant{end}")
    series = make_series(community, external=True, source_url=f"https://example.org/series{end}")
    session = make_session(
        series, source_url=f"https://example.org/session{end}", title={"en": f"A talk{end}"}
    )
    version = out(begun([session], title=f"Mentors{end}"))
    type(version).objects.filter(pk=version.pk).update(doi=f"10.5555/x{end}")
    Community.objects.filter(pk=community.pk).update(discusses_at="https://example.org/forum")
    kill()


def test_each_stands_with_its_page_and_where_it_is_mended(as_organiser: Client, community: Community) -> None:
    assert "Every link that was looked at leads somewhere." in as_organiser.get(DESK).content.decode()
    assert "nowhere" not in as_organiser.get("/organise/").content.decode()
    stand(community)
    page = as_organiser.get(DESK).content.decode()
    for words in (
        "A lost grant",
        "A talk",
        "Mentors",
        "https://doi.org/10.5555/x",
        "https://example.org/forum",
    ):
        assert words in page
    assert page.count("The page is gone (404).") == 5
    assert "Since 16 November 2026; last looked at on 18 November 2026." in page
    for edit in ("/edit/", "/organise/papers/", "/organise/communities/savings/edit/"):
        assert edit in page
    for address in ("/organise/", "/organise/communities/savings/"):
        overview = as_organiser.get(address).content.decode()
        assert "5 links lead nowhere" in overview
        assert f'href="{DESK}"' in overview


def test_it_is_all_right_and_look_now(as_organiser: Client, community: Community) -> None:
    stand(community)
    place = LinkPlace.objects.get(kind="session")
    assert as_organiser.post(f"{DESK}{place.pk}/leave/").status_code == 302
    page = as_organiser.get(DESK).content.decode()
    assert "It is all right" in page
    assert "A talk" not in page
    place.refresh_from_db()
    assert place.settled_by is not None
    other = LinkPlace.objects.get(kind="series")
    assert as_organiser.post(f"{DESK}{other.pk}/look/").status_code == 302
    assert Job.objects.get().subject == f"address:{other.link_id}"


def test_the_moderator_is_told_on_the_list_too(
    as_organiser: Client, as_member: Client, community: Community
) -> None:
    post(community, title="A lost grant", url="https://example.org/gone")
    kill()
    desk = "/organise/communities/savings/resources/"
    page = as_organiser.get(desk).content.decode()
    assert "Links that do not open any more" in page
    assert "The page is gone (404)." in page
    assert "since 16 November 2026" in page
    shown = as_member.get("/communities/savings/resources/").content.decode()
    assert "A lost grant" in shown
    assert "gone (404)" not in shown
    OutsideLink.objects.update(failures=2)
    assert "Links that do not open" not in as_organiser.get(desk).content.decode()


def test_strangers_are_never_told(
    as_nobody: Client, as_stranger: Client, as_member: Client, as_organiser: Client, community: Community
) -> None:
    stand(community)
    place = LinkPlace.objects.get(kind="session")
    assert as_nobody.get(DESK).status_code == 302
    for client in (as_stranger, as_member):
        assert client.get(DESK).status_code == 404
        assert client.post(f"{DESK}{place.pk}/leave/").status_code == 404
        assert client.post(f"{DESK}{place.pk}/look/").status_code == 404
    for address in ("/communities/savings/", f"/sessions/{Session.objects.get(pk=place.key).slug}/"):
        for client in (as_nobody, as_stranger, as_member):
            page = client.get(address).content.decode()
            assert "example.org" in page
            assert "404" not in page
            assert "nowhere" not in page
    elsewhere = make_community(slug="other")
    assert (
        as_organiser.post(f"/organise/communities/{elsewhere.slug}/links/{place.pk}/leave/").status_code
        == 404
    )
    assert as_organiser.post(f"{DESK}{place.pk}99/leave/").status_code == 404
    assert LinkPlace.objects.get(pk=place.pk).settled_at is None


def test_questions_do_not_grow_with_links(as_organiser: Client, community: Community) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert as_organiser.get(DESK).status_code == 200
        return len(found)

    stand(community)
    asked()
    first = asked()
    for end in ("-b", "-c"):
        stand(community, end)
    assert asked() == first
    assert first <= 20
