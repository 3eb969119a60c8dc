"""Mails of questions: the link by which an address is confirmed, and the word that a question is answered, once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import UNDO, Letter, Recipient, post, post_link
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.questions.answering import with_answers
from seminars.sessions.questions.models import Asker, Question, Standing

LINK, ANSWERED = "question-link", "question-answered"
EXAMPLE = "example"  # stands for the secret in a preview
MOST = 500
GONE = gettext_noop("The question is gone.")
UNWANTED = gettext_noop("The person does not want these mails any more.")
HIDDEN = gettext_noop("The person may not see the session any more.")
TAKEN_BACK = gettext_noop("The answer was taken back.")


def mail_link(asker: Asker, *, now: datetime) -> bool:
    """Return whether a mail with the link is written down; not while one waits, nor within ten minutes of the last.

    Call it inside `atomic`. now: aware UTC. Load `session__series` with it.
    """
    return post_link(
        kind=LINK,
        subject=f"asker:{asker.pk}",
        to=Recipient(asker.email, asker.person_id, asker.language, asker.zone),
        now=now,
        community_id=asker.session.series.community_id,
    )


def look(*, now: datetime) -> int:
    """Return how many mails are written down now for askers whose question was answered in writing. now: aware UTC.

    Who asked one that was merged into it is told, too. Each mail leaves ten minutes later, with what is true then.
    """
    answered = Q(answered_at__isnull=False) | Q(
        standing=Standing.MERGED, merged_into__answered_at__isnull=False
    )
    wanted = Q(asker__wants_word=True, confirmed_at__isnull=False)
    rows = Question.objects.filter(answered & wanted, told_at=None, session__withdrawn_at=None)
    found = list(rows.select_related("asker", "session__series").order_by("pk")[:MOST])
    made = 0
    for each in found:
        asker = each.asker
        if asker is None:
            continue
        with transaction.atomic():
            if Question.objects.filter(pk=each.pk, told_at=None).update(told_at=now):
                made += post(
                    kind=ANSWERED,
                    subject=f"question:{each.pk}",
                    revision=1,
                    letters=[Letter(Recipient(asker.email, asker.person_id, asker.language, asker.zone))],
                    due_at=now + UNDO,
                    now=now,
                    community_id=each.session.series.community_id,
                )
    return made


def link_facts(message: Message, now: datetime) -> Context:
    """Return what the mail with the link says. It holds nothing that was typed. Raises Pointless."""
    number = _number(message)
    rows = Asker.objects.select_related("session__series__community", "person", "registration")
    asker = rows.filter(pk=number).first()
    if asker is None:
        raise Pointless(GONE)
    if not sees(asker):
        raise Pointless(HIDDEN)
    return _context(asker.session, asker) | {"stop": ""}


def answered_facts(message: Message, now: datetime) -> Context:
    """Return the question and its answers. Raises Pointless for who wants no word, or may not see the session."""
    rows = Question.objects.select_related(
        "asker__session__series__community", "asker__person", "asker__registration"
    )
    mine = rows.filter(pk=_number(message)).first()
    asker = mine.asker if mine else None
    if mine is None or asker is None:
        raise Pointless(GONE)
    if not asker.wants_word:
        raise Pointless(UNWANTED)
    if not sees(asker):
        raise Pointless(HIDDEN)
    key = mine.merged_into_id if mine.standing == Standing.MERGED else mine.pk
    shown = with_answers(Question.objects.filter(pk=key or 0).shown()).first()
    if shown is None:
        raise Pointless(GONE)
    if not shown.answers.all():
        raise Pointless(TAKEN_BACK)
    return _context(asker.session, asker) | {"question": shown, "answers": list(shown.answers.all()[:3])}


def sees(asker: Asker) -> bool:
    """Whether who asked may see the session: the registered, else as a visitor with their account or without one.

    Load `session`, `person` and `registration` with it.
    """
    if asker.session.withdrawn_at:
        return False
    booked = asker.registration
    if booked and booked.counts and not booked.removed_at:
        return True
    user = asker.person.user_id if asker.person else None
    return Session.objects.visible_to(Visitor(user)).filter(pk=asker.session_id).exists()


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for a question that was answered, or the site's next session; None where there is none."""
    rows = with_answers(Question.objects.shown().filter(answered_at__isnull=False))
    found = rows.select_related("session__series__community").order_by("-answered_at", "-pk").first()
    sessions = Session.objects.published().filter(withdrawn_at=None).select_related("series__community")
    session = (
        found.session if found else sessions.order_by(F("starts_at").desc(nulls_last=True), "pk").first()
    )
    if session is None:
        return None
    shown = found or Question(session=session, text=_plain_title(session))
    answers = list(found.answers.all()[:3]) if found else []
    about = {"question": shown, "answers": answers}
    return _context(session, Asker(session=session, token=EXAMPLE)) | about


def _plain_title(session: Session) -> str:
    return next(iter(session.heading.values()), "")


def _number(message: Message) -> int:
    number = message.subject.partition(":")[2]
    return int(number) if number.isdecimal() else 0


def _context(session: Session, asker: Asker) -> dict[str, object]:
    community = session.series.community
    own = settings.MERIDIAN_URL + reverse("own_questions", args=[asker.token])
    return {
        "community": community,
        "session": session,
        "own": own,
        "stop": own,
        "list_name": f"questions.{community.slug}",
        "reply_to": community.contact,
    }
