"""Bring two members together, answer, write to each other without addresses, stop, report. Mails are written above."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from seminars.changes.recording import note as take_note
from seminars.changes.refusing import UserError, raise_if
from seminars.people.directory.models import DirectoryEntry
from seminars.people.introducing.models import LONGEST, Answer, Block, Hush, Introduction, Note, Party
from seminars.people.models import Community, Membership, Person

DAY = timedelta(days=1)
MOST_BEGUN, MOST_NOTES, MOST_INTRODUCED = 5, 20, 30
"""A day: how many new members one may write to, how many messages one may write, how many pairs one may introduce."""
MOST_UNANSWERED = 2
ANSWER_WITHIN = timedelta(days=14)
"""So long an introduction waits for both answers."""


class NotWanted(UserError):
    """The other one cannot be written to: they stopped it, or left. The answer does not say which."""


def introduce(
    *,
    community: Community,
    facilitator: Person,
    pair: tuple[Person, Person],
    words: str,
    agreed: bool,
    now: datetime,
) -> Introduction:
    """Return a new introduction of two members by a facilitator. now: aware UTC.

    agreed: the facilitator knows that both agreed. Else who wants to be asked is asked first; who lets facilitators
    introduce them is not. Both must be in the directory unless both agreed. Raises UserError.
    """
    one, other = pair
    words = words.replace("\x00", "").strip()
    raise_if(_wrong_words(words, "words"))
    if one.pk == other.pk:
        raise UserError({"other": _("Choose two different members.")})
    entries = _entries(community, pair)
    if not _both_belong(community, pair):
        raise UserError({"": _("Both must be members of the community.")})
    if not agreed and len(entries) < 2:
        raise UserError({"agreed": _("One of them is not in the directory: ask them first, then tick this.")})
    if Block.objects.between(one, other).exists():
        raise UserError({"": _("These two cannot be introduced to each other.")})
    known = Introduction.objects.filter(community=community, ended_at=None, parties__person=one)
    if known.filter(parties__person=other).exists():
        raise UserError({"": _("They are introduced already, or asked.")})
    with transaction.atomic():
        _held(facilitator)
        today = Introduction.objects.filter(facilitator=facilitator, made_at__gt=now - DAY).count()
        if today >= MOST_INTRODUCED:
            raise UserError({"": _("That is enough for one day. Go on tomorrow.")})
        made = Introduction.objects.create(
            community=community, facilitator=facilitator, words=words, made_at=now
        )
        for person in pair:
            entry = entries.get(person.pk)
            yes = agreed or bool(entry and entry.introducible)
            _party(made, person, yes, now, asked=yes)
        _meet(made, now)
    return made


def write_to(
    *, community: Community, writer: Person, entry: DirectoryEntry, text: str, now: datetime
) -> Party:
    """Return the writer's side of the exchange with the owner of `entry`, begun with `text` or gone on with it.

    The message is passed on by mail; neither sees the other's address. Load `membership__person` with the entry.
    now: aware UTC. Raises UserError, NotWanted.
    """
    reader = entry.membership.person
    if reader.pk == writer.pk:
        raise UserError({"": _("This is your own entry.")})
    if not DirectoryEntry.objects.filter(membership__person=writer, membership__community=community).exists():
        raise UserError({"": _("Enter the directory yourself first, so that they see who writes.")})
    with transaction.atomic():
        _held(writer)
        rows = Party.objects.filter(person=writer, introduction__community=community)
        rows = rows.filter(introduction__parties__person=reader, introduction__ended_at=None)
        mine = rows.exclude(introduction__met_at=None).first()
        if mine is None:
            if not entry.writable:
                raise NotWanted({"": _("This member wants no messages. A facilitator can introduce you.")})
            _refuse_many(writer, now)
            made = Introduction.objects.create(community=community, made_at=now, met_at=now)
            mine = _party(made, writer, True, now, asked=True)
            _party(made, reader, False, now, asked=True)
            Party.objects.filter(introduction=made).update(met_told_at=now)  # the message itself tells
        add_note(party=mine, text=text, now=now)
    return mine


def add_note(*, party: Party, text: str, now: datetime) -> Note:
    """Return a message from one side to the other, to be passed on. now: aware UTC. Raises UserError, NotWanted."""
    text = text.replace("\x00", "").strip()
    raise_if(_wrong_words(text, "text"))
    with transaction.atomic():
        _held(party.person)
        meeting = Introduction.objects.select_for_update(of=("self",)).get(pk=party.introduction_id)
        reader = other_of(party)
        if reader is None or meeting.met_at is None or meeting.ended_at or not _lets(party, reader):
            raise NotWanted({"": _("Your message cannot be passed on: this exchange has ended.")})
        if Hush.objects.filter(
            membership__person=party.person, membership__community=meeting.community_id
        ).exists():
            raise NotWanted({"": _("You cannot write to members at the moment. Ask the organisers.")})
        if Note.objects.filter(writer__person=party.person, made_at__gt=now - DAY).count() >= MOST_NOTES:
            raise UserError({"": _("You wrote %(n)d messages today. Go on tomorrow.") % {"n": MOST_NOTES}})
        last = Note.objects.filter(writer=party).order_by("-pk").first()
        if last and last.text == text and last.made_at > now - timedelta(minutes=10):
            return last  # the button was pressed twice
        if reader.said != Answer.YES and Note.objects.filter(writer=party).count() >= MOST_UNANSWERED:
            raise UserError({"": _("Wait for an answer before you write again.")})
        Party.objects.filter(pk=party.pk).exclude(said=Answer.YES).update(said=Answer.YES, said_at=now)
        return Note.objects.create(writer=party, text=text, made_at=now)


def answer(*, party: Party, said: str, now: datetime) -> Party:
    """Return the side with its answer to being introduced; the second yes brings them together. now: aware UTC.

    A no ends it, as does that one of them has left the community. Once together, or once one said no, nothing changes
    any more. Raises UserError for another word.
    """
    if said not in (Answer.YES, Answer.NO):
        raise UserError({"said": _("Answer yes or no.")})
    with transaction.atomic():
        meeting = Introduction.objects.select_for_update(of=("self",)).get(pk=party.introduction_id)
        if meeting.met_at or meeting.ended_at:
            return Party.objects.get(pk=party.pk)
        Party.objects.filter(pk=party.pk).update(said=said, said_at=now)
        other = other_of(party)
        here = other is not None and _both_belong(meeting.community, (party.person, other.person))
        if said == Answer.NO or not here:
            Introduction.objects.filter(pk=meeting.pk).update(ended_at=now)
        else:
            _meet(meeting, now)
    return Party.objects.get(pk=party.pk)


def lapse(*, now: datetime) -> int:
    """Return how many introductions end now because not both have answered for two weeks. now: aware UTC."""
    waiting = Introduction.objects.filter(met_at=None, ended_at=None, made_at__lte=now - ANSWER_WITHIN)
    return waiting.update(ended_at=now)


def share_address(*, party: Party, shares: bool) -> None:
    """Let the other see my address on their page, or no longer."""
    Party.objects.filter(pk=party.pk).update(shares_address=shares)


def stop(*, party: Party, now: datetime) -> None:
    """End the exchange: nothing is passed on any more, and the other cannot begin another. now: aware UTC."""
    with transaction.atomic():
        Party.objects.filter(pk=party.pk, stopped_at=None).update(stopped_at=now)
        Introduction.objects.filter(pk=party.introduction_id, ended_at=None).update(ended_at=now)
        reader = other_of(party)
        if reader is not None:
            Block.objects.bulk_create(
                [Block(by=party.person, of=reader.person, at=now)], ignore_conflicts=True
            )


def report(*, party: Party, note: Note, why: str, now: datetime) -> None:
    """Show one message of the other to the organisers, with a word of why; it ends the exchange too. now: aware UTC."""
    with transaction.atomic():
        theirs = Note.objects.filter(pk=note.pk, writer__introduction=party.introduction_id, reported_at=None)
        theirs.exclude(writer=party).update(reported_at=now, report=why.replace("\x00", "").strip()[:500])
        stop(party=party, now=now)


def settle(*, note: Note, hush: bool, now: datetime, actor_id: int | None) -> None:
    """A report was looked at; hush: its writer writes to no member of the community any more. now: aware UTC."""
    with transaction.atomic():
        Note.objects.filter(pk=note.pk, settled_at=None).update(settled_at=now)
        community = note.writer.introduction.community
        found = Membership.objects.filter(person=note.writer.person, community=community).first()
        if hush and found:
            Hush.objects.get_or_create(membership=found, defaults={"at": now, "made_by_id": actor_id})
            take_note(
                kind="hushed",
                subject=f"community:{community.uuid}",
                now=now,
                after={"person": str(note.writer.person.uuid)},
            )


def opened(token: str) -> Party:
    """Return the side of a secret link, with both people. Raises DoesNotExist."""
    rows = Party.objects.select_related(
        "person__user", "introduction__community", "introduction__facilitator"
    )
    return rows.get(token=token)


def other_of(party: Party) -> Party | None:
    """Return the other side, with its person; None if they are gone."""
    rows = Party.objects.filter(introduction=party.introduction_id).exclude(pk=party.pk)
    return rows.select_related("person__user").first()


def name_of(party: Party) -> str:
    """Return the name by which the other may know the owner of this side: the directory's, where they have an entry.

    "" for who left it out there. Who has no entry agreed to be introduced, and is named.
    """
    entry = entry_of(party)
    return party.person.name if entry is None else entry.name


def entry_of(party: Party) -> DirectoryEntry | None:
    """Return the directory's entry of the owner of this side, if they have one."""
    rows = DirectoryEntry.objects.filter(membership__person=party.person_id)
    return rows.filter(membership__community=party.introduction.community_id).first()


