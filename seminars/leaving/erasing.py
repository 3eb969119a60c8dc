"""Forget a person: the archive and the counts stay, whoever they were goes.

What stays stands under a number without a name: that somebody registered, came, was told. The account's row stays as
an empty shell, so that addresses of its calendars answer 410 for ever and changes keep an author who is nobody.
"""

import logging
import secrets
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session as SignIn
from django.db import models, transaction

from seminars.calendars import tokens
from seminars.calendars.models import Entry, FeedToken, Follow
from seminars.changes.recording import SITE, raise_versions, record
from seminars.followups.papers.models import PaperReview
from seminars.leaving import files, traces
from seminars.leaving.tables import Whole, rows_of, whole_of
from seminars.leaving.traces import REMOVED, Hunt
from seminars.notifications.models import Message, MessageState
from seminars.notifications.readers.models import Reader
from seminars.people.accounts.models import Erasure
from seminars.people.accounts.orders import administers_alone, led_alone
from seminars.people.addresses import NOWHERE
from seminars.people.joining import remove_member
from seminars.people.membership.models import JoinRequest
from seminars.people.models import Community, Person, User
from seminars.series.inviting.models import Invitation
from seminars.sessions.attendance.noting import forget_person
from seminars.sessions.certificates.models import Certificate
from seminars.sessions.models import Session, Speaker
from seminars.sessions.questions.asking import let_go as let_go_of_asker
from seminars.sessions.questions.models import Asker, WrittenAnswer
from seminars.sessions.registration.models import Registration, SeriesRegistration
from seminars.sessions.registration.registering import withdraw
from seminars.sessions.registration.whole import withdraw as give_up_series
from seminars.sessions.revising import revise
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.speaking.models import Engagement, SpeakerLink

KEPT = (Erasure, FeedToken, Registration, SeriesRegistration, Message, Speaker, Engagement, Person)
"""Tables whose rows stay though they point at the person: cleaned here by name."""
GOES = (Reader, JoinRequest)
"""Tables that hold an address and nothing that is counted."""
log = logging.getLogger(__name__)


def erase_due(*, now: datetime) -> int:
    """Return how many people were forgotten whose seven days are over at `now` (aware UTC)."""
    return sum(
        erase(order_id=pk, now=now) for pk in Erasure.objects.due(now=now).values_list("pk", flat=True)
    )


def erase(*, order_id: int, now: datetime) -> bool:
    """Return whether the order was carried out now, whole or not at all; what was taken back or done is passed over.

    While a community or the site hangs on this account by now, the order waits, and the log says so.
    """
    with transaction.atomic():
        order = Erasure.objects.select_for_update().due(now=now).filter(pk=order_id).first()
        if order is None:
            return False
        user = User.objects.select_for_update().get(pk=order.user_id)
        if led_alone(user) or administers_alone(user):
            log.warning("Account %s is to be forgotten, but something hangs on it: hand it over.", user.pk)
            return False
        whole = whole_of(user)
        words = Hunt(whole, "").wanted()
        found = _forget(order, whole, now)
        Erasure.objects.filter(pk=order.pk).update(done_at=now, found=found)
        record(kind="erased", subject=f"user:{user.pk}", scopes=[f"user:{user.pk}"], now=now, after=found)
        transaction.on_commit(partial(files.forget_mails, settings.MAILBOX, words))
        transaction.on_commit(partial(files.forget_calendars, settings.FEEDS, words))
    return True


def consented(person: Person) -> models.QuerySet[Engagement]:
    """Return the record of each session whose recording they agreed, as speaker, to have published."""
    said = Engagement.objects.filter(person=person, may_publish=True, consented_at__isnull=False)
    return said.select_related("session__series").order_by("session__starts_at", "pk")


def _forget(order: Erasure, whole: Whole, now: datetime) -> dict[str, int]:
    person, email = whole.person, _nobody()
    stays = set(consented(person).values_list("session", flat=True)) if person and order.keep_names else set()
    booked = frozenset(rows_of(Registration, whole).values_list("pk", flat=True))
    _hold_sessions(whole)
    found = {
        "registrations": _registrations(whole, now),
        "sites": _sites(whole, now),
        "appearances": _appearances(person, stays, now) if person else 0,
        "appearances kept by consent": len(stays),
        "memberships": _memberships(person, now) if person else 0,
        "calendars": _calendars(whole.user, now),
        "mails": _mails(whole),
        "sign-ins": _sign_ins(whole.user),
    }
    found["other rows"] = _others(whole)
    kept = frozenset({person.pk} if person and stays else ())
    found["traces"] = traces.remove(Hunt(whole, email, kept, booked))
    _close(whole.user, email)
    return found


def _hold_sessions(whole: Whole) -> None:
    """Take every session's row that is written later, before any version: see `revising.locked`."""
    spoken = Speaker.objects.filter(person=whole.person).values("session") if whole.person else []
    booked = rows_of(Registration, whole).values("session")
    asked = models.Q(pk__in=booked) | models.Q(pk__in=spoken)
    list(Session.objects.filter(asked).select_for_update(of=("self",)).order_by("pk"))


def _registrations(whole: Whole, now: datetime) -> int:
    """Give up places that lie ahead; then each is one that nobody made, so that counts stay."""
    of_series = rows_of(SeriesRegistration, whole)
    for each in of_series.filter(withdrawn_at=None):
        give_up_series(registration=each, now=now)
    rows = rows_of(Registration, whole)
    for each in rows.filter(session__ends_at__gt=now, withdrawn_at=None).select_related("session__series"):
        withdraw(registration=each, now=now)
    found = [*of_series, *rows.select_related("session")]
    for each in found:
        given: dict[str, Any] = {"name": REMOVED, "email": _nobody(), "person": None, "answers": []}
        if isinstance(each, Registration):  # and nothing of it is told to anybody any more
            given |= {"told_sequence": each.session.sequence, "tellings": 0, "words": "", "news": ""}
        type(each)._base_manager.filter(pk=each.pk).update(**given)
    return len(found)


