"""The one door: who may see and change what. The data is there to leak in every case."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.http import Http404

from seminars import access
from seminars.followups.models import Item
from seminars.people.models import Community, Joining, Role, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series
from seminars.sessions.facts import facts_of
from seminars.sessions.models import Session
from tests.factories import (
    NOW,
    make_community,
    make_material,
    make_member,
    make_person,
    make_series,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db
ROLES = ("nobody", "stranger", "elsewhere", "invited", "member", "organiser", "manager", "administrator")
OURS = {"organiser", "manager", "administrator"}


@pytest.fixture
def cast() -> Callable[[Community], dict[str, Visitor]]:
    """Makes one visitor of each role towards a community; "elsewhere" organises another one."""

    def make(community: Community) -> dict[str, Visitor]:
        visitors = {"nobody": NOBODY}
        for role in ROLES[1:]:
            user = make_user(f"{role}@{community.slug}.example.org", is_superuser=role == "administrator")
            if role in Role.values:
                make_member(community, user, role=role)
            if role == "elsewhere":
                make_member(make_community(joining=Joining.CLOSED), user, role=Role.MANAGER)
            visitors[role] = Visitor(user.pk, is_admin=user.is_superuser)
        return visitors

    return make


def who_may(door: Callable[[str, Visitor], Any], slug: str, visitors: dict[str, Visitor]) -> set[str]:
    """The roles that get in; all others must get 404."""
    allowed = set()
    for role, visitor in visitors.items():
        try:
            assert door(slug, visitor).slug == slug
            allowed.add(role)
        except Http404:
            continue
    return allowed


def expected(*, joining: str, published: bool, audience: str) -> set[str]:
    """The rule in words: organisers see all; what is out is seen by its audience, in a closed community by members."""
    if not published:
        return OURS
    if audience == "named":
        return OURS
    if audience == "members" or joining == Joining.CLOSED:
        return OURS | {"member"}
    return set(ROLES)


CASES = list(product(Joining.values, [True, False], ["everyone", "members", "named"]))


@pytest.mark.parametrize(("joining", "published", "audience"), CASES)
def test_who_sees_a_session(joining: str, published: bool, audience: str, cast: Any) -> None:
    series = make_series(make_community(joining=joining))
    session = make_session(series, published=published, audience=audience)
    visitors = cast(series.community)
    session.named.add(User.objects.get(pk=visitors["invited"].user_id).person)
    seen = expected(joining=joining, published=published, audience=audience)
    assert who_may(access.session_or_404, session.slug, visitors) == seen | (
        {"invited"} if published else set()
    )
    assert who_may(access.organised_session_or_404, session.slug, visitors) == OURS


@pytest.mark.parametrize(("joining", "published", "audience"), CASES)
def test_who_sees_a_series(joining: str, published: bool, audience: str, cast: Any) -> None:
    community = make_community(joining=joining)
    series = make_series(community, published_at=NOW if published else None, audience=audience)
    visitors = cast(community)
    seen = expected(joining=joining, published=published, audience=audience)
    assert who_may(access.series_or_404, series.slug, visitors) == seen
    assert who_may(access.organised_series_or_404, series.slug, visitors) == OURS


@pytest.mark.parametrize("published", [True, False])
def test_who_is_invited_to_one_session_sees_it_and_its_series_name(published: bool, cast: Any) -> None:
    community = make_community(joining=Joining.CLOSED)
    series = make_series(community, published_at=NOW if published else None, audience="named")
    session = make_session(series, published=published)
    make_session(series, published=published)
    visitors = cast(community)
    invited = visitors["invited"]
    session.named.add(User.objects.get(pk=invited.user_id).person)
    assert who_may(access.series_or_404, series.slug, visitors) == OURS
    guests = {"invited"} if published else set()
    assert who_may(access.guests_series_or_404, series.slug, visitors) & {"invited", "nobody"} == guests
    shown = Session.objects.visible_to(invited).filter(series=series)
    assert list(shown) == ([session] if published else [])


@pytest.mark.parametrize("joining", Joining.values)
def test_who_sees_a_community(joining: str, cast: Any) -> None:
    community = make_community(joining=joining)
    visitors = cast(community)
    seen = OURS | {"member"} if joining == Joining.CLOSED else set(ROLES)
    assert who_may(access.community_or_404, community.slug, visitors) == seen
    assert who_may(access.organised_community_or_404, community.slug, visitors) == OURS


def test_nobody_is_let_in_by_a_person_without_an_account(cast: Any) -> None:
    series = make_series(make_community(joining=Joining.CLOSED))
    session = make_session(series)
    visitors = cast(series.community)
    User.objects.get(pk=visitors["member"].user_id).delete()
    assert not Session.objects.visible_to(NOBODY).exists()
    assert not Series.objects.visible_to(visitors["member"]).exists()
    assert session.slug


def test_hidden_and_missing_answer_the_same(cast: Any) -> None:
    session = make_session(published=False)
    said = []
    for slug in (session.slug, "missing-1"):
        with pytest.raises(Http404) as refused:
            access.session_or_404(slug, NOBODY)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_the_organisers_door(cast: Any) -> None:
    visitors = cast(make_community())
    for role, visitor in visitors.items():
        if role in OURS | {"elsewhere"}:
            access.organiser_or_404(visitor)
        else:
            with pytest.raises(Http404):
                access.organiser_or_404(visitor)


def test_nothing_is_seen_twice_by_who_is_member_and_invited(cast: Any) -> None:
    session = make_session()
    visitors = cast(session.series.community)
    member = User.objects.get(pk=visitors["member"].user_id)
    make_member(make_community(), member)
    session.named.add(member.person)
    assert Session.objects.visible_to(visitors["member"]).count() == 1


def test_who_works_on_an_item(cast: Any) -> None:
    session = make_session()
    item = Item.objects.create(
        session=session, kind="slides", due_at=NOW, first_due_at=NOW, opened_at=NOW, state="due"
    )
    allowed = set()
    for role, visitor in cast(session.series.community).items():
        try:
            assert access.organised_item_or_404(item.pk, visitor) == item
            allowed.add(role)
        except Http404:
            continue
    assert allowed == OURS


def test_pages_of_sessions_take_a_constant_number_of_queries(
    member: User, django_assert_max_num_queries: Any
) -> None:
    series = make_series()
    make_member(series.community, member)
    session = make_session(series)
    for kind in ("slides", "recording", "captions"):
        make_material(session, kind)
        session.speakers.create(person=make_person())
        make_session(series)
    with django_assert_max_num_queries(6):
        found = access.session_or_404(session.slug, Visitor(member.pk))
        assert len([each.person.name for each in found.speakers.all()]) == 3
        assert (found.series.community.slug, len(found.materials.all())) == (series.community.slug, 3)
        assert facts_of(found).shown == {"slides", "recording", "captions"}
    with django_assert_max_num_queries(6):
        for each in Session.objects.visible_to(Visitor(member.pk)).with_all():
            assert facts_of(each) is not None