def entry_for(mine: Party, other: Party) -> DirectoryEntry | None:
    """Return what the other side's entry tells this side: members only, so nothing once this one has left."""
    if not _both_belong(mine.introduction.community, [mine.person]):
        return None
    return entry_of(other)


def thread_of(party: Party) -> list[Note]:
    """Return the messages of both, in order."""
    rows = Note.objects.filter(writer__introduction=party.introduction_id)
    return list(rows.select_related("writer__person").order_by("pk"))


# Below: how it is done.


def _party(meeting: Introduction, person: Person, yes: bool, now: datetime, *, asked: bool) -> Party:
    return Party.objects.create(
        introduction=meeting,
        person=person,
        token=secrets.token_urlsafe(24),
        said=Answer.YES if yes else Answer.NONE,
        said_at=now if yes else None,
        asked_at=now if asked else None,
    )


def _meet(meeting: Introduction, now: datetime) -> None:
    """Together, once both said yes."""
    if not meeting.parties.exclude(said=Answer.YES).exists():
        Introduction.objects.filter(pk=meeting.pk, met_at=None).update(met_at=now)


def _refuse_many(writer: Person, now: datetime) -> None:
    """Raise UserError where somebody began to write to many today: they were the ones who said yes at once."""
    begun = Party.objects.filter(person=writer, introduction__facilitator=None, said_at__gt=now - DAY)
    if begun.filter(said_at=F("introduction__made_at")).count() >= MOST_BEGUN:
        raise UserError({"": _("You wrote to %(n)d new members today. Go on tomorrow.") % {"n": MOST_BEGUN}})


def _held(person: Person) -> None:
    """One after the other: what one person writes is counted."""
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _lets(party: Party, reader: Party) -> bool:
    """Whether nobody stopped, and both still belong."""
    stopped = party.stopped_at or reader.stopped_at
    blocked = Block.objects.between(party.person, reader.person).exists()
    return (
        not stopped
        and not blocked
        and _both_belong(party.introduction.community, (party.person, reader.person))
    )


def _both_belong(community: Community, pair: Iterable[Person]) -> bool:
    keys = [each.pk for each in pair]
    return Membership.objects.filter(community=community, person__in=keys).count() == len(keys)


def _entries(community: Community, pair: Iterable[Person]) -> dict[int, DirectoryEntry]:
    asked = Q(membership__community=community, membership__person__in=[each.pk for each in pair])
    rows = DirectoryEntry.objects.filter(asked).select_related("membership")
    return {each.membership.person_id: each for each in rows}


def _wrong_words(text: str, field: str) -> dict[str, str]:
    if not text:
        return {field: _("Write a few words.")}
    if len(text) > LONGEST:
        return {field: _("Shorten this to %(most)d characters.") % {"most": LONGEST}}
    return {}
