"""Share a resource, change it, withdraw it; take it onto the list, or say why not."""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.elsewhere.asking import Refused, check_address
from seminars.people.models import Community, Person
from seminars.series.resources.models import Resource, ResourceRule, ResourceState
from seminars.series.topics.models import Topic

COLUMNS = ("kind", "title", "url", "about", "language", "due_on", "due_time", "zone")
LONGEST = 1000  # characters of what is said about it
MOST_WAITING = 10  # of one member


def at_once(community: Community) -> bool:
    """Return whether members' posts are on the community's list at once."""
    return ResourceRule.objects.filter(community=community, at_once=True).exists()


def set_rule(*, community: Community, at_once: bool) -> None:
    """Say whether members' posts are on the list at once. What waits already goes on waiting."""
    ResourceRule.objects.update_or_create(community=community, defaults={"at_once": at_once})


def post_resource(
    *,
    community: Community,
    person: Person,
    topics: Iterable[Topic] = (),
    moderator: bool,
    now: datetime,
    actor_id: int | None,
    **columns: Any,
) -> Resource:
    """Return a new resource of `person`, on the list at once where the rule or the moderator's hand says so.

    columns: of `COLUMNS`. now: aware UTC. Raises UserError by field.
    """
    made = _checked(Resource(community=community, posted_by=person, posted_at=now, changed_at=now), columns)
    waiting = Resource.objects.filter(community=community, posted_by=person).waiting()
    if not moderator and waiting.count() >= MOST_WAITING:
        raise UserError({"": _("%(n)d of yours wait for the moderator already.") % {"n": MOST_WAITING}})
    with transaction.atomic():
        if moderator or at_once(community):
            made.state, made.published_at = ResourceState.PUBLISHED, now
        made.save()
        made.topics.set(topics)
        _tell("posted", made, now, actor_id)
    return made


def edit(
    *,
    resource: Resource,
    topics: Iterable[Topic] | None = None,
    moderator: bool,
    now: datetime,
    actor_id: int | None,
    **columns: Any,
) -> Resource:
    """Return the resource with other words; one that was not taken waits again. now: aware UTC.

    What a member changes of a published one waits for the moderator where posts do. Raises UserError by field.
    """
    with transaction.atomic():
        found = Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
        asked = _checked(found, columns)
        asked.changed_at = now
        if not moderator and (found.state == ResourceState.DECLINED or not at_once(found.community)):
            asked.state, asked.reason = ResourceState.WAITING, ""
        asked.save()
        if topics is not None:
            asked.topics.set(topics)
        _tell("edited", asked, now, actor_id)
    return asked


def withdraw(*, resource: Resource, now: datetime, actor_id: int | None) -> None:
    """Take it off the list; its poster or a moderator does. Twice is once. now: aware UTC."""
    with transaction.atomic():
        rows = Resource.objects.filter(pk=resource.pk).exclude(state=ResourceState.WITHDRAWN)
        if rows.update(state=ResourceState.WITHDRAWN, changed_at=now):
            _tell("withdrawn", resource, now, actor_id)


def decide(*, resource: Resource, takes: bool, reason: str = "", now: datetime, actor_id: int | None) -> None:
    """Take what waits onto the list, or not, with words that its poster sees. now: aware UTC.

    What somebody else decided meanwhile stays so. Raises UserError where it is not taken without a word.
    """
    reason = " ".join(reason.replace("\x00", "").split())
    if not takes and not reason:
        raise UserError({"reason": _("Say why, in a few words: the one who posted it sees them.")})
    state = ResourceState.PUBLISHED if takes else ResourceState.DECLINED
    changed: dict[str, Any] = {"state": state, "reason": "" if takes else reason[:500], "changed_at": now}
    with transaction.atomic():
        rows = Resource.objects.filter(pk=resource.pk).waiting()
        if takes:
            rows.filter(published_at=None).update(published_at=now)
        if rows.update(**changed):
            _tell("taken" if takes else "declined", resource, now, actor_id)


def _checked(resource: Resource, columns: dict[str, Any]) -> Resource:
    """A copy with `columns`. Raises UserError by field, TypeError for another name."""
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"a resource has no {', '.join(sorted(unknown))}")
    asked, wrong = copy(resource), dict[str, str]()
    for name, value in columns.items():
        setattr(asked, name, value.replace("\x00", "").strip() if isinstance(value, str) else value)
    asked.title = " ".join(asked.title.split())
    if len(asked.about) > LONGEST:
        wrong["about"] = _("Shorten this to %(most)d characters.") % {"most": LONGEST}
    try:
        check_address(asked.url)
    except Refused as refused:
        wrong["url"] = str(refused)
    if asked.due_on is None:
        asked.due_time, asked.zone, asked.due_at = None, "", None
    elif not asked.zone or not clock.is_zone(asked.zone):
        wrong["zone"] = _("Choose the city by whose clock the deadline counts.")
    else:
        asked.due_at = due_at(asked.due_on, asked.due_time, asked.zone)
    try:
        asked.clean_fields(exclude={"community", "posted_by", "posted_at", "changed_at", "zone"})
    except ValidationError as error:
        wrong |= {name: " ".join(words) for name, words in error.message_dict.items() if name not in wrong}
    raise_if(wrong)
    return asked


def due_at(day: date, at: time | None, zone: str) -> datetime:
    """Return when a deadline is over, aware UTC: at `at` of the day in `zone`, or when that day ends there."""
    wall = datetime.combine(day, at) if at else datetime.combine(day + timedelta(days=1), time())
    return clock.to_instant(wall, zone)


def _tell(what: str, resource: Resource, now: datetime, actor_id: int | None) -> None:
    record(
        kind=f"resource-{what}",
        subject=f"resource:{resource.uuid}",
        scopes=[f"community:{resource.community_id}"],
        now=now,
        actor_id=actor_id,
    )
