"""Mails of introductions, welcomes, suggestions, silence: once each, with no address, while they are true."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from seminars.notifications import introductions, silence, suggestions, welcome
from seminars.notifications.kinds import KINDS
from seminars.notifications.letters import Pointless, Written, write
from seminars.notifications.models import Message
from seminars.people.directory.listing import enter
from seminars.people.introducing import introducing
from seminars.people.models import Community, User
from seminars.people.welcoming import welcoming
from seminars.sessions.registration.models import Registration
from seminars.sessions.suggesting import suggesting
from seminars.sessions.suggesting.models import Suggestion, Vote
from seminars.sessions.suggesting.suggesting import Voter
from tests.factories import NOW, make_member, make_series, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
OFF: dict[str, Any] = {"now": NOW, "actor_id": None, "too_long": "long"}


def letters(kind: str) -> dict[str, Written]:
    """What each reader of a kind gets, by address."""
    found = {}
    for each in Message.objects.filter(kind=kind):
        context = KINDS[kind].facts(each, NOW)
        found[each.email] = write(kind, context, language="en", zone="Africa/Maputo", now=NOW)
    return found


@pytest.fixture
def pair(community: Community) -> tuple[User, User]:
    """Rosa and Celso, both in the directory."""
    rosa, celso = (
        make_user("rosa@venture.example", name="Rosa"),
        make_user("celso@house.example", name="Celso"),
    )
    for user, name in ((rosa, "Rosa R."), (celso, "Celso C.")):
        enter(membership=make_member(community, user), now=NOW, name=name, offers=f"The houses of {name}")
    return rosa, celso


def introduced(community: Community, pair: tuple[User, User]) -> None:
    introducing.introduce(
        community=community,
        facilitator=make_member(community, make_user(name="Erin")).person,
        pair=(pair[0].person, pair[1].person),
        words="You both build houses.",
        agreed=False,
        now=NOW,
    )


def test_both_are_asked_then_told_once_without_addresses(
    community: Community, pair: tuple[User, User]
) -> None:
    introduced(community, pair)
    assert [introductions.look(now=NOW), introductions.look(now=NOW)] == [2, 0]
    asked = letters(introductions.QUESTION)
    assert asked["rosa@venture.example"].subject == "May we introduce you to Celso C.?"
    sides = introducing.Introduction.objects.get().parties.all()
    for side in sides:
        introducing.answer(party=side, said="yes", now=NOW)
    assert [introductions.look(now=NOW), introductions.look(now=NOW)] == [2, 0]
    told = letters(introductions.MET)
    assert told["celso@house.example"].subject == "Meet Rosa"
    for found in (asked, told):
        for email, mail in found.items():
            assert "You both build houses." in mail.text
            assert "Erin" in mail.text
            assert "@" not in mail.text.replace(email, "")
            assert "List-Unsubscribe" in mail.headers
    with pytest.raises(Pointless):  # the question that is answered is not asked again
        letters(introductions.QUESTION)


WEEKS = introducing.ANSWER_WITHIN


def test_after_two_weeks_without_both_answers_both_are_told_once_and_it_ends(
    community: Community, pair: tuple[User, User]
) -> None:
    introduced(community, pair)
    introductions.look(now=NOW)
    mine = introducing.Party.objects.get(person=pair[0].person)
    introducing.answer(party=mine, said="yes", now=NOW)
    assert introductions.look(now=NOW + WEEKS - timedelta(seconds=1)) == 0
    later = NOW + WEEKS
    assert [introductions.look(now=later), introductions.look(now=later + timedelta(days=1))] == [2, 0]
    told = letters(introductions.OVER)
    assert set(told) == {"rosa@venture.example", "celso@house.example"}
    assert told["rosa@venture.example"].subject == "The introduction to Celso C. has ended"
    assert "@" not in "".join(mail.text.replace(email, "") for email, mail in told.items())
    late = introducing.Party.objects.get(person=pair[1].person)
    introducing.answer(party=late, said="yes", now=later)
    assert introducing.Introduction.objects.get().met_at is None


def test_a_no_is_told_no_sooner_and_in_no_other_words_than_no_answer(
    community: Community, pair: tuple[User, User]
) -> None:
    introduced(community, pair)
    introductions.look(now=NOW)
    for user, said in zip(pair, ("yes", "no"), strict=True):
        side = introducing.Party.objects.get(person=user.person)
        introducing.answer(party=side, said=said, now=NOW)
    assert introductions.look(now=NOW + timedelta(days=13)) == 0
    assert introductions.look(now=NOW + WEEKS) == 1
    ((email, mail),) = letters(introductions.OVER).items()
    assert email == "rosa@venture.example"
    assert "Nothing has come of it" in mail.text


def test_old_introductions_and_those_that_began_are_told_nothing(
    community: Community, pair: tuple[User, User]
) -> None:
    introduced(community, pair)
    introductions.look(now=NOW)
    assert introductions.look(now=NOW + 2 * WEEKS) == 0  # nobody was there to tell it in time
    assert introducing.Introduction.objects.get().ended_at is not None
    for side in introducing.Party.objects.all():
        assert side.over_told_at is None


def test_a_message_is_passed_on_once_from_the_house(community: Community, pair: tuple[User, User]) -> None:
    entry = pair[1].person.memberships.get().entry
    party = introducing.write_to(
        community=community,
        writer=pair[0].person,
        entry=entry,
        text="May I ask you?\nBcc: a@b.example",
        now=NOW,
    )
    assert [introductions.look(now=NOW), introductions.look(now=NOW)] == [1, 0]
    found = letters(introductions.NOTE)
    assert list(found) == ["celso@house.example"]
    mail = found["celso@house.example"]
    assert "rosa@venture.example" not in mail.text + mail.html + str(mail.headers)
    assert mail.reply_to == ""
    assert party.token not in mail.text  # each has a link of their own
    other = introducing.other_of(party)
    assert other is not None
    assert other.token in mail.text
    introducing.stop(party=other, now=NOW)
    with pytest.raises(Pointless):
        letters(introductions.NOTE)


def test_new_members_are_welcomed_once_in_their_own_time(community: Community) -> None:
    before = make_member(community, since=NOW - timedelta(hours=1))
    assert welcome.look(now=NOW) == 0  # off
    welcoming.keep(community=community, words={"sv": "Hej!"}, on=True, **OFF)
    new = make_member(community, since=NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    assert [welcome.look(now=later), welcome.look(now=later)] == [1, 0]
    make_session(make_series(community), title={"en": "Savings by phone"})
    (mail,) = letters(welcome.KIND).values()
    assert Message.objects.get().person == new.person != before.person
    for words in (
        "Welcome to Savings groups",
        "Savings by phone",
        "/communities/savings/directory/",
        "Maputo",
    ):
        assert words in mail.subject + mail.text
    new.delete()
    with pytest.raises(Pointless):
        letters(welcome.KIND)


def test_the_welcome_is_in_the_organisers_words_or_ours(community: Community) -> None:
    kept = welcoming.keep(community=community, words={"en": "Come as you are.\nErin"}, on=True, **OFF)
    assert welcome.context_of(kept, NOW)["words"] == "Come as you are.\nErin"
    emptied = welcoming.keep(community=community, words={"en": "  "}, on=True, **OFF)
    assert str(welcome.context_of(emptied, NOW)["words"]).startswith("It is good to have you here.")
    assert emptied.on_since == kept.on_since


def test_voters_are_told_once_when_it_is_public(community: Community, member: User) -> None:
    first = suggesting.suggest(
        community=community, voter=Voter(member.email, member.person), title="Phones", now=NOW
    )
    voter = suggesting.vote(suggestion=first.suggestion, voter=Voter("bo@example.org"), now=NOW)
    suggesting.confirm(vote=voter, now=NOW)
    quiet = suggesting.vote(suggestion=first.suggestion, voter=Voter("quiet@example.org"), now=NOW)
    suggesting.set_word(vote=suggesting.confirm(vote=quiet, now=NOW), wants=False)
    suggesting.vote(suggestion=first.suggestion, voter=Voter("unproved@example.org"), now=NOW)
    series = make_series(community, published_at=None)
    session = make_session(series, published=False, title={"en": "Phones at work"})
    Suggestion.objects.update(state="planned", session=session)
    assert suggestions.look(now=NOW) == 0  # a draft
    for each in (series, session):
        type(each).objects.filter(pk=each.pk).update(published_at=NOW)
    assert [suggestions.look(now=NOW), suggestions.look(now=NOW)] == [2, 0]
    found = letters(suggestions.ANSWER)
    assert set(found) == {"bo@example.org", member.email}
    assert "that you suggested" in found[member.email].text
    assert "for which you voted" in found["bo@example.org"].text
    assert "quiet" not in str(found)


def test_only_the_proposer_hears_a_no(community: Community, member: User) -> None:
    first = suggesting.suggest(
        community=community, voter=Voter(member.email, member.person), title="Phones", now=NOW
    )
    voter = suggesting.vote(suggestion=first.suggestion, voter=Voter("bo@example.org"), now=NOW)
    suggesting.confirm(vote=voter, now=NOW)
    suggesting.decline(suggestion=first.suggestion, answer="Next year.", now=NOW, actor_id=None)
    assert suggestions.look(now=NOW) == 1
    (mail,) = letters(suggestions.ANSWER).values()
    assert "Next year." in mail.text


def test_the_link_holds_nothing_that_was_typed(community: Community) -> None:
    first = suggesting.suggest(
        community=community, voter=Voter("ana@example.org"), title="Buy pills", now=NOW
    )
    assert suggestions.mail_link(first, now=NOW)
    assert not suggestions.mail_link(first, now=NOW)
    (mail,) = letters(suggestions.LINK).values()
    assert "pills" not in mail.subject + mail.text
    assert Vote.objects.get().token in mail.text


def test_managers_hear_of_silence_once_a_month(community: Community, manager: User) -> None:
    series = make_series(community)
    held = [make_session(series, wall=datetime(2026, month, 3, 17, 30)) for month in (8, 9, 10)]
    for number in range(4):
        user = make_user(zone="Asia/Manila" if number else "Africa/Johannesburg")
        make_member(community, user, since=NOW - timedelta(days=300))
        if number == 0:
            for session in held:
                given = {"email": user.email, "name": "P", "language": "en", "token": f"{session.pk}"}
                Registration.objects.create(
                    session=session, person=user.person, made_at=NOW, confirmed_at=NOW, **given
                )
    assert [silence.look(now=NOW), silence.look(now=NOW + timedelta(days=5))] == [1, 0]
    ((email, mail),) = letters(silence.KIND).items()
    assert email == manager.email
    assert "23:30 in Manila for the last 3" in mail.text
    assert "3 of 3 members" in mail.text
    month_later = datetime(2026, 12, 1, 7, 0, tzinfo=NOW.tzinfo)
    assert silence.look(now=month_later - timedelta(hours=2)) == 0  # not in the night
    silence.measuring.set_rule(community=community, sessions=3, mails=False)
    assert silence.look(now=month_later) == 0
    with pytest.raises(Pointless):
        letters(silence.KIND)
