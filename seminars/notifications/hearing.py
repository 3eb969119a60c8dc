"""Look for facts that nobody has looked at yet, each once, whatever order their transactions end in."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, Model, QuerySet

from seminars.notifications.models import Floor, Heard

SETTLED = timedelta(hours=1)
"""A transaction that began so long ago has ended: no row with a lower number will appear."""


def floor_of(name: str, rows: "QuerySet[Model]", at: str, *, now: datetime) -> Floor:
    """Return the floor of a reader, held until the transaction ends, so that readers go one after the other.

    The first time it stands where the facts of more than an hour ago end: nobody is told old stories. rows: all facts,
    numbered by `id`; at: the column that says when each was.
    """
    Floor.objects.get_or_create(name=name, defaults={"number": lambda: _settled(rows, at, now)})
    return Floor.objects.select_for_update().get(name=name)


def unheard(name: str, rows: "QuerySet[Model]", above: int) -> list[int]:
    """Return the numbers of `rows` above `above` that were not claimed yet, in order."""
    keys = list(rows.filter(pk__gt=above).order_by("pk").values_list("pk", flat=True))
    told = set(
        Heard.objects.filter(fact__in=[f"{name}:{pk}" for pk in keys]).values_list("fact", flat=True)
        if len(keys) <= 500
        else Heard.objects.filter(fact__startswith=f"{name}:").values_list("fact", flat=True)
    )
    return [pk for pk in keys if f"{name}:{pk}" not in told]


def claim(name: str, keys: Iterable[int], *, now: datetime) -> None:
    """Note that these are looked at now; with the floor held nobody else does."""
    Heard.objects.bulk_create([Heard(fact=f"{name}:{pk}", at=now) for pk in keys], batch_size=500)


def settle(floor: Floor, rows: "QuerySet[Model]", at: str, *, now: datetime) -> None:
    """Raise the floor over what is settled, and forget the claims below it."""
    number = _settled(rows.filter(pk__gt=floor.number), at, now)
    if number > floor.number:
        Floor.objects.filter(pk=floor.pk).update(number=number)
        Heard.objects.filter(fact__startswith=f"{floor.name}:", at__lt=now - 2 * SETTLED).delete()


def _settled(rows: "QuerySet[Model]", at: str, now: datetime) -> int:
    return int(rows.filter(**{f"{at}__lt": now - SETTLED}).aggregate(last=Max("pk"))["last"] or 0)
