"""Note how mails to an address fared, and say which addresses get none."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from seminars.notifications.bounces.models import MailAddress, Trouble

MOST_SOFT = 5  # days in a row on which an address took no mail: then it counts as gone
A_DAY = timedelta(hours=24)
BOUNCED = gettext_noop("Mails to this address came back: nothing more is sent to it.")
COMPLAINED = gettext_noop("Its owner reported our mails as unwanted: nothing more is sent.")
_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
_OURS = re.compile(
    r"relay|spam|block|blacklist|polic|reputation|authenticat|denied|rate|limit|quota|full", re.I
)


def says_gone(code: int, words: str) -> bool:
    """Return whether a mail server's answer to an address says that there is no such mailbox (RFC 5321, RFC 3463).

    A server that refuses us (relaying, policy, spam) says nothing of the address.
    """
    if found := _ENHANCED.search(words):
        return (found[1] == "1" and found[2] not in {"7", "8"}) or (found[1], found[2]) == ("2", "1")
    return code in {550, 551, 553} and not _OURS.search(words)


def note_hard(email: str, *, reason: str, now: datetime, trouble: str = Trouble.BOUNCED) -> bool:
    """Return whether nothing is sent to the address from now on, though it was until now. reason: what was said."""
    with transaction.atomic():
        row = _row(email)
        if row.trouble in {trouble, Trouble.COMPLAINED}:
            return False
        new = not row.trouble
        row.trouble, row.since, row.reason = trouble, now, reason[:500]
        row.save()
    return new


def note_soft(email: str, *, reason: str, now: datetime) -> bool:
    """Return whether the address has by now taken no mail for `MOST_SOFT` days, and gets none any more.

    Several bounces of one day count once. now: aware UTC.
    """
    with transaction.atomic():
        row = _row(email)
        if row.trouble or (row.soft_at and now - row.soft_at < A_DAY):
            return False
        row.soft, row.soft_at, row.reason = row.soft + 1, now, reason[:500]
        if row.soft >= MOST_SOFT:
            row.trouble, row.since = Trouble.BOUNCED, now
        row.save()
    return bool(row.trouble)


def note_delivered(email: str) -> None:
    """A mail arrived: bounces of before count no more, unless they had stopped the mails."""
    MailAddress.objects.filter(email=email.lower(), trouble="").update(soft=0, soft_at=None)


def reopen(email: str, *, complaints: bool = True) -> bool:
    """Return whether the address gets mails again: somebody says that it is right. complaints: also who complained."""
    rows = MailAddress.objects.filter(email=email.strip().lower()).exclude(trouble="")
    if not complaints:
        rows = rows.exclude(trouble=Trouble.COMPLAINED)
    return bool(rows.update(trouble="", since=None, soft=0, soft_at=None, reason=""))


def troubled(emails: Iterable[str]) -> dict[str, MailAddress]:
    """Return those of `emails` that get no mails, by address in small letters; one query for each 500."""
    wanted = sorted({each.lower() for each in emails})
    found: dict[str, MailAddress] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = MailAddress.objects.filter(email__in=some).exclude(trouble="")
        found |= {each.email: each for each in rows}
    return found


def reason_of(address: MailAddress) -> str:
    """Return why nothing is sent: marked, not translated."""
    return COMPLAINED if address.trouble == Trouble.COMPLAINED else BOUNCED


def _row(email: str) -> MailAddress:
    MailAddress.objects.bulk_create([MailAddress(email=email.strip().lower())], ignore_conflicts=True)
    return MailAddress.objects.select_for_update().get(email=email.strip().lower())
