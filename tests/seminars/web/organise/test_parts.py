"""Roles in a series: given and taken back, what each sees and may do, and what it may not."""

from datetime import datetime
from itertools import product
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.utils.translation import override

from seminars import access
from seminars.followups.models import Item
from seminars.followups.reports.models import Report
from seminars.people.models import Community, Joining, User
from seminars.people.visitors import Visitor
from seminars.series.models import Part, Series, SeriesRole
from seminars.sessions.models import Session
from seminars.web.organise.parts import given_in
from tests.conftest import signed_in
from tests.factories import NOW, make_community, make_person, make_series, make_session, make_user

pytestmark = [pytest.mark.usefixtures("stopped"), pytest.mark.django_db]
ROLES = "/organise/series/after-hours/roles/"


def with_role(series: Series, role: str) -> User:
    """An account that has this role in the series, and belongs nowhere."""
    user = make_user(f"{role}@{series.slug}.example.org")
    SeriesRole.objects.create(series=series, person=user.person, role=role, since=NOW)
    return user


def opens(door: Any, slug: str, user: User) -> bool:
    """Whether a door opens."""
    try:
        return bool(door(slug, Visitor(user.pk)).slug == slug)
    except Http404:
        return False


CASES = list(product(Joining.values, [True, False], ["everyone", "members", "named"]))


@pytest.mark.parametrize(("joining", "published", "audience"), CASES)
def test_every_role_sees_its_series_and_no_other(joining: str, published: bool, audience: str) -> None:
    community = make_community(joining=joining)
    out = NOW if published else None
    series = make_series(community, published_at=out, audience=audience)
    other = make_series(community, published_at=None, audience=audience)
    session = make_session(series, published=published, audience=audience)
    hidden = make_session(other, published=False, audience=audience)
    planning, hosting, noting = set(), set(), set()
    for role in Part.values:
        user = with_role(series, role)
        assert opens(access.series_or_404, series.slug, user)
        assert opens(access.session_or_404, session.slug, user)
        assert not opens(access.series_or_404, other.slug, user)
        for door in (
            access.session_or_404,
            access.organised_session_or_404,
            access.hosted_session_or_404,
            access.noted_session_or_404,
        ):
            assert not opens(door, hidden.slug, user)
        assert opens(access.organised_series_or_404, series.slug, user) == opens(
            access.organised_session_or_404, session.slug, user
        )
        planning |= {role} if opens(access.organised_series_or_404, series.slug, user) else set()
        hosting |= {role} if opens(access.hosted_session_or_404, session.slug, user) else set()
        noting |= {role} if opens(access.noted_session_or_404, session.slug, user) else set()
        assert opens(access.owned_series_or_404, series.slug, user) == (role == Part.OWNER)
        assert not opens(access.organised_community_or_404, community.slug, user)
    assert (planning, hosting, noting) == (
        {"owner", "organiser"},
        {"owner", "organiser", "host"},
        {"owner", "organiser", "note-taker"},
    )


def test_items_and_laws_follow_the_series(session: Session) -> None:
    moments = {"due_at": NOW, "first_due_at": NOW, "opened_at": NOW}
    Item.objects.create(session=session, kind="slides", **moments)
    seen = {
        role: Item.objects.visible_to(Visitor(with_role(session.series, role).pk)).exists()
        for role in Part.values
    }
    assert seen == {"owner": True, "organiser": True, "host": False, "note-taker": False}


def test_a_person_without_an_account_opens_nothing(series: Series) -> None:
    SeriesRole.objects.create(series=series, person=make_person(), role=Part.OWNER, since=NOW)
    assert not Series.objects.organised_by(Visitor()).exists()
    assert not Series.objects.owned_by(Visitor()).exists()
    assert not Session.objects.hosted_by(Visitor()).exists()


def test_a_role_is_given_changed_and_taken_back(as_organiser: Client, series: Series) -> None:
    given = {"email": "Amina@example.org", "name": "Amina", "role": "host"}
    assert as_organiser.post(ROLES, given).status_code == 302
    assert (
        as_organiser.post(ROLES, given | {"email": "amina@example.org", "role": "owner"}).status_code == 302
    )
    role = SeriesRole.objects.get()
    assert (role.person.name, role.role) == ("Amina", "owner")
    page = as_organiser.get("/organise/series/after-hours/").content.decode()
    assert "Amina: owner" in page
    assert "changed who has which role" in page
    assert as_organiser.post(f"{ROLES}{role.pk}/end/").status_code == 302
    assert not SeriesRole.objects.exists()


def test_who_has_a_role_stands_by_name(series: Series) -> None:
    for name in ("Zoe", "Åsa", "Élan"):
        SeriesRole.objects.create(series=series, person=make_person(name=name), role=Part.HOST, since=NOW)
    with override("sv"):
        assert [each.person.name for each in given_in(series)] == ["Élan", "Zoe", "Åsa"]


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"email": ""}, {"role": "king"}])
def test_what_cannot_be_given_is_said(as_organiser: Client, series: Series, wrong: dict[str, str]) -> None:
    given = {"email": "amina@example.org", "name": "", "role": "host"} | wrong
    assert as_organiser.post(ROLES, given).status_code == 400
    assert not SeriesRole.objects.exists()


