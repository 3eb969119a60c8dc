"""The editor's verbs: plan a letter, begin a draft, keep words and choices, let it go or leave it out."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.changes.recording import note
from seminars.changes.refusing import UserError, raise_if
from seminars.notifications.newsletter.gathering import gather
from seminars.notifications.newsletter.items import Choices, Item, arranged
from seminars.notifications.newsletter.models import Issue, IssueState, LetterPlan
from seminars.notifications.newsletter.rhythm import LEAD, next_after
from seminars.notifications.posting import UNDO
from seminars.notifications.readers.models import scope_of
from seminars.people.models import Community

FIRST = timedelta(days=31)
"""The first issue tells what is new since then."""
LONGEST_WORDS = 6000
LASTING = {"coming", "deadlines", "suggestions"}
"""Sections that say the same again while it holds."""
LEFT_OUT = gettext_noop("The editor left it out.")
NOTHING_NEW = gettext_noop("Nothing was new, and there was no introduction.")


class Changed(UserError):
    """Somebody else has changed the draft since the form was opened, or it went out."""

    def __init__(self) -> None:
        super().__init__({"": _("Somebody else changed this meanwhile. Look at it again before you save.")})


def plan_of(community: Community | None) -> LetterPlan:
    """Return when the letter goes; an unsaved plan that says never where nothing was planned."""
    found = LetterPlan.objects.filter(scope=scope_of(community)).first()
    zone = community.home_zone if community else settings.TIME_ZONE
    if found is None:
        return LetterPlan(scope=scope_of(community), community=community, zone=zone)
    if community and found.zone != zone:
        found.zone = zone  # the community moved: its letter goes by its clock
    return found


def set_plan(
    *,
    community: Community | None,
    every: str,
    weekday: int = 0,
    day: int = 1,
    hour: int = 9,
    zone: str = "",
    now: datetime,
    actor_id: int | None,
) -> LetterPlan:
    """Return the plan as it is kept now. zone: for the site; a community has its own. now: aware UTC.

    weekday: 0 is Monday. A draft that waits for its date gets the new one. Raises UserError by field.
    """
    wrong = {}
    if not 0 <= hour <= 23:
        wrong["hour"] = _("Give an hour from 0 to 23.")
    if not 1 <= day <= 31:
        wrong["day"] = _("Give a day from 1 to 31.")
    if zone and not clock.is_zone(zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    raise_if(wrong)
    plan = plan_of(community)
    plan.every, plan.weekday, plan.day, plan.hour = every, weekday, day, hour
    if zone and community is None:
        plan.zone = clock.canonical(zone)
    plan.next_at = next_after(plan, now)
    with transaction.atomic():
        plan.save()
        waiting = Issue.objects.filter(scope=plan.scope, state=IssueState.DRAFT)
        waiting.filter(Q(due_at=None) | Q(due_at__gt=now + UNDO)).update(due_at=plan.next_at)
        note(
            kind="letter-planned",
            subject=f"letter:{plan.scope}",
            now=now,
            after={"every": every, "by": actor_id},
        )
    return plan


def draft_of(community: Community | None) -> Issue | None:
    """Return the draft of the next issue, None where there is none."""
    rows = Issue.objects.filter(scope=scope_of(community), state=IssueState.DRAFT)
    return rows.select_related("community").first()


def begin(*, community: Community | None, due_at: datetime | None, now: datetime) -> Issue:
    """Return the draft of the next issue, made if there is none. due_at: aware UTC; None to send it by hand."""
    last = Issue.objects.filter(scope=scope_of(community)).out().values_list("went_at", flat=True).first()
    made = Issue(
        scope=scope_of(community),
        community=community,
        since=last or now - FIRST,
        due_at=due_at,
        made_at=now,
    )
    Issue.objects.bulk_create([made], ignore_conflicts=True)
    return Issue.objects.select_related("community").get(scope=made.scope, state=IssueState.DRAFT)


def keep(
    *,
    issue: Issue,
    version: int,
    subject: Mapping[str, str],
    introduction: Mapping[str, str],
    choices: Choices,
) -> None:
    """Keep the editor's words and choices. version: of the draft they saw. Raises UserError, Changed."""
    long = [tag for tag, text in introduction.items() if len(text) > LONGEST_WORDS]
    raise_if(
        {
            f"introduction_{tag}": _("Shorten this to %(most)d characters.") % {"most": LONGEST_WORDS}
            for tag in long
        }
    )
    rows = Issue.objects.filter(pk=issue.pk, state=IssueState.DRAFT, version=version)
    values = {"subject": dict(subject), "introduction": dict(introduction), "choices": choices.kept()}
    if not rows.update(version=F("version") + 1, **values):
        raise Changed
    issue.refresh_from_db()


