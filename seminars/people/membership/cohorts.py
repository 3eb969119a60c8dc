"""Cohorts: who goes through a run of a course together."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from seminars.changes.recording import plain, record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.membership.models import Cohort, CohortMember
from seminars.people.models import Community, Membership

LONGEST = 200


def make(
    *,
    community: Community,
    name: Mapping[str, str],
    starts_on: date | None,
    ends_on: date | None,
    now: datetime,
    actor_id: int | None,
) -> Cohort:
    """Return a new cohort. name: by language. Raises UserError by field."""
    cohort = Cohort(
        community=community, name=_checked(name, starts_on, ends_on), starts_on=starts_on, ends_on=ends_on
    )
    cohort.made_at = now
    with transaction.atomic():
        cohort.save(force_insert=True)
        _tell("cohort-made", cohort, now, actor_id, {"name": cohort.name})
    return cohort


def edit(
    *,
    cohort: Cohort,
    name: Mapping[str, str],
    starts_on: date | None,
    ends_on: date | None,
    now: datetime,
    actor_id: int | None,
) -> Cohort:
    """Return the cohort with another name or dates; nothing different writes nothing. Raises UserError by field."""
    wanted = {"name": _checked(name, starts_on, ends_on), "starts_on": starts_on, "ends_on": ends_on}
    changed = {key: value for key, value in wanted.items() if getattr(cohort, key) != value}
    if not changed:
        return cohort
    for key, value in changed.items():
        setattr(cohort, key, value)
    with transaction.atomic():
        cohort.save(update_fields=list(changed))
        _tell("edited", cohort, now, actor_id, {key: plain(value) for key, value in changed.items()})
    return cohort


def put_in(*, cohort: Cohort, memberships: Iterable[int], now: datetime, actor_id: int | None) -> int:
    """Return how many of `memberships` (numbers, of the same community) are in the cohort now and were not before."""
    wanted = Membership.objects.filter(pk__in=list(memberships), community_id=cohort.community_id)
    with transaction.atomic():
        Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
        new = list(wanted.exclude(cohorts__cohort=cohort).order_by("pk"))
        CohortMember.objects.bulk_create(
            CohortMember(cohort=cohort, membership=each, since=now) for each in new
        )
        if new:  # what is in their own calendars is counted by the community, which rises here
            _tell("cohort-entered", cohort, now, actor_id, {"number": len(new)})
    return len(new)


def take_out(*, cohort: Cohort, membership_id: int, now: datetime, actor_id: int | None) -> bool:
    """Return whether a member is in the cohort no more; they stay in the community."""
    with transaction.atomic():
        if not cohort.members.filter(membership_id=membership_id).delete()[0]:
            return False
        _tell("cohort-left", cohort, now, actor_id, {"number": 1})
    return True


def discard(*, cohort: Cohort, now: datetime, actor_id: int | None) -> None:
    """End the cohort; its people stay members. Raises UserError while a series is for it."""
    try:
        with transaction.atomic():
            Cohort.objects.filter(pk=cohort.pk).delete()
            _tell("cohort-ended", cohort, now, actor_id, {})
    except ProtectedError as used:
        words = _("A series is for this cohort. Choose another audience there first.")
        raise UserError({"": words}) from used


def _checked(name: Mapping[str, str], starts_on: date | None, ends_on: date | None) -> dict[str, str]:
    words = {tag: text.strip() for tag, text in name.items() if text.strip()}
    wrong = {} if words else {"name": _("Give a name.")}
    if any(len(text) > LONGEST for text in words.values()):
        wrong["name"] = _("Use at most %(most)d characters.") % {"most": LONGEST}
    if starts_on and ends_on and ends_on < starts_on:
        wrong["ends_on"] = _("The last day is before the first. Choose a later one.")
    raise_if(wrong)
    return words


def _tell(
    kind: str, cohort: Cohort, now: datetime, actor_id: int | None, after: Mapping[str, object]
) -> None:
    record(
        kind=kind,
        subject=f"cohort:{cohort.uuid}",
        scopes=[f"community:{cohort.community_id}"],
        now=now,
        actor_id=actor_id,
        after=after,
    )
