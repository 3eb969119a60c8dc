"""Questions that people ask in the demo: some wait, some have votes, some were answered and stand in the archive.

Words are examples; that people ask by phone and in several languages is from the users' own accounts.
"""

from datetime import datetime, timedelta

from seminars.people.models import Person, Role
from seminars.sessions.models import Session, SpeakerRole
from seminars.sessions.questions import moderating, opening
from seminars.sessions.questions.answering import answer
from seminars.sessions.questions.asking import Voter, admit
from seminars.sessions.questions.models import Asker, Question, QuestionVote, Standing

ASKED = (
    ("How do you keep the books when only one member can write?", "en", "Zanele", 4, True),
    ("¿Qué pasa con el fondo si el grupo se disuelve?", "es", "Rosa", 2, False),
    ("Do you charge a fee, and who decides on it?", "en", "", 1, False),
)
WAITING = ("Could you show the slide with the three figures again?", "en")
ANSWER = (
    "Two members keep it together: one reads the figures out, the other writes, and all repeat them. "
    "We sent the form that we use to the organisers; it is with the slides."
)


def ask_some(*, now: datetime) -> None:
    """Let people ask at the last public session that was held, and at the next one. now: aware UTC."""
    rows = Session.objects.published().filter(
        audience="everyone", cancelled_at=None, postponed_at=None, withdrawn_at=None, series__external=False
    )
    rows = rows.exclude(series__community__joining="closed").select_related("series__community")
    held = rows.filter(ends_at__lte=now, speakers__isnull=False, materials__isnull=False).distinct()
    if past := held.order_by("-ends_at", "pk").first():
        _ask(past, now=now - timedelta(hours=1))
        _answer(past, now=now)
    ahead = rows.filter(ends_at__gt=now, starts_at__lt=now + timedelta(hours=72), lead=None)
    if coming := ahead.order_by("starts_at", "pk").first():
        _ask(coming, now=now - timedelta(hours=1))


def _ask(session: Session, *, now: datetime) -> None:
    opening.begin(session)
    members = Person.objects.filter(memberships__community=session.series.community_id, email__gt="")
    people = list(members.exclude(memberships__role=Role.MANAGER).order_by("pk").distinct()[:6])
    askers = [
        admit(session=session, voter=Voter(each.email, each, None, "en", each.zone, proved=True), now=now)
        for each in people
    ]
    for number, (text, language, name, votes, _answered) in enumerate(ASKED):
        asker = askers[number % len(askers)] if askers else None
        made = _made(session, asker, text, language, name, now, Standing.SHOWN)
        voters = [each for each in askers if asker is None or each.pk != asker.pk][:votes]
        QuestionVote.objects.bulk_create(
            QuestionVote(question=made, asker=each, person=each.person, made_at=now) for each in voters
        )
        Question.objects.filter(pk=made.pk).update(votes=len(voters))
    _made(session, askers[0] if askers else None, *WAITING, "", now, Standing.WAITING)


def _made(
    session: Session, asker: Asker | None, text: str, language: str, name: str, now: datetime, standing: str
) -> Question:
    return Question.objects.create(
        session=session,
        asker=asker,
        person=asker.person if asker else None,
        text=text,
        language=language,
        name=name,
        made_at=now,
        confirmed_at=now,
        standing=standing,
        told_at=now,
    )


def _answer(session: Session, *, now: datetime) -> None:
    """The first in writing by who spoke, the next was answered live."""
    first, second = Question.objects.filter(session=session).shown().by_votes()[:2]
    speaker = session.speakers.filter(role=SpeakerRole.SPEAKER).select_related("person").first()
    answer(question=first, person=speaker.person if speaker else None, text=ANSWER, now=now)
    moderating.tick_live(question=second, done=True, second=50, now=now, actor_id=None)
