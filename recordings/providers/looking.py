"""Look at accounts: each recording once; of a certain session it is fetched, of an uncertain one somebody is asked."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from recordings.catalogue import arriving
from recordings.catalogue.models import Arrival, ArrivalState, Found, FoundState, Origin, OriginalKind
from recordings.catalogue.taking import CannotTake
from recordings.providers import sealing
from recordings.providers.interface import File, Piece, Provider
from recordings.providers.known import PROVIDERS
from recordings.providers.line import Line, Trouble
from recordings.providers.matching import match
from recordings.providers.models import Account, Offer, OfferState
from recordings.providers.saying import one_line
from seminars.elsewhere.asking import Refused, check_address
from seminars.queue import jobs
from seminars.queue.models import Job

KIND, DOOR = "look-provider", "recordings.tasks.look_at_provider"
EVERY = timedelta(minutes=10)
AFTER_TROUBLE = timedelta(hours=1)
FIRST = timedelta(days=30)
"""How far the first look goes back."""
OVERLAP = timedelta(days=3)
"""Recordings are processed late, and webhooks are lost: each look sees these days again."""
LONGEST_ADDRESS = 1000
log = logging.getLogger(__name__)


def values_of(account: Account) -> dict[str, str]:
    """Return the settings with their secrets. Raises sealing.Unreadable."""
    return {**account.settings, **{name: sealing.unseal(text) for name, text in account.sealed.items()}}


def order_due(*, now: datetime) -> int:
    """Return how many looks are ordered: a job for each account that is due. now: aware UTC."""
    due = list(Account.objects.filter(next_at__lte=now).order_by("next_at", "pk")[:200])
    for account in due:
        order(account, now=now)
    return len(due)


def order(account: Account, *, now: datetime) -> None:
    """Order a look now: a webhook's hint, a button, or the time. Asked twice while one waits, it is one."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(next_at=now + EVERY)
        job = jobs.ensure(kind=KIND, subject=f"provider:{account.pk}", door=DOOR, now=now)
        jobs.once_more(job, now)


def account_of(job: Job) -> Account | None:
    """Return what a job is about; None when it was removed."""
    rows = Account.objects.select_related("community")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def look(
    account: Account,
    *,
    now: Callable[[], datetime],
    line: Line | None = None,
    providers: Mapping[str, Provider] = PROVIDERS,
) -> int:
    """Return how many files are new. now: gives aware UTC. What goes wrong is noted on the account, and raised.

    Raises line.Trouble, sealing.Unreadable.
    """
    provider, began = providers[account.provider], now()
    since = began - FIRST if account.looked_at is None else account.looked_at - OVERLAP
    try:
        values = values_of(account)
        pieces = list(provider.pieces(values, line or Line(), since=since, until=began))
    except (Trouble, sealing.Unreadable) as wrong:
        after = (
            timedelta(seconds=wrong.after) if isinstance(wrong, Trouble) and wrong.after else AFTER_TROUBLE
        )
        Account.objects.filter(pk=account.pk).update(
            trouble=str(wrong)[:500],
            troubled_at=account.troubled_at or began,
            next_at=began + max(EVERY, after),
        )
        raise
    made = sum(_take(account, piece, file, began) for piece in pieces for file in piece.files)
    Account.objects.filter(pk=account.pk).update(looked_at=began, trouble="", troubled_at=None)
    return made


def headers_of(
    arrival: Arrival, *, line: Line | None = None, providers: Mapping[str, Provider] = PROVIDERS
) -> dict[str, str]:
    """Return what the download of an arrival from a provider needs to send; nothing for any other address.

    An address that somebody pasted is another one, even where an account has seen it: its token opens nothing for who
    did not decide about what that account found.
    Raises line.Trouble, sealing.Unreadable.
    """
    offer = Offer.objects.filter(arrival=arrival).select_related("account").first()
    if offer is None:
        decided = {"found__state": FoundState.TAKEN, "found__session": arrival.recording.session_id}
        rows = Offer.objects.filter(found__url=arrival.url, **decided).exclude(found__url="")
        offer = rows.select_related("account").first()
    if offer is None:
        return {}
    provider, values = providers[offer.account.provider], values_of(offer.account)
    return provider.headers(values, line or Line()) if provider.holds(values, arrival.url) else {}


# Below: how it is done.


def _take(account: Account, piece: Piece, file: File, now: datetime) -> bool:
    """Whether the file is new. Seen again, only what may have changed is noted."""
    key = one_line(f"{piece.key}:{file.kind}")
    known = Offer.objects.filter(account=account, key=key)
    if known.exists():
        known.update(seen_at=now, expires_at=piece.expires_at)
        return False
    found = match(piece, community=account.community)
    offer = Offer(
        account=account,
        key=key,
        title=one_line(piece.title),
        kind=file.kind,
        began_at=piece.began_at,
        expires_at=piece.expires_at,
        session=found.session,
        state=OfferState.TAKEN if found.sure else OfferState.DOUBTFUL,
        reason=found.reason,
        seen_at=now,
    )
    with transaction.atomic():
        made = Offer.objects.bulk_create([offer], ignore_conflicts=True)
        row = Offer.objects.filter(account=account, key=key, arrival=None, found=None).first()
        if not made or row is None:
            return False  # another look was faster
        reason = _ask_fetch(row, file, now) if found.sure else found.reason
        if not found.sure or reason:
            row.found = _doubt(account, piece, file, key, reason, now)
            row.state, row.reason = OfferState.DOUBTFUL, reason
        row.save(update_fields=["arrival", "found", "state", "reason"])
    return True


def _ask_fetch(offer: Offer, file: File, now: datetime) -> str:
    """Order the download; why it cannot be, "" where it can."""
    assert offer.session is not None  # it is certain
    if _is_here(offer):
        return ""
    try:
        with transaction.atomic():
            offer.arrival = arriving.ask_fetch(
                session=offer.session,
                kind=file.kind,
                url=file.url,
                language=file.language or offer.session.language,
                now=now,
                actor_id=None,
                known=True,
                origin=_origin_of(file),
            )
    except CannotTake as wrong:
        return str(wrong)
    return ""


def _is_here(offer: Offer) -> bool:
    """Whether the session has such a file already, uploaded by somebody: what people gave is not replaced."""
    from_here = Arrival.objects.filter(recording__session=offer.session, kind=offer.kind)
    if from_here.exclude(state=ArrivalState.REFUSED).exists():
        return True
    assert offer.session is not None
    recording = getattr(offer.session, "archived", None)
    return bool(recording and recording.originals.filter(kind=offer.kind, superseded_at=None).exists())


def _doubt(account: Account, piece: Piece, file: File, key: str, reason: str, now: datetime) -> Found:
    found, _made = Found.objects.get_or_create(
        source=account.provider,
        key=f"{account.pk}:{key}"[:500],
        defaults={
            "name": one_line(piece.title) or one_line(piece.meeting),
            "url": _address(file.url),
            "size": file.size if file.size is not None and file.size >= 0 else None,
            "began_at": piece.began_at,
            "kind": file.kind,
            "origin": _origin_of(file),
            "community": account.community,
            "session": match(piece, community=account.community).session,
            "reason": reason,
            "found_at": now,
        },
    )
    return found


def _address(url: str) -> str:
    """An address that can be kept, "" for any other."""
    try:
        check_address(url)
    except Refused:
        return ""
    return url if len(url) <= LONGEST_ADDRESS else ""


def _origin_of(file: File) -> Origin:
    """Providers make captions with a machine, whatever they call them."""
    return Origin.AUTOMATIC if file.kind == OriginalKind.CAPTIONS else Origin.HUMAN
