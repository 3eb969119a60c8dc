"""Who has which part in a series: given, changed and taken back, with its Change."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import raise_if
from seminars.people.joining import person_with
from seminars.series.models import Part, Series, SeriesRole


def give_role(
    *, series: Series, email: str, name: str = "", role: str, now: datetime, actor_id: int | None
) -> SeriesRole:
    """Return the part of the person with this address, made if need be; a second time sets the role.

    The person is found as `people.joining.person_with` says. now: aware UTC. Raises UserError by field.
    """
    if role not in Part.values:
        raise_if({"role": _("Choose a role from the list.")})
    with transaction.atomic():
        person = person_with(email=email, name=name)
        given, made = SeriesRole.objects.get_or_create(
            series=series, person=person, defaults={"role": role, "since": now}
        )
        before = None if made else given.role
        if before != role:
            SeriesRole.objects.filter(pk=given.pk).update(role=role)
            given.role = role
            _tell(given, before, role, now=now, actor_id=actor_id)
    return given


def take_role(*, given: SeriesRole, now: datetime, actor_id: int | None) -> None:
    """End a part; a second time changes nothing. now: aware UTC."""
    with transaction.atomic():
        if SeriesRole.objects.filter(pk=given.pk).delete()[0]:
            _tell(given, given.role, None, now=now, actor_id=actor_id)


def _tell(
    given: SeriesRole, before: str | None, after: str | None, *, now: datetime, actor_id: int | None
) -> None:
    series, person = given.series, given.person
    scopes = [f"community:{series.community_id}", f"series:{series.pk}"]
    record(
        kind="role",
        subject=f"series:{series.uuid}",
        scopes=[*scopes, *([f"user:{person.user_id}"] if person.user_id else [])],
        now=now,
        actor_id=actor_id,
        before={"role": before} if before else {},
        after={"role": after} if after else {},
        note=person.name,
    )
