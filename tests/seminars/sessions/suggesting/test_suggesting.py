"""Topics: suggested by proved addresses, voted for once each, made sessions, declined, put together."""

from datetime import datetime
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Audience
from seminars.sessions.models import Session
from seminars.sessions.suggesting import suggesting
from seminars.sessions.suggesting.models import Suggestion, Vote
from seminars.sessions.suggesting.suggesting import Voter
from tests.factories import NOW, make_community, make_series

pytestmark = pytest.mark.django_db


def known(user: User) -> Voter:
    return Voter(user.email, user.person)


def suggest(community: Community, voter: Voter, title: str = "Savings by phone", **more: Any) -> Suggestion:
    return suggesting.suggest(community=community, voter=voter, title=title, now=NOW, **more).suggestion


def counts() -> dict[str, int]:
    rows: Any = Suggestion.objects.out().by_votes()
    return {each.title: each.count for each in rows}


def test_an_address_counts_once_it_is_proved(community: Community, member: User) -> None:
    found = suggest(community, Voter("Ana@example.org"))
    assert counts() == {}
    mine = Vote.objects.get()
    suggesting.confirm(vote=mine, now=NOW)
    assert counts() == {"Savings by phone": 1}
    suggesting.vote(suggestion=found, voter=Voter("bo@example.org"), now=NOW)
    suggesting.vote(suggestion=found, voter=known(member), now=NOW)
    suggesting.vote(suggestion=found, voter=known(member), now=NOW)
    suggesting.vote(suggestion=found, voter=Voter("ana@EXAMPLE.org"), now=NOW)
    assert (counts(), Vote.objects.count()) == ({"Savings by phone": 2}, 3)
    suggesting.take_back(vote=Vote.objects.get(email=member.email))
    assert counts() == {"Savings by phone": 1}


def test_the_same_title_twice_is_one_and_five_a_day(community: Community, member: User) -> None:
    one = suggest(community, known(member))
    assert suggest(community, known(member), "savings by PHONE").pk == one.pk
    for number in range(4):
        suggest(community, known(member), f"Topic {number}")
    with pytest.raises(UserError):
        suggest(community, known(member), "One too many")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"why": "x" * 2001}, "why")],
)
def test_wrong_ones_are_refused(
    community: Community, member: User, given: dict[str, str], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        suggest(community, known(member), **given)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}
    with pytest.raises(UserError):
        suggest(community, Voter("a@b.example, c@d.example"))


def test_who_sees_what(
    community: Community, closed_community: Community, member: User, stranger: User
) -> None:
    hidden = make_series(community, audience=Audience.MEMBERS)
    suggest(community, known(member), "For all")
    suggest(community, known(member), "For members", series=hidden)
    suggest(closed_community, known(member), "Of the closed")
    seen = [
        sorted(Suggestion.objects.visible_to(each).values_list("title", flat=True))
        for each in (NOBODY, Visitor(stranger.pk), Visitor(member.pk))
    ]
    assert seen == [["For all"], ["For all"], ["For all", "For members", "Of the closed"]]


def test_it_becomes_a_session_with_its_proposer(community: Community, member: User) -> None:
    series = make_series(community)
    found = suggest(community, known(member), why="What works?", name="Ana")
    given: dict[str, Any] = {
        "suggestion": found,
        "title": found.title,
        "abstract": found.why,
        "credit": True,
        "now": NOW,
        "actor_id": None,
        "wall": datetime(2027, 3, 2, 15, 0),
    }
    made = suggesting.make_session(series=series, **given)
    session = Session.objects.get(pk=made.pk)
    assert (session.title, session.abstract) == ({"en": "Savings by phone"}, {"en": "What works?"})
    assert [each.person for each in session.speakers.all()] == [member.person]
    found.refresh_from_db()
    assert (found.state, found.session) == ("planned", session)
    with pytest.raises(UserError):
        suggesting.make_session(series=series, **given | {"wall": datetime(2027, 3, 3, 15, 0)})
    assert Session.objects.count() == 1
    with pytest.raises(UserError):
        suggesting.vote(suggestion=found, voter=Voter("late@example.org"), now=NOW)
    with pytest.raises(UserError):
        suggesting.make_session(series=make_series(make_community()), **given)


def test_two_that_mean_the_same_are_one(community: Community, member: User, organiser: User) -> None:
    one, other = (
        suggest(community, known(member), "Phones"),
        suggest(community, known(organiser), "Telephones"),
    )
    suggesting.vote(suggestion=one, voter=known(organiser), now=NOW)
    suggesting.merge(suggestion=one, into=other, now=NOW, actor_id=None)
    assert counts() == {"Phones": 1, "Telephones": 2}
    assert Suggestion.objects.get(pk=one.pk).merged_into == other
    with pytest.raises(UserError):
        suggesting.merge(suggestion=other, into=other, now=NOW, actor_id=None)


def test_no_comes_with_words(community: Community, member: User) -> None:
    found = suggest(community, known(member))
    with pytest.raises(UserError):
        suggesting.decline(suggestion=found, answer=" ", now=NOW, actor_id=None)
    suggesting.decline(suggestion=found, answer="Next year", now=NOW, actor_id=None)
    found.refresh_from_db()
    assert (found.state, found.answer) == ("declined", "Next year")


def test_unproved_addresses_are_forgotten(community: Community, member: User) -> None:
    suggest(community, Voter("ana@example.org"))
    kept = suggest(community, known(member), "Kept")
    suggesting.vote(suggestion=kept, voter=Voter("bo@example.org"), now=NOW)
    suggesting.forget(before=datetime.max.replace(tzinfo=NOW.tzinfo))
    assert [each.email for each in Vote.objects.all()] == [member.email]
    assert Suggestion.objects.get() == kept
