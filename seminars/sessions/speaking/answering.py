"""What somebody says by their link: whether they come, what they talk about, what may be done with it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Person
from seminars.sessions import moving
from seminars.sessions.models import Session
from seminars.sessions.speaking.asking import tell
from seminars.sessions.speaking.models import Answer, Engagement, Licence

LONGEST = 2000


def answer(*, engagement: Engagement, comes: bool, words: str, now: datetime) -> Engagement:
    """Return the engagement, confirmed or declined, with words to the organisers. The same again writes nothing.

    now: aware UTC. Raises UserError for words that are too long.
    """
    said, words = Answer.CONFIRMED if comes else Answer.DECLINED, words.strip()
    if len(words) > LONGEST:
        raise UserError({"words": _("Use at most %(most)d characters.") % {"most": LONGEST}})
    if (engagement.answer, engagement.words) == (said, words):
        return engagement
    engagement.answer, engagement.words, engagement.answered_at = said.value, words, now
    with transaction.atomic():
        engagement.save(update_fields=["answer", "words", "answered_at"])
        kind = "speaker-confirmed" if comes else "speaker-declined"
        tell(kind, engagement, now=now, actor_id=None, note=words)
    return engagement


def write(*, engagement: Engagement, title: str, abstract: str, seen: int | None, now: datetime) -> Session:
    """Return the session with the speaker's title and abstract, in its language; other languages' words stay.

    seen: the revision they looked at. Raises UserError by field, or `revising.Stale`.
    """
    session = engagement.session
    if not title.strip():
        raise UserError({"title": _("Give a title.")})
    tag = session.language
    fields = {
        name: {**getattr(session, name), tag: text}
        for name, text in (("title", title.strip()), ("abstract", abstract.strip()))
    }
    with transaction.atomic():
        before = session.revision
        written = moving.edit(session=session, now=now, actor_id=None, seen=seen, **fields)
        if written.revision != before:
            tell("speaker-wrote", engagement, now=now, actor_id=None)
    return written


def consent(
    *, engagement: Engagement, may_record: bool, may_publish: bool, licence: str, now: datetime
) -> Engagement:
    """Return the engagement with what may be done. Not recorded is not published either. The same again writes nothing.

    licence: a `Licence`; needed where something is published. now: aware UTC. Raises UserError by field.
    """
    may_publish = may_publish and may_record
    licence = licence if may_publish else ""
    wrong = {}
    if may_publish and licence not in Licence.values:
        wrong["licence"] = _("Choose on which terms others may use it.")
    raise_if(wrong)
    said = (may_record, may_publish, licence)
    if (engagement.may_record, engagement.may_publish, engagement.licence) == said:
        return engagement
    engagement.may_record, engagement.may_publish, engagement.licence = said
    engagement.consented_at = now
    with transaction.atomic():
        engagement.save(update_fields=["may_record", "may_publish", "licence", "consented_at"])
        kind = "speaker-consented" if may_publish else "speaker-refused"
        tell(kind, engagement, now=now, actor_id=None)
    return engagement


def set_zone(*, person: Person, zone: str) -> Person:
    """Return the person with the zone by which they read times. Raises UserError."""
    if not clock.is_zone(zone):
        raise UserError({"zone": _("Choose a time zone from the list.")})
    person.zone = clock.canonical(zone)
    person.save(update_fields=["zone"])
    return person
