"""Keep an account's settings: its secrets sealed, an empty field leaving the one that is there."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from recordings.providers import looking, sealing
from recordings.providers.interface import Provider
from recordings.providers.line import Line
from recordings.providers.models import Account
from seminars.changes.recording import note
from seminars.changes.refusing import raise_if
from seminars.people.models import Community

LONGEST = 500
MOST_ACCOUNTS = 10


def keep(
    *,
    provider: Provider,
    given: Mapping[str, str],
    now: datetime,
    actor_id: int | None,
    community: Community,
    account: Account | None = None,
) -> Account:
    """Return the account with these settings; looked at within ten minutes. Raises UserError by field."""
    values = {each.name: given.get(each.name, "").strip() for each in provider.settings}
    sealed = dict(account.sealed) if account else {}
    raise_if(_wrong(provider, values, sealed))
    for each in provider.settings:
        if each.secret and values[each.name]:
            sealed[each.name] = sealing.seal(values[each.name])
    told = {each.name: values[each.name] for each in provider.settings if not each.secret}
    with transaction.atomic():
        if account is None:
            if Account.objects.filter(community=community).count() >= MOST_ACCOUNTS:
                raise_if({"": _("At most %(most)d accounts are kept here.") % {"most": MOST_ACCOUNTS}})
            account = Account(
                community=community, provider=provider.name, made_at=now, made_by_id=actor_id, next_at=now
            )
        account.settings, account.sealed = told, sealed
        account.trouble, account.troubled_at, account.next_at = "", None, now
        account.save()
        note(
            kind="provider-account",
            subject=f"community:{community.pk}",
            now=now,
            after={"provider": provider.name, "by": actor_id},
        )
    return account


def remove(*, account: Account, now: datetime, actor_id: int | None) -> None:
    """Forget an account with its secrets. What was taken in stays."""
    with transaction.atomic():
        note(
            kind="provider-account-removed",
            subject=f"community:{account.community_id}",
            now=now,
            after={"provider": account.provider, "by": actor_id},
        )
        account.delete()


def check(*, account: Account, provider: Provider, now: datetime, line: Line | None = None) -> str:
    """Return in words what was reached. now: aware UTC. Raises line.Trouble, sealing.Unreadable."""
    return provider.check(looking.values_of(account), line or Line(), now=now)


def _wrong(provider: Provider, values: Mapping[str, str], sealed: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    for each in provider.settings:
        text = values[each.name]
        if len(text) > LONGEST:
            wrong[each.name] = _("Use at most %(most)d characters.") % {"most": LONGEST}
        elif each.needed and not text and not (each.secret and sealed.get(each.name)):
            wrong[each.name] = _("Fill this in.")
    return wrong
