"""Leaving and being removed; organisations and cohorts; somebody always plans."""

from datetime import date, datetime
from typing import Any

import pytest

from seminars.calendars.belonging import sessions_of_person
from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.membership import cohorts, leaving, organisations
from seminars.people.membership.models import Cohort, Organisation
from seminars.people.models import Community, Membership, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Audience, Series
from seminars.sessions import moving
from seminars.sessions.models import Session
from seminars.sessions.rewording import edit_series
from tests.factories import make_community, make_member, make_series, make_session, make_user

pytestmark = pytest.mark.django_db


def test_the_last_who_plans_neither_leaves_nor_is_made_less(now: datetime) -> None:
    community = make_community()
    one, other = make_member(community, role="organiser"), make_member(community, role="manager")
    leaving.remove(membership=one, reason="Moved on.", now=now, actor_id=None)
    for verb in (
        lambda: leaving.leave(membership=other, now=now, actor_id=None),
        lambda: leaving.give_role(membership=other, role="member", now=now, actor_id=None),
    ):
        with pytest.raises(UserError, match="must plan"):
            verb()
    assert Membership.objects.get(community=community) == other
    assert Change.objects.get(kind="left").note == "Moved on."
    plain = make_member(community)
    assert leaving.leave(membership=plain, now=now, actor_id=None)
    assert not leaving.leave(membership=plain, now=now, actor_id=None)


def add(organisation: Organisation, email: str, now: datetime) -> Membership:
    return organisations.add_representative(
        organisation=organisation, email=email, name="", now=now, actor_id=None
    )


def test_representatives_see_what_members_see_until_the_organisation_goes(
    closed_community: Community, now: datetime
) -> None:
    session = make_session(make_series(closed_community))
    there = organisations.named(community=closed_community, name="Harvest", now=now, actor_id=None)
    user = make_user("ana@example.org")
    member = add(there, "ANA@example.org", now)
    assert (member.organisation, member.person.user) == (there, user)
    visitor = Visitor(user.pk)
    assert list(Session.objects.visible_to(visitor)) == [session]
    assert list(Community.objects.visible_to(visitor)) == [closed_community]
    assert organisations.remove(organisation=there, now=now, actor_id=None) == 1
    assert not Session.objects.visible_to(visitor).exists()
    assert not Membership.objects.filter(pk=member.pk).exists()
    kinds = set(Change.objects.values_list("kind", flat=True))
    assert {"organisation-joined", "joined", "left", "organisation-left"} <= kinds


def test_nobody_represents_two_and_no_two_have_one_name(community: Community, now: datetime) -> None:
    one = organisations.named(community=community, name="Harvest", now=now, actor_id=None)
    assert organisations.named(community=community, name=" harvest ", now=now, actor_id=None) == one
    other = organisations.named(community=community, name="Mandate", now=now, actor_id=None)
    add(one, "ana@example.org", now)
    with pytest.raises(UserError, match="another organisation"):
        add(other, "ana@example.org", now)
    with pytest.raises(UserError, match="has this name"):
        organisations.edit(organisation=other, name="HARVEST", now=now, actor_id=None)
    with pytest.raises(UserError, match="e-mail"):
        add(one, "ana@example.org, bo@example.org", now)


def test_an_organisation_with_the_last_organiser_stays(now: datetime) -> None:
    community = make_community()
    there = organisations.named(community=community, name="Harvest", now=now, actor_id=None)
    make_member(community, role="manager", organisation=there)
    with pytest.raises(UserError, match="must plan"):
        organisations.remove(organisation=there, now=now, actor_id=None)
    assert Membership.objects.count() == 1


@pytest.fixture
def cohort(closed_community: Community, now: datetime) -> Cohort:
    return cohorts.make(
        community=closed_community,
        name={"en": "Spring"},
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 27),
        now=now,
        actor_id=None,
    )


