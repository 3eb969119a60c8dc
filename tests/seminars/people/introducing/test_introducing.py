"""Two members find each other: both agree, nobody sees an address, and either can stop it."""

from datetime import timedelta
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.people.directory.listing import enter
from seminars.people.directory.models import DirectoryEntry
from seminars.people.introducing import introducing
from seminars.people.introducing.models import Answer, Block, Hush, Introduction, Note, Party
from seminars.people.joining import remove_member
from seminars.people.models import Community, Person
from tests.factories import NOW, make_community, make_member

pytestmark = pytest.mark.django_db


def listed(community: Community, name: str, **columns: Any) -> DirectoryEntry:
    return enter(membership=make_member(community), now=NOW, name=name, **columns)


@pytest.fixture
def rosa(community: Community) -> DirectoryEntry:
    return listed(community, "Rosa")


@pytest.fixture
def celso(community: Community) -> DirectoryEntry:
    return listed(community, "Celso")


@pytest.fixture
def erin(community: Community) -> Person:
    return make_member(community).person


def who(entry: DirectoryEntry) -> Person:
    return entry.membership.person


def introduce(erin: Person, *pair: DirectoryEntry, agreed: bool = False) -> Introduction:
    return introducing.introduce(
        community=pair[0].membership.community,
        facilitator=erin,
        pair=(who(pair[0]), who(pair[1])),
        words="You both build houses.",
        agreed=agreed,
        now=NOW,
    )


def write(writer: DirectoryEntry, to: DirectoryEntry, text: str = "Hello", **more: Any) -> Party:
    given: dict[str, Any] = {"now": NOW} | more
    return introducing.write_to(
        community=to.membership.community, writer=who(writer), entry=to, text=text, **given
    )


def test_both_are_asked_and_meet_with_the_second_yes(
    erin: Person, rosa: DirectoryEntry, celso: DirectoryEntry
) -> None:
    made = introduce(erin, rosa, celso)
    one, other = made.parties.all()
    assert (one.said, other.said, made.met_at) == ("", "", None)
    with pytest.raises(introducing.NotWanted):
        introducing.add_note(party=one, text="Too early", now=NOW)
    introducing.answer(party=one, said="yes", now=NOW)
    assert Introduction.objects.get().met_at is None
    introducing.answer(party=other, said="yes", now=NOW)
    introducing.answer(party=other, said="no", now=NOW)  # too late: they met
    assert (Introduction.objects.get().met_at, Introduction.objects.get().ended_at) == (NOW, None)
    introducing.add_note(party=one, text="Now", now=NOW)
    assert [each.text for each in introducing.thread_of(other)] == ["Now"]


def test_a_no_ends_it(erin: Person, rosa: DirectoryEntry, celso: DirectoryEntry) -> None:
    one, other = introduce(erin, rosa, celso).parties.all()
    introducing.answer(party=one, said="no", now=NOW)
    introducing.answer(party=other, said="yes", now=NOW)
    made = Introduction.objects.get()
    assert (made.met_at, made.ended_at) == (None, NOW)


def test_who_has_left_meets_nobody_and_reads_no_entry(
    erin: Person, rosa: DirectoryEntry, celso: DirectoryEntry
) -> None:
    one, other = introduce(erin, rosa, celso).parties.all()
    assert introducing.entry_for(one, other) == celso
    remove_member(membership=rosa.membership, now=NOW, actor_id=None)
    assert introducing.entry_for(one, other) is None
    assert introducing.entry_for(other, one) is None  # nothing of it is kept
    introducing.answer(party=one, said="yes", now=NOW)
    made = Introduction.objects.get()
    assert (made.met_at, made.ended_at) == (None, NOW)


def test_who_lets_facilitators_introduce_is_not_asked(erin: Person, community: Community) -> None:
    willing = listed(community, "Hala", introducible=True)
    made = introduce(erin, willing, listed(community, "Arjun", introducible=True))
    assert Introduction.objects.get(pk=made.pk).met_at == NOW
    asked = introduce(erin, willing, listed(community, "Celso"))
    assert [each.said for each in asked.parties.all()] == ["yes", ""]


def test_outside_the_directory_both_must_have_agreed(
    erin: Person, rosa: DirectoryEntry, community: Community
) -> None:
    outside = make_member(community).person
    given: dict[str, Any] = {
        "community": community,
        "facilitator": erin,
        "pair": (who(rosa), outside),
        "words": "Meet",
        "now": NOW,
    }
    with pytest.raises(UserError) as refused:
        introducing.introduce(agreed=False, **given)
    assert set(refused.value.fields) == {"agreed"}
    assert introducing.introduce(agreed=True, **given).parties.filter(said="yes").count() == 2


