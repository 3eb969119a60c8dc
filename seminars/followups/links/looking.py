"""Look whether addresses elsewhere still lead somewhere: a few an hour, few of one host, and never believed at once.

First its head is asked for; only of a web page the beginning is read, which may say that there is nothing. A page that
was there is asked for by its tag, so that one that has not changed sends nothing. Who asks us to wait is left alone.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils import translation
from django.utils.translation import gettext as _
from requests import RequestException, Response
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError

from seminars.elsewhere.addresses import NotPublic, Rule, is_public
from seminars.elsewhere.asking import Refused, ask, why_no_answer
from seminars.elsewhere.patience import at_most
from seminars.followups.links import places
from seminars.followups.links.judging import leads_home, says_missing
from seminars.followups.links.models import LinkPlace, OutsideLink
from seminars.queue import jobs
from seminars.queue.models import Job

EVERY, AGAIN = timedelta(days=7), timedelta(hours=20)
"""After how long a link is looked at again: one that opened, or is dead; and one that did not open."""
LONGEST_WAIT = timedelta(days=7)
"""That another site may ask of us; more is not believed."""
MOST, OF_ONE_HOST = 20, 3
"""Looks that one hour orders."""
SECONDS, ALL_SECONDS = 15, 60.0
"""Of silence, and of one look in all, however slowly byte follows byte."""
BEGINNING = 64 * 1024
"""Bytes of a page that are read."""
AGENT = "Meridian (looks whether a link on one of its pages still opens)"
REFUSES = (401, 402, 403, 405, 406, 451, 999)
"""Answers of pages that are there, and not for programs."""
WAITS = (429, 503)
KIND = "resource link"  # kept in the database, so it stays what it was called first
DOOR = "seminars.tasks.look_at_link"


@dataclass(frozen=True)
class Found:
    """What one look found. words: what is wrong, "" where a page is there. wait: how long the site asks us to."""

    words: str = ""
    wait: timedelta | None = None
    etag: str = ""
    modified: str = ""


def order_due(*, now: datetime) -> int:
    """Find where links stand now, and return how many are ordered to be looked at. now: aware UTC."""
    places.gather(now=now)
    return order(due(now=now), now=now)


def due(*, now: datetime) -> list[OutsideLink]:
    """Return the links to look at now: those first that failed lately, few of one host. Two questions at most."""
    cared_for = LinkPlace.objects.filter(link=OuterRef("pk"), settled_at=None)
    place = Window(RowNumber(), partition_by="host", order_by=("-failures", "next_at", "pk"))
    rows = OutsideLink.objects.filter(Exists(cared_for), next_at__lte=now).annotate(of_host=place)
    return list(rows.filter(of_host__lte=OF_ONE_HOST).order_by("-failures", "next_at", "pk")[:MOST])


def order(links: Iterable[OutsideLink], *, now: datetime) -> int:
    """Return how many jobs were made or woken. One job a link, for ever: it is queued anew when it was done."""
    count = 0
    for each in links:
        with transaction.atomic():
            OutsideLink.objects.filter(pk=each.pk).update(next_at=now + AGAIN)
            job = jobs.ensure(kind=KIND, subject=f"address:{each.pk}", door=DOOR, now=now)
            jobs.once_more(job, now)
            count += 1
    return count


def link_of(job: Job) -> OutsideLink | None:
    """Return what a job is about; None if it stands nowhere any more."""
    what, _colon, key = job.subject.partition(":")
    return OutsideLink.objects.filter(pk=int(key)).first() if what == "address" else None


def look(*, link: OutsideLink, now: datetime, rule: Rule = is_public) -> OutsideLink:
    """Return the link with what was found behind it, kept. now: aware UTC.

    rule: which addresses may be connected to; not a setting, so that nobody can open the door from outside.
    """
    place = link.places.select_related("community").first()
    with translation.override(place.community.language if place else "en"), at_most(ALL_SECONDS):
        found = _visit(link, rule)
    if found.wait is not None:
        _leave_alone(link, now + found.wait)
        return link
    is_first_today = link.looked_at is None or link.looked_at.date() < now.date() or not link.failures
    failures = min(link.failures + is_first_today, 1000) if found.words else 0
    told = {
        "failures": failures,
        "failing_since": (link.failing_since or now) if found.words else None,
        "words": found.words[:300],
        "looked_at": now,
        "next_at": now + (AGAIN if 0 < failures < OutsideLink.PATIENCE else EVERY),
        "etag": found.etag,
        "modified": found.modified,
    }
    OutsideLink.objects.filter(pk=link.pk).update(**told)  # it may stand nowhere any more, and be gone
    for name, value in told.items():
        setattr(link, name, value)
    return link


def leave_alone(*, place: LinkPlace, now: datetime, actor_id: int | None) -> None:
    """Say that a link is all right where it stands: nobody is told of it there any more."""
    LinkPlace.objects.filter(pk=place.pk, settled_at=None).update(settled_at=now, settled_by=actor_id)


# Below: how it is done.


def _leave_alone(link: OutsideLink, until: datetime) -> None:
    """No address of a host that asks us to wait is asked for before. It is no failure."""
    OutsideLink.objects.filter(host=link.host, next_at__lt=until).update(next_at=until)
    link.next_at = max(link.next_at, until)


def _visit(link: OutsideLink, rule: Rule) -> Found:
    known = {"If-None-Match": link.etag, "If-Modified-Since": link.modified}
    known = {name: value for name, value in known.items() if value}
    try:
        if not known and (found := _by_head(link, rule)):
            return found
        with ask(link.url, _headers() | known, rule, seconds=SECONDS) as answer:
            return _judged(link, answer)
    except NotPublic:
        return Found(_("The address leads into a private network."))
    except Refused as refused:
        return Found(str(refused))
    except SSLError:
        return Found(_("The other server's certificate is not valid."))
    except (RequestException, HTTPError, OSError) as broken:
        return Found(why_no_answer(broken))


def _headers() -> dict[str, str]:
    return {"User-Agent": AGENT, "Accept": "*/*"}


def _by_head(link: OutsideLink, rule: Rule) -> Found | None:
    """What the head alone says: a file that is there, or a wish to wait; None where the page itself has to be asked."""
    try:
        with ask(link.url, _headers(), rule, seconds=SECONDS, method="HEAD") as answer:
            if answer.status_code in WAITS:
                return Found(wait=_wait(answer))
            is_page = "html" in answer.headers.get("Content-Type", "html").lower()
            is_fine = answer.status_code == 200 and not is_page and not leads_home(link.url, answer.url)
            return _there(answer) if is_fine else None
    except (RequestException, HTTPError, OSError):
        return None  # some servers know no HEAD


def _judged(link: OutsideLink, answer: Response) -> Found:
    status = answer.status_code
    if status == 304:
        return Found(etag=link.etag, modified=link.modified)
    if status in WAITS:
        return Found(wait=_wait(answer))
    if status in (404, 410):
        return Found(_("The page is gone (%(status)d).") % {"status": status})
    if status >= 400 and status not in REFUSES:
        return Found(_("The other server answers with an error (%(status)d).") % {"status": status})
    if status == 200 and leads_home(link.url, answer.url):
        return Found(_("It leads to the site's front page."))
    is_page = "html" in answer.headers.get("Content-Type", "").lower()
    if status == 200 and is_page and says_missing(_beginning(answer)):
        return Found(_("The page itself says that it was not found."))
    return _there(answer)


def _there(answer: Response) -> Found:
    etag, modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    return Found(etag=etag if len(etag) <= 200 else "", modified=modified if len(modified) <= 60 else "")


def _beginning(answer: Response) -> str:
    body = b""
    with suppress(RequestException, HTTPError):  # what came of it is enough
        for block in answer.iter_content(8192):
            body += block
            if len(body) >= BEGINNING:
                break
    return body[:BEGINNING].decode("utf-8", "replace")


def _wait(answer: Response) -> timedelta:
    """A day at least; longer where it says so in seconds."""
    said = answer.headers.get("Retry-After", "")
    seconds = int(said[:9]) if said.isascii() and said.isdigit() else 0
    return max(timedelta(days=1), min(timedelta(seconds=seconds), LONGEST_WAIT))
