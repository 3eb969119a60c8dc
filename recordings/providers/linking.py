"""Recordings that can be watched elsewhere: linked until a copy is here, and looked at with patience.

A link is announced as a pending material: it is said on the session's page, and the recording stays owed. Where the
site offers the file, the copy is fetched by itself.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from recordings.catalogue import arriving
from recordings.catalogue.models import Arrival, OriginalKind, Recording
from recordings.catalogue.taking import CannotTake, check_consent
from recordings.providers.interface import Page, Pages
from recordings.providers.known import PAGES, NotOne, page_of
from recordings.providers.line import Gone, Line, Trouble
from recordings.providers.models import Link, LinkState
from seminars.queue import jobs
from seminars.queue.models import Job
from seminars.sessions import materials
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.sessions.revising import locked

KIND, DOOR = "look-link", "recordings.tasks.look_at_link"
EVERY = timedelta(days=7)
AFTER_TROUBLE = timedelta(hours=1)
AFTER_GONE = timedelta(days=1)
PATIENCE, TRIES = timedelta(days=2), 3
"""So long, and so often, a page has to be missing before it is believed."""
AT_ONCE = 200


def link(*, session: Session, url: str, language: str, now: datetime, actor_id: int | None) -> Link:
    """Return the link to a page with the session's recording; the same page again is the same link.

    url: of a site in `known.PAGES`. Raises CannotTake: another address, a speaker's no, or the recording is here.
    """
    found = video_at(url)
    if found is None or len(found[1]) > 500:
        raise CannotTake(_("This is no page of a video that is known here."))
    check_consent(session, OriginalKind.VIDEO)
    if is_here(session):
        raise CannotTake(_("The recording is in the archive already, so it needs no link."))
    site, address = found
    with transaction.atomic():
        made, fresh = Link.objects.get_or_create(
            session=session,
            url=address,
            defaults={
                "platform": site.name,
                "language": language,
                "next_at": now + EVERY,
                "made_at": now,
                "made_by_id": actor_id,
            },
        )
        if not fresh and made.state == LinkState.COPIED:  # that copy was taken off again
            Link.objects.filter(pk=made.pk).update(state=LinkState.NEW)
            made.state, fresh = LinkState.NEW, True
        if fresh:
            announce(made, now=now, actor_id=actor_id)
        order(made, now=now)
    return made


def video_at(url: str) -> tuple[Pages, str] | None:
    """Return as `page_of`. Raises CannotTake for a channel, a list or the like."""
    try:
        return page_of(url)
    except NotOne as wrong:
        words = _(
            "This leads to no single video, but to a channel or a list. Open the video, and copy its address."
        )
        raise CannotTake(words) from wrong


def is_here(session: Session) -> bool:
    """Return whether the recording itself can be had here."""
    there = Material.objects.filter(session=session, kind=MaterialKind.RECORDING)
    return there.filter(state=MaterialState.PUBLISHED).exists()


def announce(link: Link, *, now: datetime, actor_id: int | None = None) -> None:
    """Say on the session's page where it can be watched meanwhile; nothing while its recording is withdrawn."""
    with transaction.atomic():
        session = locked(link.session_id)  # nobody withdraws it between our look and our word
        if _is_withdrawn(session):
            materials.withdraw(source=link.uuid, now=now, actor_id=actor_id)
            return
        materials.publish(
            source=link.uuid,
            session=session,
            kind=MaterialKind.RECORDING,
            title={link.language or "en": link.title} if link.title else {},
            language=link.language,
            seconds=link.seconds,
            path=link.url,
            pending=True,
            now=now,
            actor_id=actor_id,
        )


def announce_all(session_id: int, *, now: datetime, actor_id: int | None) -> None:
    """Announce the links of a session that are of use: its recording was withdrawn, or is back."""
    links = Link.objects.filter(session=session_id).exclude(state__in=[LinkState.COPIED, LinkState.GONE])
    for each in links.order_by("pk"):
        announce(each, now=now, actor_id=actor_id)


def forget(*, link: Link, now: datetime, actor_id: int | None) -> None:
    """Remove a link; no page says it any more."""
    with transaction.atomic():
        _lock(link)
        materials.withdraw(source=link.uuid, now=now, actor_id=actor_id)
        Link.objects.filter(pk=link.pk).delete()
        Job.objects.filter(kind=KIND, subject=subject_of(link)).delete()


def subject_of(link: Link) -> str:
    """Return the name under which its job is kept."""
    return f"link:{link.pk}"


