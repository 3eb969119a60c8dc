"""Many sessions added to a series at once, beside its rhythm: what `moving.insert` is to one, with few questions."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from seminars.changes.recording import record_each
from seminars.series.models import Series
from seminars.sessions.facts import state_after
from seminars.sessions.models import Session
from seminars.sessions.revising import scopes_of_series, subject_of


def add_all(
    *, series: Series, sessions: Sequence[Session], now: datetime, actor_id: int | None
) -> list[Session]:
    """Return the unsaved `sessions`, stored with the next numbers of their series and one Change each.

    They are out at once where the series is. Load `series` with what its sessions owe where there are many.
    """
    if not sessions:
        return []
    with transaction.atomic():
        while True:
            number = Series.objects.values_list("next_number", flat=True).get(pk=series.pk)
            claim = Series.objects.filter(pk=series.pk, next_number=number)
            if claim.update(next_number=number + len(sessions)):
                break
        for place, session in enumerate(sessions, number):
            session.series, session.number, session.slug = series, place, f"{series.slug}-{place}"
            session.published_at = now if series.published_at else None
            session.made_at, session.changed_at = now, now.replace(microsecond=0)
            session.state = state_after(session, now).value
        made = Session.objects.bulk_create(sessions, batch_size=100)
        series.next_number = number + len(sessions)
        record_each(
            kind="published" if series.published_at else "added",
            subjects=[subject_of(each) for each in made],
            scopes=scopes_of_series(series),
            now=now,
            actor_id=actor_id,
        )
    return made
