"""What becomes of promised dates by the rules of their series, with what other series do at the same time."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.series.skips import (
    CLASHES,
    FURTHEST,
    Busy,
    Outcome,
    Promise,
    Rule,
    Rules,
    outcome_of,
    resolve,
)
from seminars.series.suiting import rules_of
from seminars.sessions.models import Precision, Session, Speaker
from seminars.sessions.spans import Slot
from seminars.words import say


def decide(
    series: Series, days: Sequence[date], *, after: date | None, taken: Container[date] = frozenset()
) -> list[Outcome]:
    """Return what becomes of the promised `days` (rising) of a series, saved or not.

    after: the promised day that follows the last one. taken: days on which nothing is put. What was skipped when
    sessions were made stays skipped. Raises UserError where the rules cannot be kept.
    """
    rules = rules_of(series)
    if not rules.then or not days:
        return [Outcome(day, day) for day in days]

    def span(day: date) -> tuple[datetime, datetime]:
        return Slot(day, series.local_time, series.zone, series.minutes, series.days).bounds()

    busy: list[Busy] = []
    if rules.acting & CLASHES:
        busy = busy_beside(series, rules, span(days[0])[0], span(days[-1])[1] + timedelta(days=FURTHEST))
    promise = Promise(days, span, series.local_time, after, series.days, taken)
    known = {each.day: each for each in map(outcome_of, series.skipped)}
    return [known.get(each.day, each) for each in resolve(promise, rules, busy)]


def refuse_nothing_left(outcomes: Sequence[Outcome]) -> None:
    """Raise UserError, beside the rule that took most, where promised dates are there and all are skipped."""
    reasons = [each.reason.rule for each in outcomes if each.skipped and each.reason]
    if outcomes and len(reasons) == len(outcomes):
        most = max(reasons, key=reasons.count)
        words = _("With this rule no date is left. Keep these dates, move them, or choose another rhythm.")
        raise UserError({f"on_{most.value}": words})


def busy_beside(series: Series, rules: Rules, first: datetime, last: datetime) -> list[Busy]:
    """Return when, between `first` and `last` (aware), other series have the same audience, room or speaker.

    Audience: the community's. Room: the same words, or the same join link. Speaker: whoever spoke in this series so
    far. Named are only sessions of the same community: others may be none of its organisers' business.
    """
    sought = {
        Rule.AUDIENCE: Q(series__community_id=series.community_id),
        Rule.ROOM: _same_room(series),
        Rule.SPEAKER: Q(
            pk__in=Speaker.objects.filter(
                person__in=Speaker.objects.filter(session__series_id=series.pk or 0).values("person")
            ).values("session")
        ),
    }
    there = Session.objects.filter(starts_at__lt=last, ends_at__gt=first, precision=Precision.DAY)
    there = there.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None).exclude(series=series.pk)
    found: list[Busy] = []
    for rule, wanted in sought.items():
        if rule not in rules.acting or not wanted:
            continue
        for each in there.filter(wanted).select_related("series"):
            if each.starts_at and each.ends_at:
                ours = each.series.community_id == series.community_id
                busy = Busy(each.starts_at, each.ends_at, rule)
                found.append(replace(busy, name=say(each.heading, series.language)) if ours else busy)
    return found


# Below: how it is done.


def _same_room(series: Series) -> Q:
    """Falsy where there is neither a room nor a link."""
    found = Q()
    if room := series.room.strip():
        found |= Q(room__iexact=room)
    if series.join_url:
        found |= Q(join_url=series.join_url)
    return found
