"""Who reads without belonging: an address, what it follows, and which mails it wants of that."""

from collections.abc import Iterable
from typing import Self

from django.db import models

from seminars.fields import ZoneField
from seminars.people.models import Community, Person
from seminars.series.models import Series
from seminars.sessions.models import Session

SITE = "site"


class Reader(models.Model):
    """One address. `token` is the secret of the page by which its owner sees and changes all; no account is needed.

    person: once they moved it into their account; then the account's address, language and clock count.
    """

    email = models.EmailField(unique=True, help_text="In small letters.")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="readers", help_text="If moved there."
    )
    token = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10)
    zone = ZoneField(blank=True, help_text="Whose clock the mails tell; empty is the session's.")
    ready = models.BooleanField(
        default=True, help_text="Tell when the recording of a session is ready for which they registered."
    )
    asked = models.BooleanField(default=True, help_text="Ask how a session was for which they registered.")
    leads = models.JSONField(
        null=True,
        blank=True,
        help_text="When they want reminders (`series.leads`); null is as each series has it.",
    )
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the address proved itself first."
    )

    def __str__(self) -> str:
        return self.email


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about what is followed."""

    def confirmed(self) -> Self:
        """Those that count."""
        return self.filter(confirmed_at__isnull=False)

    def wanting(self, wish: str) -> Self:
        """Confirmed ones that want mails of a kind: "moves", "ready" or "newsletter"."""
        return self.confirmed().filter(**{wish: True})

    def of(self, scopes: Iterable[str]) -> Self:
        """Those of these scopes (`scope_of`), with what is needed to write to their readers."""
        return self.filter(scope__in=list(scopes)).select_related("reader__person__user")


class Subscription(models.Model):
    """One thing that an address follows. It counts from `confirmed_at` on; anybody can type any address.

    scope: "site", or "community:", "series:" or "session:" and its number, so that one question finds all readers of a
    fact; the keys beside it end it when the thing goes.
    """

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="subscriptions")
    scope = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="subscriptions")
    series = models.ForeignKey(Series, models.CASCADE, null=True, related_name="subscriptions")
    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="subscriptions")
    moves = models.BooleanField(default=False, help_text="New times, cancellations.")
    ready = models.BooleanField(default=False, help_text="When recordings are ready.")
    newsletter = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("reader", "scope", name="subscription_once")]
        indexes = [models.Index("scope", name="subscription_scope")]

    def __str__(self) -> str:
        return f"{self.reader_id} / {self.scope}"


Followed = Community | Series | Session | None
"""What can be followed; None is the whole site."""


def scope_of(followed: Followed) -> str:
    """Return the scope of a thing: what `Subscription.scope` holds."""
    if followed is None:
        return SITE
    return f"{type(followed).__name__.lower()}:{followed.pk}"


def scopes_of(session: Session) -> list[str]:
    """Return all scopes in which a fact about `session` is told. Load `series` with it."""
    series = session.series
    return [SITE, f"community:{series.community_id}", f"series:{series.pk}", f"session:{session.pk}"]
