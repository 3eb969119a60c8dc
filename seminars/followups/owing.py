"""What a series owes around each of its sessions: the template of its checklists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.followups.kinds import MOST_DAYS, OWN, USUAL, new_own
from seminars.followups.models import Checklist, Owed
from seminars.series.models import Series
from seminars.words import Words, say

MOST_OWN = 20
LONGEST_WORDS = 100


@dataclass(frozen=True)
class Own:
    """A task in an organiser's own words, due as `Owed.days` says. kind: of the line that it was; "" for a new one."""

    words: Words
    days: int
    kind: str = ""


def owed_by(series: Series) -> dict[str, int]:
    """Return days after the end by kind; below 0 before the day of the session, 0 by its start."""
    return {each.kind: each.days for each in lines_of(series)}


def lines_of(series: Series) -> list[Owed]:
    """Return the template's lines in the order of time."""
    return list(series.owed.order_by("days", "kind"))


def set_owed(
    *,
    series: Series,
    owed: Mapping[str, int],
    own: Iterable[Own] | None = None,
    now: datetime,
    actor_id: int | None,
) -> None:
    """Store the template: it counts for what is put on lists from now on. own: None leaves tasks in own words alone.

    Raises UserError for a kind that is none, days out of range, or too many or too long words.
    Where nothing was owed until now, what is over stays like that: its checklist counts as opened, with nothing in it.
    """
    with transaction.atomic():
        Series.objects.select_for_update(no_key=True).get(
            pk=series.pk
        )  # two who save at once: one after the other
        before = lines_of(series)
        kept = [each for each in before if each.kind.startswith(OWN)]
        tasks = [Own(each.words, each.days, each.kind) for each in kept] if own is None else list(own)
        _refuse(owed, tasks)
        lines = [Owed(series=series, kind=kind, days=days) for kind, days in owed.items()]
        known = {each.kind for each in kept}
        for task in tasks:
            kind = task.kind if task.kind in known else new_own()
            lines.append(Owed(series=series, kind=kind, days=task.days, words=dict(task.words)))
        if _plain(before) == _plain(lines):
            return
        if not before:
            over = series.sessions.filter(ends_at__lte=now, checklist=None)
            closed = [Checklist(session=session, opened_at=now) for session in over]
            Checklist.objects.bulk_create(closed, ignore_conflicts=True)
        series.owed.all().delete()
        Owed.objects.bulk_create(lines)
        record(
            kind="owed",
            subject=f"series:{series.uuid}",
            scopes=[f"series:{series.pk}", f"community:{series.community_id}"],
            now=now,
            actor_id=actor_id,
            before=_told(before),
            after=_told(lines),
        )


def _refuse(owed: Mapping[str, int], own: list[Own]) -> None:
    if unknown := set(owed) - set(USUAL):
        raise UserError({"owed": ", ".join(sorted(unknown))})
    if any(abs(days) > MOST_DAYS for days in [*owed.values(), *(each.days for each in own)]):
        raise UserError({"owed": _("Use at most %(most)d days.") % {"most": MOST_DAYS}})
    if len(own) > MOST_OWN:
        raise UserError({"own": _("Use at most %(most)d tasks of your own.") % {"most": MOST_OWN}})
    for each in own:
        if not any(each.words.values()):
            raise UserError({"own": _("Say what is to be done.")})
        if any(len(text) > LONGEST_WORDS for text in each.words.values()):
            raise UserError({"own": _("Use at most %(most)d characters.") % {"most": LONGEST_WORDS}})


def _plain(lines: Iterable[Owed]) -> list[Any]:
    return sorted([each.kind, each.days, sorted(each.words.items())] for each in lines)


def _told(lines: Iterable[Owed]) -> dict[str, int]:
    """Days by what the history calls it: a kind, or an organiser's own words."""
    return {say(each.words, "en") or each.kind: each.days for each in lines}
