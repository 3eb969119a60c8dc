"""Ask a question, vote for one, report one. What a typed address asks counts once its owner has confirmed it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import person_known_by
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.questions.models import (
    LONGEST,
    Asker,
    Question,
    QuestionQuerySet,
    QuestionVote,
    Standing,
)
from seminars.sessions.questions.opening import begin, is_open, rule_of
from seminars.sessions.registration.models import Registration

MOST = 10  # questions of one address to one session
MOST_OF_ALL = 2000  # of a session: a script that fills the form is stopped there


@dataclass(frozen=True)
class Voter:
    """Who asks or votes. proved: the address is surely theirs. language: of mails. zone: whose clock mails tell."""

    email: str
    person: Person | None = None
    registration: Registration | None = None
    language: str = "en"
    zone: str = ""
    proved: bool = False


def asker_of(session: Session, voter: Voter) -> Asker | None:
    """Return the row of somebody at a session; None while they neither asked nor voted."""
    same = Q(email=voter.email.strip().lower())
    if voter.proved and voter.person:
        same |= Q(person=voter.person, confirmed_at__isnull=False)
    rows = Asker.objects.filter(same, session=session)
    return rows.order_by(F("confirmed_at").asc(nulls_last=True), "pk").first()


def admit(*, session: Session, voter: Voter, now: datetime) -> Asker:
    """Return the row of somebody at a session, made if there is none; a proved address is confirmed. now: aware UTC.

    Raises UserError for what is no address.
    """
    email = voter.email.strip().lower()
    raise_if({} if is_address(email) else {"email": _("Give one e-mail address, such as name@example.org.")})
    found = asker_of(session, voter)
    if found is None:
        made = Asker(
            session=session,
            email=email,
            language=voter.language,
            zone=voter.zone,
            token=secrets.token_urlsafe(24),
            made_at=now,
        )
        Asker.objects.bulk_create([made], ignore_conflicts=True)
        begin(session)
        found = Asker.objects.get(session=session, email=email)
    if voter.proved and (found.confirmed_at is None or (voter.registration and not found.registration_id)):
        found.confirmed_at = found.confirmed_at or now
        found.person = found.person or voter.person or person_known_by(email)
        found.registration = found.registration or voter.registration
        found.save(update_fields=["confirmed_at", "person", "registration"])
    return found


def ask(
    *, session: Session, voter: Voter, text: str, name: str = "", language: str = "", now: datetime
) -> Question | None:
    """Return the question; the same words by the same address are the same one. now: aware UTC.

    name: as it is shown, empty for nobody's. Of an address that is not proved it waits for `confirm`; None where that
    has asked enough, which its sender is not told. Raises UserError by field, and where no questions are taken.
    """
    text, name = cleaned(text), " ".join(name.replace("\x00", "").split())
    raise_if(_wrong(text, name))
    if not is_open(session, now):
        raise UserError({"": _("Questions are not taken now.")})
    with transaction.atomic():
        asker = admit(session=session, voter=voter, now=now)
        Asker.objects.select_for_update(of=("self",)).get(pk=asker.pk)  # two clicks at once ask once
        mine = Question.objects.filter(asker=asker)
        if same := mine.filter(text=text).first():
            return confirm(question=same, now=now) if voter.proved else same
        if mine.count() >= MOST or session.questions.count() >= MOST_OF_ALL:
            if not voter.proved:
                return None
            raise UserError({"": _("That is enough for one session. Vote for what others ask.")})
        return Question.objects.create(
            session=session,
            asker=asker,
            person=asker.person if voter.proved else None,
            text=text,
            name=name,
            language=language,
            made_at=now,
            confirmed_at=now if voter.proved else None,
            standing=Standing.WAITING if rule_of(session.series).approval else Standing.SHOWN,
        )


def confirm(*, question: Question, now: datetime) -> Question:
    """Return the question, which its address has surely asked now; so the address is proved. now: aware UTC."""
    with transaction.atomic():
        asker = question.asker
        if asker and asker.confirmed_at is None:
            asker.confirmed_at, asker.person = now, asker.person or person_known_by(asker.email)
            asker.save(update_fields=["confirmed_at", "person"])
        person = asker.person if asker else None
        Question.objects.filter(pk=question.pk, confirmed_at=None).update(confirmed_at=now, person=person)
    return Question.objects.select_related("asker").get(pk=question.pk)


def discard(*, question: Question) -> None:
    """Its address did not ask it, or takes it back; what was answered or merged stays in the record, unnamed."""
    rows = Question.objects.filter(pk=question.pk)
    if question.is_answered or question.standing == Standing.MERGED or question.merged.exists():
        rows.update(name="")
    else:
        rows.delete()


def vote(*, question: Question, asker: Asker, wants: bool, now: datetime) -> bool:
    """Return whether a vote was counted now, or taken back; twice is once. now: aware UTC.

    Raises UserError for one's own question, one that is not shown, an address that is not proved, and once closed.
    """
    if asker.confirmed_at is None or asker.session_id != question.session_id:
        raise UserError({"": _("Confirm your address first.")})
    if question.asker_id == asker.pk:
        raise UserError({"": _("This is your own question.")})
    if not is_open(question.session, now):
        raise UserError({"": _("Questions are not taken now.")})
    with transaction.atomic():
        held = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        if held.standing != Standing.SHOWN:
            raise UserError({"": _("Nobody votes for this any more.")})
        return _vote(held, asker, now) if wants else _take_back(held, asker)


def _vote(question: Question, asker: Asker, now: datetime) -> bool:
    try:
        with transaction.atomic():
            QuestionVote.objects.create(question=question, asker=asker, person=asker.person, made_at=now)
    except IntegrityError:
        return False
    return bool(Question.objects.filter(pk=question.pk).update(votes=F("votes") + 1))


def _take_back(question: Question, asker: Asker) -> bool:
    if not QuestionVote.objects.filter(question=question, asker=asker).delete()[0]:
        return False
    return bool(Question.objects.filter(pk=question.pk, votes__gt=0).update(votes=F("votes") - 1))


def report(*, question: Question) -> None:
    """Somebody finds it out of place: the moderators see so. It stays until they decide."""
    Question.objects.filter(pk=question.pk).update(reports=F("reports") + 1)


def set_word(*, asker: Asker, wants: bool) -> None:
    """Whether they get a mail when a question of theirs is answered."""
    Asker.objects.filter(pk=asker.pk).update(wants_word=wants)


def opened(token: str) -> Asker:
    """Return the asker of a secret link, with their session. Raises DoesNotExist."""
    rows = Asker.objects.select_related(
        "session__series__community", "session__question_door", "person", "registration"
    )
    return rows.get(token=token)


def forget(*, before: datetime) -> int:
    """Return how many rows go that were made before `before` (aware UTC) with an address nobody confirmed."""
    gone = Question.objects.filter(confirmed_at=None, made_at__lt=before).delete()[0]
    return gone + Asker.objects.filter(confirmed_at=None, made_at__lt=before).delete()[0]


def let_go(*, asker: Asker, email: str) -> None:
    """Make somebody's row nobody's, with `email` in place of theirs: what was shown stays without a name, and votes
    stay counted; what never was shown goes. The secret link ends."""
    mine = QuestionQuerySet(Question).filter(asker=asker)
    kept = mine.filter(Q(standing__in=[Standing.SHOWN, Standing.MERGED]), confirmed_at__isnull=False)
    mine.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    mine.update(name="", person=None)
    QuestionVote.objects.filter(asker=asker).update(person=None)
    Asker.objects.filter(pk=asker.pk).update(
        email=email,
        person=None,
        registration=None,
        zone="",
        wants_word=False,
        token=secrets.token_urlsafe(24),
    )


def cleaned(text: str) -> str:
    """Return the text as it is kept: without blanks at the ends of lines, and what no database takes."""
    return "\n".join(line.rstrip() for line in text.replace("\x00", "").strip().splitlines())


def _wrong(text: str, name: str) -> dict[str, str]:
    wrong = {}
    if not text:
        wrong["text"] = _("Write down the question.")
    for field, said, most in (("text", text, LONGEST), ("name", name, 200)):
        if len(said) > most:
            wrong[field] = _("Shorten this to %(most)d characters.") % {"most": most}
    return wrong
