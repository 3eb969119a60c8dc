"""Somebody has proved another address: what is theirs follows them to it."""

from datetime import datetime

from django.db import IntegrityError, models, transaction

from seminars.changes.recording import record
from seminars.leaving.tables import columns, stored
from seminars.notifications.models import Message, MessageState
from seminars.people.models import Community, Person, User
from seminars.series.inviting.models import Invitation

STAYS = (User, Community, Invitation, Message)
"""The account has changed already; a community's contact is its own; an invitation was to that address."""


def readdress(*, user: User, old: str, new: str, now: datetime) -> int:
    """Return how many rows follow from the address `old` to `new`, both confirmed by the account. now: aware UTC.

    Where the new address is there already, such as a second registration, both stay as they are. Mails that have left
    keep the address to which they went.
    """
    old, new = old.strip().lower(), new.strip().lower()
    if old == new:
        return 0
    with transaction.atomic():
        moved = 0
        unsent = Message.objects.filter(email__iexact=old, state__in=MessageState.unsent())
        moved += sum(_moves(Message, pk, "email", new) for pk in unsent.values_list("pk", flat=True))
        for model in stored():
            if model._meta.app_label != "seminars" or model in STAYS:
                continue
            for column in columns(model, models.EmailField):
                rows = model._base_manager.filter(**{f"{column.name}__iexact": old})
                if model is Person:
                    rows = rows.filter(user=user)
                for pk in list(rows.values_list("pk", flat=True)):
                    moved += _moves(model, pk, column.attname, new)
        # Their person is known by the account; an address that another's row has would find that one.
        Person.objects.filter(user=user, email__iexact=old).update(email="")
        subject = f"user:{user.pk}"
        record(kind="address", subject=subject, scopes=[subject], now=now, actor_id=user.pk)
    return moved


def _moves(model: type[models.Model], pk: int, column: str, new: str) -> int:
    try:
        with transaction.atomic():
            return int(model._base_manager.filter(pk=pk).update(**{column: new}))
    except IntegrityError:
        return 0
