"""Caches in front, such as nginx or a CDN, are told which public calendars have changed: PURGE and the address.

Nothing below tells us. Each kept calendar remembers the version of which the caches were told; where the facts have
another one by now they are told again, and only after that the row says so: whatever fails is done at the next try.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from seminars.calendars import filters, scopes, shelf
from seminars.calendars.feeds import path_of
from seminars.calendars.models import Feed
from seminars.calendars.scopes import Kind, Missing, Options, Scope
from seminars.changes.models import Version
from seminars.changes.recording import SITE
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

KIND, SUBJECT, DOOR = "purge caches", "feeds", "seminars.tasks.purge_caches"
SECONDS = 10  # for one answer: a cache that is well needs milliseconds
GONE = "gone"
MARK = "purged"  # the folder that remembers at which version of the site nothing was left to tell
_FINE = {404, 410, 412}  # it held no such thing
REFUSED = gettext_noop(
    "A cache did not take what is to be purged. Look at MERIDIAN_PURGE_URLS and at the cache."
)


def order_due(*, now: datetime) -> bool:
    """Have the caches told, if there are any and something has changed. Return whether there was. now: aware UTC."""
    if not settings.PURGE_URLS:
        return False
    number = Version.objects.filter(scope=SITE).values_list("number", flat=True).first()
    if shelf.touched_by(MARK) == str(number):
        return False
    if next(changed(), None) is None:
        shelf.touch(MARK, now, str(number))
        return False
    with transaction.atomic():
        job = jobs.ensure(kind=KIND, subject=SUBJECT, door=DOOR, now=now)
        if job.state in {JobState.DONE, JobState.HELD, JobState.SKIPPED}:
            jobs.once_more(job, now)
    return True


def changed() -> Iterator[tuple[Feed, Scope, str]]:
    """Yield the kept public calendars that are of another version than the caches know, with that version."""
    for feed in Feed.objects.order_by("pk"):
        if (scope := scope_of(feed)) is None:
            continue
        try:
            version = scopes.look(scope).version
        except (Missing, filters.WrongValue):
            version = GONE
        if version != feed.purged:
            yield feed, scope, version


def scope_of(feed: Feed) -> Scope | None:
    """Return which calendar a row is of; None of a secret one, and of one kept before rows had names."""
    kind, _name, past, language, utc = feed.key.split("|")
    scope = Scope(Kind(kind), feed.name, Options(past == "all", language, utc == "utc"))
    return None if scope.private or scope.key != feed.key else scope


def tell(job: Job) -> None:
    """Tell every cache of all that has changed. Raises jobs.Transient where one does not take it."""
    found = list(changed())
    with requests.Session() as session:
        for place, (feed, scope, version) in enumerate(found):
            for cache in settings.PURGE_URLS:
                _purge(session, cache, path_of(scope))
            Feed.objects.filter(pk=feed.pk).update(purged=version)
            jobs.heartbeat(job, progress=place + 1, total=len(found), now=timezone.now())


def _purge(session: requests.Session, cache: str, path: str) -> None:
    address = cache.rstrip("/") + path
    host = {"Host": urlsplit(settings.MERIDIAN_URL).netloc}  # caches know addresses by it
    try:
        answer = session.request("PURGE", address, headers=host, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as wrong:
        raise jobs.Transient(REFUSED, f"PURGE {address}: {wrong}") from wrong
    if not answer.ok and answer.status_code not in _FINE:
        raise jobs.Transient(REFUSED, f"PURGE {address}: {answer.status_code}")
