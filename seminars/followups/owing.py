"""What a series owes after each of its sessions: the template of its checklists."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.followups.models import Checklist, Owed
from seminars.series.models import Series
from seminars.sessions.models import MaterialKind


def owed_by(series: Series) -> dict[str, int]:
    """Return days after the end by kind of material; 0 is before the start."""
    return {each.kind: each.days for each in series.owed.order_by("days", "kind")}


def set_owed(*, series: Series, owed: Mapping[str, int], now: datetime, actor_id: int | None) -> None:
    """Store the template: it counts for checklists that open from now on. Raises UserError for a kind that is none.

    Where nothing was owed until now, what is over stays like that: its checklist counts as opened, with nothing in it.
    """
    if unknown := set(owed) - set(MaterialKind.values):
        raise UserError({"owed": ", ".join(sorted(unknown))})
    with transaction.atomic():
        before = owed_by(series)
        if before == dict(owed):
            return
        if not before:
            over = series.sessions.filter(ends_at__lte=now, checklist=None)
            closed = [Checklist(session=session, opened_at=now) for session in over]
            Checklist.objects.bulk_create(closed, ignore_conflicts=True)
        series.owed.all().delete()
        Owed.objects.bulk_create(Owed(series=series, kind=kind, days=days) for kind, days in owed.items())
        record(
            kind="owed",
            subject=f"series:{series.uuid}",
            scopes=[f"series:{series.pk}", f"community:{series.community_id}"],
            now=now,
            actor_id=actor_id,
            before=before,
            after=dict(owed),
        )
