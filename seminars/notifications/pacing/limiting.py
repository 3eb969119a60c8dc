"""Limits for each minute of the clock, of all mails and of those to one domain; counted in the database.

A domain that has had its share is passed over until the next minute, so that it holds up no other; its mails keep
their order.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from seminars.notifications.pacing.models import Outage, Pace

ALL = ""  # the row that counts every mail
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=5)


@dataclass(frozen=True)
class Limits:
    """Mails a minute: of all, to any one domain, and to domains by name; 0 for as many as there are."""

    overall: int = 0
    each: int = 0
    named: Mapping[str, int] = field(default_factory=dict)

    def of(self, domain: str) -> int:
        """Return the limit of a domain."""
        return self.overall if domain == ALL else self.named.get(domain, self.each)


def limits() -> Limits:
    """Return those of the settings."""
    return Limits(settings.MAIL_PER_MINUTE, settings.MAIL_PER_DOMAIN.get("", 0), settings.MAIL_PER_DOMAIN)


def take(rows: Any, *, now: datetime, most: int) -> list[int]:
    """Return the primary keys of the first mails of `rows` that may leave now, at most `most`, and count them.

    rows: a queryset of mails in their order. now: aware UTC. Call it inside `atomic`.
    """
    rule = limits()
    if not (rule.overall or rule.each or any(rule.named.values())):
        return list(_skipping(rows).values_list("pk", flat=True)[:most])
    minute = now.replace(second=0, microsecond=0)
    taken = _taken(minute)
    left = min(most, rule.overall - taken[ALL]) if rule.overall else most
    if left <= 0:
        return []
    full = [name for name, count in taken.items() if name != ALL and 0 < rule.of(name) <= count]
    keys, new = [], Counter[str]()
    for pk, domain in _skipping(rows.exclude(domain__in=full)).values_list("pk", "domain")[:left]:
        if rule.of(domain) and taken[domain] + new[domain] >= rule.of(domain):
            continue
        keys.append(pk)
        new[domain] += 1
    if keys:
        _count(taken + new + Counter({ALL: len(keys)}), [ALL, *new], minute)
    return keys


def rest(said: str, *, now: datetime) -> None:
    """Note that the mail server does not answer: nobody tries again for a minute, then for longer. now: aware UTC.

    Several workers that meet the same outage make it no longer.
    """
    with transaction.atomic():
        found, made = Outage.objects.select_for_update().get_or_create(
            pk=1, defaults={"since": now, "until": now + FIRST_REST, "tries": 1, "said": said[:300]}
        )
        if not made and found.until <= now:
            wait = min(FIRST_REST * 2 ** min(found.tries, 10), LONGEST_REST)
            found.until, found.tries, found.said = now + wait, found.tries + 1, said[:300]
            found.save(update_fields=["until", "tries", "said"])


def resting(*, now: datetime) -> bool:
    """Return whether the mail server did not answer just now. now: aware UTC."""
    return Outage.objects.filter(until__gt=now).exists()


def answered() -> None:
    """Note that the mail server answers."""
    Outage.objects.filter(pk=1).delete()


# Below: how it is done.


def _skipping(rows: Any) -> Any:
    """Rows that another worker is taking just now are left to it."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def _taken(minute: datetime) -> Counter[str]:
    """How many of each domain were taken in this minute. Whoever counts holds the row of all: one after the other."""
    Pace.objects.get_or_create(domain=ALL, defaults={"minute": minute, "taken": 0})
    Pace.objects.select_for_update().get(domain=ALL)
    return Counter(dict(Pace.objects.filter(minute=minute).values_list("domain", "taken")))


def _count(taken: Counter[str], domains: list[str], minute: datetime) -> None:
    Pace.objects.bulk_create(
        [Pace(domain=each, minute=minute, taken=taken[each]) for each in domains],
        update_conflicts=True,
        unique_fields=["domain"],
        update_fields=["minute", "taken"],
    )
