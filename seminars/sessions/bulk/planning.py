"""What a bulk edit would do to a stored series: reads it, checks what is asked, has `asking` decide. Writes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError, raise_if
from seminars.series.models import Audience, Series
from seminars.series.topics.naming import MOST
from seminars.sessions.bulk.asking import ALIKE, TYPED, Asked, Bulk, Deed, plan_bulk
from seminars.sessions.bulk.clashing import clashes_of
from seminars.sessions.bulk.family import hung_on, refuse_misfits, with_family
from seminars.sessions.checking import wrong_cohort, wrong_columns, wrong_links, wrong_words
from seminars.sessions.edits import EDITABLE, Fate, Standing
from seminars.sessions.models import Precision, Session
from seminars.sessions.spans import YEARS

NAMES = tuple(EDITABLE | TYPED | ALIKE | {"fold"})
FURTHEST = 3660
"""Days by which sessions are moved at once."""


def plan_sessions(*, series: Series, asked: Asked, follow: Collection[int] = (), now: datetime) -> Bulk:
    """Return what `asked` would do to sessions of `series` at `now` (aware UTC); nothing is stored.

    follow: primary keys of sessions whose hand-made columns give way. Raises UserError by field: what cannot be kept, a
    time that has passed, a missing reason.
    """
    sessions = Session.objects.filter(series=series).order_by("pk").prefetch_related("speakers", "topics")
    return planned(series, list(sessions), asked, follow, now)


def planned(
    series: Series, sessions: Sequence[Session], asked: Asked, follow: Collection[int], now: datetime
) -> Bulk:
    """Return what `plan_sessions` does, from all sessions of the series as they were read, with their speakers."""
    _refuse(series, asked)
    asked = with_family(asked, sessions)
    found = plan_bulk(
        asked,
        standing=[_standing(each, now) for each in sessions],
        unfixed={each.pk for each in sessions if each.precision != Precision.DAY or not each.starts_at},
        lead={each for each in hung_on(sessions) if asked.deed != Deed.DISCARD or each not in asked.ticked},
        before={name: getattr(series, name) for name in ALIKE},
        follow=follow,
        now=now,
    )
    if any(len(row.updates.get("topics", ())) > MOST for row in found.changing):
        raise UserError({"topics_added": _("Give at most %(most)d topics.") % {"most": MOST}})
    _refuse_times(found, now)
    refuse_misfits(found, sessions)
    return replace(found, clashes=clashes_of(series, {each.pk: each for each in sessions}, found.plan))


# Below: how it is done.


def _standing(each: Session, now: datetime) -> Standing:
    return Standing(
        pk=each.pk,
        number=each.number,
        revision=each.revision,
        original_date=each.original_date,
        original_time=each.original_time,
        values={name: getattr(each, name) for name in NAMES} | {"topics": topics_of(each)},
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        begun=not each.postponed_at
        and (bool(each.starts_at and each.starts_at <= now) or bool(each.closed_at)),
        announced=each.published_at is not None,
        cancelled=each.cancelled_at is not None,
        postponed=each.postponed_at is not None,
        withdrawn=each.withdrawn_at is not None,
    )


def topics_of(each: Session) -> list[int]:
    """Return the ids of a session's own topics, rising."""
    return sorted(topic.pk for topic in each.topics.all())


def _refuse(series: Series, asked: Asked) -> None:
    """Refuse what makes no sense for any session."""
    if (
        unknown := {name for row in asked.typed.values() for name in row} - TYPED
        | asked.fields.keys() - ALIKE
    ):
        raise TypeError(f"a bulk edit changes no {', '.join(sorted(unknown))}")
    if asked.deed and not asked.ticked:
        raise UserError({"deed": _("Tick the sessions that you mean, or choose all to come.")})
    if asked.deed == Deed.EDIT and not (
        asked.shift or asked.fields or asked.with_topics or asked.without_topics
    ):
        raise UserError({"do": _("Choose what is to change.")})
    if asked.deed == Deed.CANCEL and not asked.reason.strip():
        raise UserError({"reason": _("Give a reason. Everybody will see it.")})
    if asked.deed == Deed.PUBLISH and not series.published_at:
        words = _("Publish the series: its sessions come out with it.")
        raise UserError({"deed": words})
    if abs(asked.shift) > FURTHEST:
        raise UserError({"shift": _("Move by ten years at most.")})
    widest_first = Audience.values
    audience = asked.fields.get("audience")
    if audience in widest_first and widest_first.index(audience) < widest_first.index(series.audience):
        words = _("A session may be seen by fewer people than its series, not by more.")
        raise UserError({"audience": words})
    raise_if(wrong_cohort(series, audience or ""))
    fields = dict(asked.fields)
    sample = Session(series=series)
    for name, value in fields.items():
        setattr(sample, name, value)
    wrong = wrong_columns(sample, [name for name in fields if name != "place_id"]) | wrong_links(fields)
    raise_if(wrong | _wrong_length(fields.get("minutes"), "minutes"))
    for pk, row in asked.typed.items():
        wrong = wrong_words(row, titled=False) | _wrong_length(row.get("minutes"), "minutes")
        raise_if({f"s{pk}-{name}": words for name, words in wrong.items()})


def _wrong_length(minutes: Any, name: str) -> dict[str, str]:
    if minutes is None or 1 <= minutes <= 14 * 1440:
        return {}
    return {name: _("The end must be after the start, and at most 14 days later.")}


def _refuse_times(bulk: Bulk, now: datetime) -> None:
    wrong: dict[str, str] = {}
    for row in bulk.changing:
        if "local_date" not in row.updates:
            continue
        typed = bulk.asked.typed.get(row.standing.pk, {})
        name = f"s{row.standing.pk}-date" if "local_date" in typed else f"s{row.standing.pk}-time"
        if not typed:
            name = "shift" if bulk.asked.shift else "local_time"
        if row.updates["local_date"].year not in YEARS:
            wrong[name] = _("Choose a year from 1900 to 2199.")
        elif row.fate == Fate.MOVED and row.bounds and row.bounds[0] <= now:
            words = _("Session %(n)d would already have begun. Choose a later time, or move it by itself.")
            wrong.setdefault(name, words % {"n": row.standing.number})
    raise_if(wrong)
