"""Look whether the links of shared resources still open: slowly, a few an hour, and never believed the first time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _
from requests import RequestException
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError

from seminars.elsewhere.addresses import NotPublic, Rule, is_public
from seminars.elsewhere.asking import Refused, ask, why_no_answer
from seminars.queue import jobs
from seminars.queue.models import Job
from seminars.series.resources.models import LinkLook, Resource

EVERY, AGAIN = timedelta(days=7), timedelta(hours=20)
"""How old a look may be: of a link that opened, and of one that did not."""
AFTERWARDS = timedelta(days=30)
"""So long after its deadline a resource is looked at."""
MOST = 20
"""Looks that one hour orders."""
SECONDS = 15
AGENT = "Meridian (looks whether a link that members shared still opens)"
REFUSES = (401, 402, 403, 405, 406, 429, 451, 999)
"""Answers of pages that are there, and not for programs."""
KIND = "resource link"
DOOR = "seminars.tasks.look_at_link"


def order_due(*, now: datetime) -> int:
    """Return how many links were ordered to be looked at, those first that nobody looked at for longest."""
    return order(due(now=now), now=now)


def due(*, now: datetime) -> list[Resource]:
    """Return the resources on a list whose link is to be looked at; one question. now: aware UTC."""
    old = Q(link__looked_at__lte=now - EVERY) | Q(link__looked_at__lte=now - AGAIN, link__failures__gt=0)
    new = Q(link=None) | ~Q(link__url=F("url"))
    wanted = Q(due_at=None) | Q(due_at__gte=now - AFTERWARDS)
    rows = Resource.objects.published().filter(wanted, old | new)
    return list(rows.order_by(F("link__looked_at").asc(nulls_first=True), "pk")[:MOST])


def order(resources: Iterable[Resource], *, now: datetime) -> int:
    """Return how many jobs were made or woken. One job a resource, for ever: it is queued anew when it was done."""
    count = 0
    for each in resources:
        with transaction.atomic():
            job = jobs.ensure(kind=KIND, subject=f"resource:{each.pk}", door=DOOR, now=now)
            jobs.once_more(job, now)
            count += 1
    return count


def resource_of(job: Job) -> Resource | None:
    """Return what a job is about; None if it is on no list any more."""
    rows = Resource.objects.published().select_related("community")
    return rows.filter(pk=job.subject.partition(":")[2]).first()


def look(*, resource: Resource, now: datetime, rule: Rule = is_public) -> LinkLook:
    """Return what was found behind the resource's link, kept. now: aware UTC.

    rule: which addresses may be connected to; not a setting, so that nobody can open the door from outside.
    """
    with translation.override(resource.community.language):
        wrong = _wrong(resource.url, rule)[:300]
    before = LinkLook.objects.filter(resource=resource, url=resource.url).first()
    failures = (before.failures if before else 0) + 1 if wrong else 0
    since = (before.failing_since if before else None) or now
    values = {
        "url": resource.url,
        "looked_at": now,
        "failures": min(failures, 1000),
        "failing_since": since if wrong else None,
        "words": wrong,
    }
    kept, _made = LinkLook.objects.update_or_create(resource=resource, defaults=values)
    return kept


def _wrong(url: str, rule: Rule) -> str:
    """What is wrong with an address, in words; "" where a page is there. Its body is not read."""
    try:
        with ask(url, {"User-Agent": AGENT, "Accept": "*/*"}, rule, seconds=SECONDS) as answer:
            status = answer.status_code
    except NotPublic:
        return _("The address leads into a private network.")
    except Refused as refused:
        return str(refused)
    except SSLError:
        return _("The other server's certificate is not valid.")
    except (RequestException, HTTPError, OSError) as broken:
        return why_no_answer(broken)
    if status < 400 or status in REFUSES:
        return ""
    if status in (404, 410):
        return _("The page is gone (%(status)d).") % {"status": status}
    return _("The other server answers with an error (%(status)d).") % {"status": status}
