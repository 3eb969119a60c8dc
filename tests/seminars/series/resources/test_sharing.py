"""Shared resources: who sees which, what waits, and deadlines in their own zone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import Community, Joining, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.resources import sharing
from seminars.series.resources.models import Resource, ResourceState
from tests.factories import NOW, make_community, make_member

pytestmark = pytest.mark.django_db


def post(community: Community, *, moderator: bool = True, **columns: Any) -> Resource:
    given = {"title": "A grant", "url": "https://example.org/grant"} | columns
    person = make_member(community).person
    return sharing.post_resource(
        community=community, person=person, moderator=moderator, now=NOW, actor_id=None, **given
    )


def test_openness_decides_who_sees_the_list(stranger: User, administrator: User) -> None:
    seen = {}
    for joining in Joining.values:
        community = make_community(joining=joining)
        member = make_member(community).person.user_id
        post(community)
        post(community, moderator=False)  # waits
        visitors = (NOBODY, Visitor(stranger.pk), Visitor(member), Visitor(administrator.pk, is_admin=True))
        rows = [Resource.objects.visible_to(each).filter(community=community).count() for each in visitors]
        seen[joining] = rows
    assert seen == {"open": [1, 1, 1, 1], "request": [0, 0, 1, 1], "closed": [0, 0, 1, 1]}


def test_a_deadline_counts_by_its_own_clock(community: Community) -> None:
    whole = post(community, due_on=date(2026, 12, 1), zone="America/Mexico_City")
    hour = post(community, due_on=date(2026, 12, 1), due_time=time(17), zone="Asia/Kolkata")
    assert whole.due_at == datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
    assert hour.due_at == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


def test_questions_for_lists_and_newsletters(community: Community) -> None:
    late = post(community, title="Late", due_on=date(2026, 11, 15), zone="UTC")
    soon = post(community, title="Soon", due_on=date(2026, 11, 20), zone="UTC")
    far = post(community, title="Far", due_on=date(2027, 1, 20), zone="UTC")
    never = post(community, title="Never")
    rows = Resource.objects.published()
    assert list(rows.current(now=NOW)) == [soon, far, never]
    assert list(rows.passed(now=NOW)) == [late]
    assert list(Resource.objects.due_soon(now=NOW)) == [soon]
    Resource.objects.filter(pk=far.pk).update(published_at=NOW - timedelta(days=8))
    assert set(Resource.objects.fresh(since=NOW - timedelta(days=7))) == {late, soon, never}


def test_a_members_post_waits_unless_the_rule_says_otherwise(community: Community) -> None:
    assert post(community, moderator=False).state == ResourceState.WAITING
    sharing.set_rule(community=community, at_once=True)
    assert post(community, moderator=False).state == ResourceState.PUBLISHED


def test_a_moderator_takes_or_says_why_not(community: Community) -> None:
    one, other = post(community, moderator=False), post(community, moderator=False)
    sharing.decide(resource=one, takes=True, now=NOW, actor_id=None)
    with pytest.raises(UserError):
        sharing.decide(resource=other, takes=False, now=NOW, actor_id=None)
    sharing.decide(resource=other, takes=False, reason="Paid advertising", now=NOW, actor_id=None)
    sharing.decide(resource=other, takes=True, now=NOW, actor_id=None)  # decided meanwhile
    found = dict(Resource.objects.values_list("pk", "state"))
    assert found == {one.pk: "published", other.pk: "declined"}
    assert Resource.objects.get(pk=one.pk).published_at == NOW
    again = sharing.edit(resource=other, moderator=False, now=NOW, actor_id=None, title="A free course")
    assert (again.state, again.reason) == ("waiting", "")


def test_withdrawn_ones_are_gone_from_the_list(community: Community) -> None:
    made = post(community)
    sharing.withdraw(resource=made, now=NOW, actor_id=None)
    assert not Resource.objects.visible_to(NOBODY).exists()


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://me:secret@example.org/"}, "url"),
        ({"title": ""}, "title"),
        ({"about": "x" * 1001}, "about"),
        ({"kind": "spell"}, "kind"),
        ({"due_on": date(2026, 12, 1)}, "zone"),
    ],
)
def test_wrong_ones_are_refused(community: Community, columns: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as refused:
        post(community, **columns)
    assert field in refused.value.fields
    assert not Resource.objects.exists()


def test_ten_of_one_member_wait_at_most(community: Community) -> None:
    person = make_member(community).person
    given: dict[str, Any] = {
        "community": community,
        "person": person,
        "moderator": False,
        "now": NOW,
        "actor_id": None,
        "title": "A",
        "url": "https://example.org/",
    }
    for _ in range(10):
        sharing.post_resource(**given)
    with pytest.raises(UserError):
        sharing.post_resource(**given)