def test_owners_give_roles_and_organisers_only_see_them(series: Series) -> None:
    given = {"email": "new@example.org", "name": "", "role": "host"}
    organiser = signed_in(with_role(series, Part.ORGANISER))
    assert "Give a role" not in organiser.get(ROLES).content.decode()
    assert organiser.post(ROLES, given).status_code == 404
    assert organiser.post(f"{ROLES}{SeriesRole.objects.get().pk}/end/").status_code == 404
    assert signed_in(with_role(series, Part.OWNER)).post(ROLES, given).status_code == 302
    assert SeriesRole.objects.filter(person__email="new@example.org", role="host").exists()


def test_an_owner_who_goes_is_led_to_the_board(series: Series) -> None:
    owner = with_role(series, Part.OWNER)
    answer = signed_in(owner).post(f"{ROLES}{SeriesRole.objects.get().pk}/end/")
    assert answer["Location"] == "/organise/"


def test_a_role_is_ended_in_its_own_series_only(series: Series, community: Community) -> None:
    elsewhere = SeriesRole.objects.create(
        series=make_series(community), person=make_person(), role=Part.HOST, since=NOW
    )
    client = signed_in(with_role(series, Part.OWNER))
    assert client.post(f"{ROLES}{elsewhere.pk}/end/").status_code == 404
    assert SeriesRole.objects.filter(pk=elsewhere.pk).exists()


def test_a_host_runs_and_ends_a_session(series: Series) -> None:
    session = make_session(series, wall=datetime(2026, 11, 16, 13, 30), title={"en": "Now"})
    client = signed_in(with_role(series, Part.HOST))
    assert "/run-sheet/" in client.get("/organise/").content.decode()
    page = client.get(f"/organise/sessions/{session.slug}/run-sheet/").content.decode()
    assert "End the session" in page
    assert f'href="/organise/sessions/{session.slug}/"' not in page
    assert "/organise/series/" not in page
    asked = client.get(f"/organise/sessions/{session.slug}/close/").content.decode()
    assert f'href="/organise/sessions/{session.slug}/"' not in asked
    assert f'href="/organise/sessions/{session.slug}/run-sheet/"' in asked
    sent = {"seen": session.revision}
    answer = client.post(f"/organise/sessions/{session.slug}/close/", sent)
    assert answer["Location"] == f"/organise/sessions/{session.slug}/run-sheet/"
    session.refresh_from_db()
    assert session.closed_at == NOW
    assert client.post(f"/organise/sessions/{session.slug}/cancel/", {"reason": "x"}).status_code == 404
    assert client.get(f"/organise/sessions/{session.slug}/report/").status_code == 404


def test_a_note_taker_writes_the_report(series: Series) -> None:
    session = make_session(series, wall=datetime(2026, 11, 10, 13, 0), title={"en": "Held"})
    client = signed_in(with_role(series, Part.NOTES))
    assert f"/organise/sessions/{session.slug}/report/" in client.get("/organise/").content.decode()
    answer = client.get(f"/organise/sessions/{session.slug}/report/")
    assert f'href="/organise/sessions/{session.slug}/"' not in answer.content.decode()
    assert "/report-form/" not in answer.content.decode()
    sent = {"hand": "page-1", "seen-results": "0", "a-results": "We agreed."}
    address = f"/organise/sessions/{session.slug}/report/"
    assert client.post(f"{address}publish/", sent)["Location"] == address
    assert Report.objects.out().get().answers["results"] == "We agreed."
    assert client.get(f"/organise/sessions/{session.slug}/run-sheet/").status_code == 404


def test_an_organiser_of_a_series_plans_it_without_the_community(session: Session) -> None:
    client = signed_in(with_role(session.series, Part.ORGANISER))
    board = client.get("/organise/").content.decode()
    assert "After Hours" in board
    assert "Plan a series</a>" not in board
    page = client.get("/organise/series/after-hours/").content.decode()
    assert "/organise/communities/" not in page
    assert client.get("/organise/series/after-hours/edit/").status_code == 200
    assert client.get(f"/organise/sessions/{session.slug}/").status_code == 200
    assert "Organise" in client.get("/").content.decode()


@pytest.mark.parametrize("empty", ["/organise/year/2030/", "/organise/list/"])
def test_only_who_plans_for_a_community_is_led_to_the_planner(
    as_organiser: Client, series: Series, empty: str
) -> None:
    link = 'href="/organise/series/new/"'
    assert link in as_organiser.get(empty).content.decode()
    assert link not in signed_in(with_role(series, Part.ORGANISER)).get(empty).content.decode()