def send(*, issue: Issue, now: datetime, actor_id: int | None) -> None:
    """Let a draft go ten minutes from `now` (aware UTC): until then it can be held back. Raises UserError."""
    if not worth(issue, items_of(issue, now=now)):
        raise UserError({"": _("There is nothing new to tell. Write an introduction first.")})
    if not Issue.objects.filter(pk=issue.pk, state=IssueState.DRAFT).update(due_at=now + UNDO):
        raise Changed
    note(kind="letter-sent", subject=f"letter:{issue.scope}", now=now, after={"by": actor_id})


def hold(*, issue: Issue) -> None:
    """Hold a draft back: it goes at no hour by itself. Raises Changed where it went already."""
    if not Issue.objects.filter(pk=issue.pk, state=IssueState.DRAFT).update(due_at=None):
        raise Changed


def leave_out(*, issue: Issue, reason: str = LEFT_OUT, now: datetime) -> None:
    """Send no such issue; what it would have told is in the next. reason: marked for translation. Raises Changed."""
    with transaction.atomic():
        rows = Issue.objects.filter(pk=issue.pk, state=IssueState.DRAFT, version=issue.version)
        if not rows.update(state=IssueState.LEFT_OUT, reason=reason, sent_at=now):
            raise Changed
        roll_on(issue, now)


def release(*, issue: Issue, now: datetime) -> None:
    """Let a held draft go at its planned hour. now: aware UTC. Raises Changed where there is none any more."""
    at = plan_of(issue.community).next_at
    rows = Issue.objects.filter(pk=issue.pk, state=IssueState.DRAFT)
    if at is None or at <= now or not rows.update(due_at=at):
        raise Changed


def roll_on(issue: Issue, now: datetime) -> None:
    """Plan the issue after this one; one that went shortly before its date was that date's."""
    plan = plan_of(issue.community)
    if plan.pk and plan.next_at:
        plan.next_at = next_after(plan, plan.next_at if now >= plan.next_at - LEAD else now)
        if plan.next_at and plan.next_at <= now:  # it was held back beyond later dates
            plan.next_at = next_after(plan, now)
        plan.save(update_fields=["next_at", "zone"])


def items_of(issue: Issue, *, now: datetime) -> list[Item]:
    """Return what an issue says: frozen of one that went; of a draft what there is at `now`, as the editor has it."""
    if issue.state != IssueState.DRAFT:
        return [Item(**each) for each in issue.items]
    choices = Choices(**issue.choices)
    return arranged(gather(issue.community, since=issue.since, now=now, added=choices.added), choices)


def worth(issue: Issue, items: list[Item]) -> bool:
    """Return whether an issue has words of the editor, or anything that the last one did not say."""
    if any(text.strip() for text in issue.introduction.values()):
        return True
    last = Issue.objects.filter(scope=issue.scope).exclude(pk=issue.pk).out().first()
    told = {each["ref"] for each in last.items} if last else set()
    return any(each.section not in LASTING or each.ref not in told for each in items)


def audience_of(community: Community | None) -> Q:
    """Return the condition on memberships of those who get the letter by belonging; the site's goes to no members."""
    if community is None:
        return Q(pk__in=[])
    return Q(community=community) & ~Q(person__letters_off__community=community)
