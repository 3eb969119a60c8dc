"""Mails of introductions: the question to each, the introduction to both, that nothing came of it, and a member's
message that is passed on.

Looked for, never called: a side that was not asked, or not told; a message that was not passed on. None of these mails
holds an address of one of the two, and the sender of each is the house.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from seminars.notifications.daytime import by_day
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, post, recipient_of
from seminars.people.introducing import introducing
from seminars.people.introducing.models import Answer, Introduction, Note, Party
from seminars.people.models import Community, Person

QUESTION, MET, NOTE = "introduction-question", "introduction", "passed-on"
OVER = "introduction-over"
EXAMPLE = "example"  # stands for the secret in a preview
MOST = 200
ENDED = gettext_noop("The exchange has ended.")
ANSWERED = gettext_noop("It was answered already.")


def look(*, now: datetime) -> int:
    """Return how many mails are written down now. now: aware UTC. Five queries while there is nothing.

    What was not answered by both for two weeks ends here.
    """
    made = 0
    live = Party.objects.filter(introduction__ended_at=None)
    with transaction.atomic():
        made += _told(live.filter(asked_at=None, said=Answer.NONE), "asked_at", QUESTION, now)
        made += _told(
            live.filter(met_told_at=None, introduction__met_at__isnull=False), "met_told_at", MET, now
        )
        made += _pass_on(now)
        introducing.lapse(now=now)
        made += _told(
            Party.objects.in_vain(after=introducing.ANSWER_WITHIN, now=now), "over_told_at", OVER, now
        )
    return made


def _told(rows: "Iterable[Party]", column: str, kind: str, now: datetime) -> int:
    """Claim sides one by one, and write each its mail."""
    found = rows.select_related("person__user", "introduction__community").order_by("pk")[:MOST]  # type: ignore[attr-defined]
    made = 0
    for each in found:
        if Party.objects.filter(pk=each.pk, **{column: None}).update(**{column: now}):
            made += _post(kind, f"{kind}:{each.pk}", each, now)
    return made


def _pass_on(now: datetime) -> int:
    made = 0
    for note in Note.objects.filter(told_at=None).select_related("writer").order_by("pk")[:MOST]:
        if not Note.objects.filter(pk=note.pk, told_at=None).update(told_at=now):
            continue
        reader = introducing.other_of(note.writer)
        if reader is not None:
            reader = introducing.opened(reader.token)
            made += _post(NOTE, f"note:{note.pk}", reader, now)
    return made


def _post(kind: str, subject: str, party: Party, now: datetime) -> int:
    community = party.introduction.community
    to = recipient_of(party.person, language=community.language)
    if to is None:
        return 0
    return post(
        kind=kind,
        subject=subject,
        revision=1,
        letters=[Letter(to)],
        due_at=by_day(now, to.zone or community.home_zone) if kind == OVER else now,
        now=now,
        community_id=community.pk,
    )


def question_facts(message: Message, now: datetime) -> Context:
    """Return what the question says. Raises Pointless once it is answered or ended."""
    party = _party(message)
    if party.said != Answer.NONE:
        raise Pointless(ANSWERED)
    until = party.introduction.made_at + introducing.ANSWER_WITHIN
    return _about(party) | {"words": party.introduction.words, "until": until}


def over_facts(message: Message, now: datetime) -> Context:
    """Return what is said when nothing came of an introduction. Raises Pointless where it began after all."""
    party = _party(message, over=True)
    if party.introduction.met_at:
        raise Pointless(ANSWERED)
    return _about(party) | {"answered": party.said == Answer.YES, "stop": ""}


def met_facts(message: Message, now: datetime) -> Context:
    """Return what the introduction says. Raises Pointless once it has ended."""
    party = _party(message)
    return _about(party) | {"words": party.introduction.words}


def note_facts(message: Message, now: datetime) -> Context:
    """Return what a message that is passed on says. Raises Pointless once the exchange has ended."""
    number = message.subject.partition(":")[2]
    rows = Note.objects.select_related("writer__person", "writer__introduction")
    note = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    reader = introducing.other_of(note.writer) if note else None
    if note is None or reader is None:
        raise Pointless(ENDED)
    party = introducing.opened(reader.token)
    if party.introduction.ended_at or note.reported_at:
        raise Pointless(ENDED)
    return _about(party) | {"words": note.text, "first": party.said == Answer.NONE}


def _party(message: Message, *, over: bool = False) -> Party:
    number = message.subject.partition(":")[2]
    rows = Party.objects.select_related(
        "person__user", "introduction__community", "introduction__facilitator"
    )
    found = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None or bool(found.introduction.ended_at) != over:
        raise Pointless(ENDED)
    return found


def _about(party: Party) -> dict[str, object]:
    """What each of these mails says of the other and of the community."""
    other = introducing.other_of(party)
    if other is None:
        raise Pointless(ENDED)
    meeting = party.introduction
    entry = introducing.entry_of(other)
    known = meeting.met_at is not None and other.said == Answer.YES and meeting.facilitator_id is not None
    name = other.person.name if known or entry is None else entry.name
    told = introducing.entry_for(party, other)
    return _context(
        meeting.community,
        name=name or _("A member"),
        offers=told.offers if told else "",
        seeks=told.seeks if told else "",
        facilitator=meeting.facilitator.name if meeting.facilitator else "",
        token=party.token,
    )


def _context(
    community: Community, *, name: str, offers: str, seeks: str, facilitator: str, token: str
) -> dict[str, object]:
    return {
        "community": community,
        "name": name,
        "offers": offers,
        "seeks": seeks,
        "facilitator": facilitator,
        "address": settings.MERIDIAN_URL + reverse("introduction", args=[token]),
        "stop": settings.MERIDIAN_URL + reverse("stop_introduction", args=[token]),
        "list_name": f"introductions.{community.slug}",
    }


def sample(now: datetime, zone: str) -> Context | None:
    """Return what such a mail could say, of the last introduction or the first person; None where there is nobody."""
    meeting = Introduction.objects.with_parties().first()
    if meeting:
        side = meeting.parties.first()
        person = side.person if side else None
    else:
        person = Person.objects.order_by("pk").first()
    community = meeting.community if meeting else Community.objects.order_by("pk").first()
    if person is None or community is None:
        return None
    words = (meeting.words if meeting else "") or _("You both work on the same question, in two countries.")
    who = meeting.facilitator.name if meeting and meeting.facilitator else ""
    given = _context(community, name=person.name, offers="", seeks="", facilitator=who, token=EXAMPLE)
    until = now + introducing.ANSWER_WITHIN
    return given | {"words": words, "first": True, "until": until}


def over_sample(now: datetime, zone: str) -> Context | None:
    """Return what such a mail could say when nothing came of it."""
    found = sample(now, zone)
    return {**found, "answered": True, "stop": ""} if found else None