def test_only_the_cohort_sees_what_is_for_it(
    closed_community: Community, cohort: Cohort, organiser: User, now: datetime
) -> None:
    inside, outside = make_member(closed_community), make_member(closed_community)
    series = make_series(closed_community, audience=Audience.COHORT, cohort=cohort)
    session = make_session(series)
    assert cohorts.put_in(cohort=cohort, memberships=[inside.pk], now=now, actor_id=None) == 1
    assert cohorts.put_in(cohort=cohort, memberships=[inside.pk], now=now, actor_id=None) == 0

    def sees(user_id: int | None) -> tuple[list[Any], list[Any], list[Any]]:
        visitor = Visitor(user_id) if user_id else NOBODY
        return (
            list(Session.objects.visible_to(visitor)),
            list(Series.objects.visible_to(visitor)),
            list(sessions_of_person(user_id)),
        )

    whole: Any = ([session], [series], [session])
    assert sees(inside.person.user_id) == whole
    assert sees(organiser.pk)[:2] == ([session], [series])
    for other in (outside.person.user_id, make_user().pk, None):
        assert sees(other) == ([], [], [])
    assert cohorts.take_out(cohort=cohort, membership_id=inside.pk, now=now, actor_id=None)
    assert sees(inside.person.user_id) == ([], [], [])
    cohorts.put_in(cohort=cohort, memberships=[inside.pk], now=now, actor_id=None)
    leaving.leave(membership=inside, now=now, actor_id=None)
    assert not cohort.members.exists()


def test_members_of_elsewhere_cannot_be_put_in(cohort: Cohort, now: datetime) -> None:
    foreign = make_member(make_community())
    assert cohorts.put_in(cohort=cohort, memberships=[foreign.pk], now=now, actor_id=None) == 0


def test_a_series_for_a_cohort_names_one_of_its_own_community(
    closed_community: Community, cohort: Cohort, now: datetime
) -> None:
    series = make_series(closed_community, audience="members")
    session = make_session(series)

    def edit(**fields: Any) -> None:
        edit_series(series=Series.objects.get(pk=series.pk), now=now, actor_id=None, **fields)

    with pytest.raises(UserError, match="Choose the cohort too"):
        edit(audience="cohort")
    with pytest.raises(UserError, match="Choose the cohort too"):
        moving.edit(session=session, audience="cohort", now=now, actor_id=None)
    foreign = cohorts.make(
        community=make_community(), name={"en": "X"}, starts_on=None, ends_on=None, now=now, actor_id=None
    )
    with pytest.raises(UserError, match="this community"):
        edit(audience="cohort", cohort_id=foreign.pk)
    edit(audience="cohort", cohort_id=cohort.pk)
    assert Session.objects.get(pk=session.pk).audience == "cohort"
    with pytest.raises(UserError):
        edit(cohort_id=None)
    with pytest.raises(UserError, match="series is for this cohort"):
        cohorts.discard(cohort=cohort, now=now, actor_id=None)
    edit(audience="members", cohort_id=None)
    cohorts.discard(cohort=cohort, now=now, actor_id=None)
    assert not Cohort.objects.filter(pk=cohort.pk).exists()


def test_a_session_edited_by_hand_is_not_left_wider_than_its_series(
    closed_community: Community, cohort: Cohort, now: datetime
) -> None:
    series = make_series(closed_community, audience="everyone")
    session = make_session(series, audience="members")
    edit_series(series=series, audience="cohort", cohort_id=cohort.pk, now=now, actor_id=None)
    assert Session.objects.get(pk=session.pk).audience == "cohort"


def test_dates_and_names_are_checked(community: Community, now: datetime) -> None:
    with pytest.raises(UserError) as refused:
        cohorts.make(
            community=community,
            name={"en": " "},
            starts_on=date(2026, 3, 2),
            ends_on=date(2026, 3, 1),
            now=now,
            actor_id=None,
        )
    assert set(refused.value.fields) == {"name", "ends_on"}
