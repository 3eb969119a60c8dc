"""The mail that says when an account will be forgotten, with the link that takes it back."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post
from seminars.people.accounts.models import Erasure
from seminars.people.accounts.orders import DAYS, token_of
from seminars.people.models import User

KIND = "erasure"
EXAMPLE = "example"  # stands for the secret in a preview
OVER = gettext_noop("It was taken back or carried out.")


def mail_order(order: Erasure, *, now: datetime) -> int:
    """Return how many mails are written down: 1, or 0 if it was before. Call it inside `atomic`. now: aware UTC."""
    person = getattr(order.user, "person", None)
    zone = order.user.zone or (person.zone if person else "")
    to = Recipient(order.user.email, person.pk if person else None, language_of(order.user.language), zone)
    return post(
        kind=KIND, subject=f"erasure:{order.pk}", revision=1, letters=[Letter(to)], due_at=now, now=now
    )


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for an order that does not stand."""
    number = message.subject.partition(":")[2]
    order = Erasure.objects.standing().filter(pk=int(number) if number.isdecimal() else 0).first()
    if order is None:
        raise Pointless(OVER)
    return _context(order.due_at, token_of(order))


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same as if it were asked now; None on a site that knows nobody."""
    return _context(now + DAYS, EXAMPLE) if User.objects.exists() else None


def _context(due_at: datetime, token: str) -> Context:
    return {"due_at": due_at, "address": settings.MERIDIAN_URL + reverse("stay", args=[token])}