def link_of(job: Job) -> Link | None:
    """Return what a job is about; None when it was removed."""
    rows = Link.objects.select_related("session__series__community", "arrival")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def order_due(*, now: datetime) -> int:
    """Return how many looks are ordered. now: aware UTC."""
    due = list(
        Link.objects.filter(next_at__lte=now)
        .exclude(state=LinkState.COPIED)
        .order_by("next_at", "pk")[:AT_ONCE]
    )
    for each in due:
        order(each, now=now)
    return len(due)


def order(link: Link, *, now: datetime) -> None:
    """Order a look now; asked twice while one waits, it is one."""
    with transaction.atomic():
        Link.objects.filter(pk=link.pk).update(next_at=now + EVERY)
        job = jobs.ensure(kind=KIND, subject=subject_of(link), door=DOOR, now=now)
        jobs.once_more(job, now)


def settle(*, now: datetime) -> int:
    """Return how many links have become copies: the recording is here, so the page elsewhere is not needed."""
    here = Material.objects.filter(kind=MaterialKind.RECORDING, state=MaterialState.PUBLISHED)
    waiting = Link.objects.exclude(state=LinkState.COPIED).filter(session__in=here.values("session"))
    copied = list(waiting.order_by("pk")[:AT_ONCE])
    for each in copied:
        with transaction.atomic():
            _lock(each)
            materials.withdraw(source=each.uuid, now=now)
            Link.objects.filter(pk=each.pk).update(state=LinkState.COPIED, reason="", failing_since=None)
    return len(copied)


def look(
    link: Link,
    *,
    now: Callable[[], datetime],
    line: Line | None = None,
    sites: Mapping[str, Pages] = PAGES,
) -> LinkState:
    """Return what is known of the page now. now: gives aware UTC. A page is gone once it was missing for days."""
    if link.state == LinkState.COPIED:
        return LinkState.COPIED
    at, site = now(), sites[link.platform]
    try:
        page = site.look(link.url, line or Line())
    except Trouble as trouble:
        return _missed(link, trouble, at)
    return _seen(link, page, now())


# Below: how it is done.


def _is_withdrawn(session: Session) -> bool:
    return Recording.objects.filter(session=session, withdrawn_at__isnull=False).exists()


def _lock(link: Link) -> Link | None:
    """The link as it is now, ours until the transaction ends: first the link, then its material. None: it is gone."""
    return Link.objects.select_for_update().filter(pk=link.pk).first()


def _seen(link: Link, page: Page, at: datetime) -> LinkState:
    with transaction.atomic():
        current = _lock(link)
        if current is None or current.state == LinkState.COPIED:
            return LinkState.COPIED
        current.title = page.title or current.title
        current.seconds = page.seconds or current.seconds
        current.state, current.reason = LinkState.THERE, ""
        current.failures, current.failing_since = 0, None
        current.looked_at, current.next_at = at, at + EVERY
        current.arrival = current.arrival or _copy(current, page, at)
        current.save()
        announce(current, now=at)
    return LinkState.THERE


def _copy(link: Link, page: Page, now: datetime) -> Arrival | None:
    """The fetch of the best file that the site lets anybody copy, if there is one that may be taken in."""
    if _is_withdrawn(link.session):
        return None  # once the recording is back, the next look asks
    for file in page.files[:1]:
        try:
            with transaction.atomic():
                return arriving.ask_fetch(
                    session=link.session,
                    kind=file.kind,
                    url=file.url,
                    language=link.language,
                    now=now,
                    actor_id=link.made_by_id,
                    known=True,
                )
        except CannotTake:
            return None
    return None


def _missed(link: Link, trouble: Trouble, at: datetime) -> LinkState:
    """One look that found nothing: tomorrow again, or when the site said; a page that is gone is not announced."""
    with transaction.atomic():
        current = _lock(link)
        if current is None or current.state == LinkState.COPIED:
            return LinkState.COPIED
        gone = isinstance(trouble, Gone)
        current.reason = str(trouble)[:500]
        current.failing_since = current.failing_since or at
        current.failures = min(current.failures + 1, 1000) if gone else current.failures
        believed = current.failures >= TRIES and at - current.failing_since >= PATIENCE
        if believed or current.state != LinkState.GONE:
            current.state = LinkState.GONE if believed else LinkState.FAILING
        wait = AFTER_GONE if gone else max(AFTER_TROUBLE, timedelta(seconds=trouble.after))
        current.next_at = at + (EVERY if believed else wait)
        current.save()
        if believed:
            materials.withdraw(source=current.uuid, now=at)
    return LinkState(current.state)