def test_a_stranger_cannot_be_introduced(erin: Person, rosa: DirectoryEntry) -> None:
    with pytest.raises(UserError):
        introduce(erin, rosa, listed(make_community(), "Elsewhere"), agreed=True)
    with pytest.raises(UserError):
        introduce(erin, rosa, rosa)


def test_a_pair_is_introduced_once(erin: Person, rosa: DirectoryEntry, celso: DirectoryEntry) -> None:
    introduce(erin, rosa, celso)
    with pytest.raises(UserError):
        introduce(erin, celso, rosa)


def test_a_message_waits_for_an_answer_after_two(rosa: DirectoryEntry, celso: DirectoryEntry) -> None:
    mine = write(rosa, celso, "One")
    assert write(rosa, celso, "Two").pk == mine.pk
    with pytest.raises(UserError):
        write(rosa, celso, "Three")
    theirs = introducing.other_of(mine)
    assert theirs is not None
    introducing.add_note(party=theirs, text="Yes?", now=NOW)
    assert Party.objects.get(pk=theirs.pk).said == Answer.YES
    write(rosa, celso, "Three")
    assert Note.objects.count() == 4


def test_a_button_pressed_twice_writes_once(rosa: DirectoryEntry, celso: DirectoryEntry) -> None:
    mine = write(rosa, celso)
    introducing.add_note(party=mine, text="Hello", now=NOW + timedelta(minutes=1))
    assert Note.objects.count() == 1


def test_who_writes_must_be_listed_and_wanted(community: Community, rosa: DirectoryEntry) -> None:
    quiet = listed(community, "Quiet", writable=False)
    with pytest.raises(introducing.NotWanted):
        write(rosa, quiet)
    unlisted = make_member(community).person
    with pytest.raises(UserError):
        introducing.write_to(community=community, writer=unlisted, entry=rosa, text="Hello", now=NOW)
    with pytest.raises(UserError):
        write(rosa, rosa)
    assert not Note.objects.exists()


def test_five_new_members_a_day(community: Community, rosa: DirectoryEntry) -> None:
    others = [listed(community, f"M{number}") for number in range(6)]
    for each in others[:5]:
        write(rosa, each)
    with pytest.raises(UserError):
        write(rosa, others[5])
    write(others[5], rosa)  # who is written to may write all the same
    write(rosa, others[5], "Tomorrow", now=NOW + timedelta(days=1, minutes=1))


def test_stopping_ends_it_for_good(erin: Person, rosa: DirectoryEntry, celso: DirectoryEntry) -> None:
    mine = write(rosa, celso)
    theirs = introducing.other_of(mine)
    assert theirs is not None
    introducing.stop(party=theirs, now=NOW)
    introducing.stop(party=theirs, now=NOW)
    assert Block.objects.count() == 1
    with pytest.raises(introducing.NotWanted):
        introducing.add_note(party=mine, text="Again", now=NOW)
    with pytest.raises(introducing.NotWanted):
        write(rosa, celso, "Anew")
    with pytest.raises(UserError):
        introduce(erin, rosa, celso, agreed=True)
    assert Note.objects.count() == 1


def test_a_reported_writer_can_be_hushed(
    rosa: DirectoryEntry, celso: DirectoryEntry, community: Community
) -> None:
    mine = write(rosa, celso, "Buy this")
    theirs = introducing.other_of(mine)
    assert theirs is not None
    note = Note.objects.get()
    introducing.report(party=mine, note=note, why="my own", now=NOW)
    assert Note.objects.get().reported_at is None  # nobody reports their own
    introducing.report(party=theirs, note=note, why="Spam", now=NOW)
    assert (Note.objects.get().report, Introduction.objects.get().ended_at) == ("Spam", NOW)
    introducing.settle(note=note, hush=True, now=NOW, actor_id=None)
    assert Hush.objects.get().membership == rosa.membership
    with pytest.raises(introducing.NotWanted):
        write(rosa, listed(community, "Hala"))


def test_words_are_needed_and_bounded(rosa: DirectoryEntry, celso: DirectoryEntry) -> None:
    for text in ("", " \x00", "x" * 2001):
        with pytest.raises(UserError):
            write(rosa, celso, text)
    assert not Introduction.objects.exists()