def _sites(whole: Whole, now: datetime) -> int:
    rows = rows_of(ListeningSite, whole)
    rows.filter(session__ends_at__gt=now, withdrawn_at=None).update(withdrawn_at=now)
    return rows.update(contact=REMOVED, notes="")


def _appearances(person: Person, stays: set[int], now: datetime) -> int:
    """Take the name off every session but those to which it was lent by consent; calendars are told."""
    shell = person
    if stays:
        shell = Person.objects.create(name=REMOVED)
        Speaker.objects.filter(person=person).exclude(session__in=stays).update(person=shell)
        Engagement.objects.filter(person=person).exclude(session__in=stays).update(person=shell)
        Person.objects.filter(pk=person.pk).update(
            user=None, email="", about={}, zone="", country="", languages=[]
        )
    spoken = Speaker.objects.filter(person=shell)
    gone = list(Session.objects.filter(pk__in=spoken.values("session")).with_facts().order_by("pk"))
    spoken.update(affiliation="")
    Engagement.objects.filter(person=shell).update(words="")
    SpeakerLink.objects.filter(engagement__person__in=[person, shell], revoked_at=None).update(revoked_at=now)
    if not stays:
        Person.objects.filter(pk=person.pk).update(
            user=None,
            name=REMOVED,
            email="",
            affiliation="",
            about={},
            zone="",
            country="",
            languages=[],
        )
    for session in gone:
        revise(session, kind="followed", now=now)
    Entry.objects.filter(session__in=gone).delete()
    raise_versions({SITE, f"speaker:{person.pk}", f"speaker:{shell.pk}"})
    return len(gone)


def _memberships(person: Person, now: datetime) -> int:
    rows = list(person.memberships.select_related("person", "community"))
    for membership in rows:
        remove_member(membership=membership, now=now, actor_id=None)
    person.parts.all().delete()
    person.invited_to.clear()
    return len(rows)


def _calendars(user: User, now: datetime) -> int:
    valid = list(FeedToken.objects.filter(user=user, revoked_at=None).select_related("user"))
    for token in valid:
        tokens.revoke(token=token, now=now)
    FeedToken.objects.filter(user=user).update(name="", client="")
    Follow.objects.filter(user=user).delete()
    return len(valid)


def _mails(whole: Whole) -> int:
    """What has not left never will; of what has, only that it did."""
    rows = rows_of(Message, whole)
    rows.filter(state__in=MessageState.unsent()).delete()
    for each in rows:
        gone = f"<{each.uuid}@erased.invalid>"
        Message.objects.filter(pk=each.pk).update(
            email=_nobody(),
            person=None,
            facts={},
            zone="",
            reason="",
            message_id=gone,
        )
    return len(rows)


def _sign_ins(user: User) -> int:
    """End every sign-in, wherever it is open, and forget every way to sign in."""
    UserSession.objects.filter(user=user).delete()
    for ways in (EmailAddress, Authenticator, SocialAccount):
        ways.objects.filter(user=user).delete()
    mine = [
        each.pk for each in SignIn.objects.iterator() if each.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    return int(SignIn.objects.filter(pk__in=mine).delete()[0])


def _others(whole: Whole) -> int:
    """Everything else that points at them: rows that are theirs go, rows that only name them let go."""
    Community.objects.filter(contact__in=whole.addresses).update(contact="")
    forget_person(person=whole.person, emails=set(whole.addresses))  # that somebody came stays counted
    rows_of(Certificate, whole).update(email="", person=None)
    for asker in rows_of(Asker, whole):
        let_go_of_asker(asker=asker, email=_nobody())
    rows_of(WrittenAnswer, whole).update(name=REMOVED)
    for review in rows_of(PaperReview, whole):
        PaperReview.objects.filter(pk=review.pk).update(name=REMOVED, email=_nobody(), person=None)
    open_ones = rows_of(Invitation, whole).filter(accepted_at=None)
    count = int(open_ones.delete()[0]) + sum(int(rows_of(each, whole).delete()[0]) for each in GOES)
    rows_of(Invitation, whole).update(name=REMOVED)
    targets: list[models.Model] = [whole.user, *([whole.person] if whole.person else [])]
    for target in targets:
        for relation in target._meta.related_objects:
            if not relation.hidden and relation.related_model not in KEPT:
                count += _let_go(relation, target)
    return count


def _let_go(relation: Any, target: models.Model) -> int:
    model, column = relation.related_model, relation.field
    if relation.many_to_many:
        return int(
            column.remote_field.through._base_manager.filter(
                **{column.m2m_reverse_field_name(): target.pk}
            ).delete()[0]
        )
    rows = model._base_manager.filter(**{column.name: target})
    if relation.on_delete is models.CASCADE:
        return int(rows.delete()[0])
    return int(rows.update(**{column.name: None})) if column.null else 0


def _nobody() -> str:
    """An address that is no one's, never the same twice."""
    return f"erased-{secrets.token_hex(8)}@erased{NOWHERE}"


def _close(user: User, email: str) -> None:
    user.groups.clear()
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(
        email=email,
        password=user.password,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        language="",
        zone="",
        saves_data=False,
    )
