"""What an address follows: asked by anybody, counted once confirmed, one truth with an account, ended and forgotten."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.notifications import wishes
from seminars.notifications.readers import following, stopping, telling
from seminars.notifications.readers.models import Reader, Subscription, scope_of
from seminars.people.models import Community, User
from seminars.series.models import Audience
from seminars.sessions.models import Session
from tests.factories import make_series, make_session, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESS = "reader@example.org"


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


def ask(followed: Any, now: datetime, wanted: tuple[str, ...] = ("moves",), **more: Any) -> Reader:
    given = {"email": ADDRESS, "language": "en"} | more
    return following.follow(followed=followed, wanted=wanted, now=now, **given)


def told(session: Session, wish: str = "moves") -> set[str]:
    return {each.reader.email for each in telling.told([session], wish)[session.pk]}


def test_it_counts_once_it_is_confirmed(session: Session, now: datetime) -> None:
    reader = ask(session.series, now, email=" Reader@Example.org ")
    assert (reader.email, told(session)) == (ADDRESS, set())
    assert following.confirm(reader=reader, now=now) == 1
    assert following.confirm(reader=reader, now=now) == 0
    assert told(session) == {ADDRESS}
    assert told(session, "ready") == set()


def test_typing_an_address_again_changes_nothing_that_counts(session: Session, now: datetime) -> None:
    reader = ask(session.series, now, ("moves", "ready"), language="sv")
    following.confirm(reader=reader, now=now)
    again = ask(session.series, now, ("ready",), zone="Asia/Kolkata")
    ask(None, now)
    assert (again.pk, again.token, again.language, again.zone) == (reader.pk, reader.token, "sv", "")
    assert told(session) == {ADDRESS}
    assert Subscription.objects.confirmed().get().moves
    assert Subscription.objects.filter(confirmed_at=None).get().scope == "site"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "a@b@c"}, "email"),
        ({"email": "a@example.org, b@example.org"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"wanted": ()}, "wanted"),
        ({"wanted": ("all",)}, "wanted"),
        ({"zone": "Mars/Base"}, "zone"),
    ],
)
def test_bad_input_says_what_to_do(
    session: Session, now: datetime, given: dict[str, Any], field: str
) -> None:
    wanted = given.pop("wanted", ("moves",))
    with pytest.raises(UserError) as refused:
        ask(session, now, wanted, **given)
    assert list(refused.value.fields) == [field]
    assert not Reader.objects.exists()


def test_every_scope_reaches_the_session(session: Session, now: datetime) -> None:
    for number, each in enumerate((None, session.series.community, session.series, session)):
        reader = ask(each, now, email=f"r{number}@example.org")
        following.confirm(reader=reader, now=now)
    other = make_session(make_series(session.series.community))
    assert told(session) == {f"r{number}@example.org" for number in range(4)}
    assert told(other) == {"r0@example.org", "r1@example.org"}


def test_what_is_closed_is_told_to_who_belongs_there(
    closed_community: Community, member: User, now: datetime
) -> None:
    session = make_session(make_series(closed_community))
    person = member.person
    following.confirm(reader=ask(None, now), now=now)
    ask(closed_community, now, email=member.email, person=person)
    assert told(session) == {member.email}
    person.memberships.filter(community=closed_community).delete()
    assert told(session) == set()
    session.audience = Audience.NAMED
    session.named.add(person)
    assert told(session) == {member.email}


def test_a_member_and_a_follower_of_a_community_are_one_wish(
    closed_community: Community, member: User, now: datetime
) -> None:
    reader = ask(closed_community, now, ("ready",), email=member.email, person=member.person)
    assert not wishes.wants(member.person, closed_community)
    row = reader.subscriptions.get()
    following.change(subscription=row, wanted=("moves", "ready"), now=now)
    assert wishes.wants(member.person, closed_community)
    following.change(subscription=row, wanted=(), now=now)
    assert not wishes.wants(member.person, closed_community)
    assert not Subscription.objects.exists()


def test_it_moves_into_the_account_with_the_same_confirmed_address(session: Session, now: datetime) -> None:
    user = make_user(ADDRESS, language="sv", zone="Asia/Kolkata")
    other = make_user("other@example.org")
    reader = ask(session.series, now)
    with pytest.raises(UserError):
        following.move_into(reader=reader, person=other.person, now=now)
    following.move_into(reader=reader, person=user.person, now=now)
    to = telling.recipient(telling.told([session], "moves")[session.pk][0].reader)
    assert to is not None
    assert (to.email, to.person_id, to.language, to.zone) == (ADDRESS, user.person.pk, "sv", "Asia/Kolkata")


def test_stop_all_forgets_the_address_unless_it_chose_something(session: Session, now: datetime) -> None:
    reader = ask(session.series, now)
    following.confirm(reader=reader, now=now)
    following.stop_all(reader=reader, now=now)
    assert not Reader.objects.exists()
    reader = ask(session.series, now)
    following.set_leads(reader=reader, wanted=["hour", "week", "never"], ready=True)
    following.stop_all(reader=reader, now=now)
    assert Reader.objects.get().leads == ["week", "hour"]
    assert not Subscription.objects.exists()


def test_what_nobody_confirmed_is_forgotten(session: Session, now: datetime) -> None:
    kept = ask(session.series, now - 20 * DAY, email="kept@example.org")
    following.confirm(reader=kept, now=now)
    ask(session, now - 20 * DAY, email="kept@example.org")
    ask(session, now - 20 * DAY)
    ask(session, now - DAY, email="new@example.org")
    assert following.forget(before=now - 14 * DAY) == 2
    assert set(Reader.objects.values_list("email", flat=True)) == {"kept@example.org", "new@example.org"}
    assert set(Subscription.objects.values_list("scope", flat=True)) == {
        scope_of(session.series),
        scope_of(session),
    }


def test_an_address_cannot_be_asked_for_without_end(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST", 2)
    for _number in range(4):
        ask(make_session(session.series), now)
    assert Subscription.objects.count() == 2


def test_one_click_ends_one_kind_whatever_brought_it_and_another_begins_just_that(
    session: Session, now: datetime
) -> None:
    community = session.series.community
    elsewhere = make_session()
    for each in (None, community, session.series, session, elsewhere.series):
        following.confirm(reader=ask(each, now, ("moves", "ready")), now=now)
    off = Subscription.objects.get(scope=scope_of(session))
    following.change(subscription=off, wanted=("ready",), now=now)
    stop = stopping.Stop(ADDRESS, None, stopping.MOVES, community)
    assert stopping.comes(stop)
    undo = stopping.end(stop, now=now)
    assert (told(session), told(session, "ready"), stopping.comes(stop)) == (set(), {ADDRESS}, False)
    assert told(elsewhere) == {ADDRESS}
    stopping.begin(stop, undo + "x", now=now)
    assert told(session) == set()
    stopping.begin(stop, undo, now=now)
    assert Subscription.objects.filter(moves=True).count() == 4
    assert told(session) == {ADDRESS}


def test_the_link_that_stops_is_signed_and_ends_with_its_community(session: Session, now: datetime) -> None:
    community = session.series.community
    address = stopping.stop_address(email=ADDRESS, person_id=None, kind="ready", community=community)
    token = address.rstrip("/").rpartition("/")[2]
    assert stopping.opened(token) == stopping.Stop(ADDRESS, None, "ready", community)
    with pytest.raises(stopping.UnknownStop):
        stopping.opened(f"{token}x")
    site = stopping.stop_address(email=ADDRESS, person_id=None, kind="newsletter", community=None)
    assert stopping.opened(site.rstrip("/").rpartition("/")[2]).community is None
