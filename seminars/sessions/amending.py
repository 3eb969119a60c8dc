"""What a series says after it was planned: its words, links and audience, and how far a change of them reaches.

A session that nobody edited by hand follows its series; one that was given another room or link keeps it. Sessions
that are over keep what they had.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.series.models import Series
from seminars.sessions import moving
from seminars.sessions.checking import as_words, wrong_columns, wrong_links, wrong_words
from seminars.sessions.models import Session
from seminars.sessions.revising import plain, revise

WORDS = ("title", "abstract")
FOLLOWED = ("form", "room", "join_url", "view_url", "dial_in", "source_url", "language", "audience")
AMENDABLE = frozenset({*WORDS, *FOLLOWED})


class StaleSeries(Exception):
    """Somebody else changed the series since the form was opened; `current` is what is there now."""

    def __init__(self, current: Series) -> None:
        super().__init__(f"{current.slug} is at revision {current.revision}")
        self.current = current


def subject_of_series(series: Series) -> str:
    """Return the name under which the series' changes are kept."""
    return f"series:{series.uuid}"


def amend(
    *, series: Series, now: datetime, actor_id: int | None, seen: int | None = None, **fields: Any
) -> Series:
    """Return the series with other words, links or audience; sessions to come that still had the old ones follow.

    fields: of `AMENDABLE`; title and abstract as text in the series' language or by language. Nothing different writes
    nothing. Raises UserError by field, StaleSeries when the series is not at revision `seen`.
    """
    if unknown := fields.keys() - AMENDABLE:
        raise TypeError(f"amend() changes no {', '.join(sorted(unknown))}")
    for name in WORDS:
        if name in fields:
            fields[name] = as_words(fields[name], fields.get("language", series.language))
    with transaction.atomic():
        current = Series.objects.select_related("community").get(pk=series.pk)
        if seen is not None and seen != current.revision:
            raise StaleSeries(current)
        before = {name: getattr(current, name) for name in fields}
        changed = {name: value for name, value in fields.items() if value != before[name]}
        if not changed:
            return current
        raise_if(_wrong(current, changed))
        claim = Series.objects.filter(pk=current.pk, revision=current.revision)
        if not claim.update(**changed, revision=current.revision + 1):
            raise StaleSeries(Series.objects.get(pk=series.pk))
        record(
            kind="edited",
            subject=subject_of_series(current),
            scopes=[f"series:{current.pk}", f"community:{current.community_id}"],
            now=now,
            actor_id=actor_id,
            before={name: plain(before[name]) for name in changed},
            after={name: plain(value) for name, value in changed.items()},
        )
        current.refresh_from_db()
        _spread(current, {name: before[name] for name in changed}, changed, now=now, actor_id=actor_id)
    return current


def discard_draft(*, series: Series) -> None:
    """Delete a series that was never published, with its sessions. Raises UserError for one that is out."""
    with transaction.atomic():
        draft = Series.objects.filter(pk=series.pk, published_at=None)
        if not draft.exists() or series.sessions.filter(published_at__isnull=False).exists():
            raise UserError({"": _("This series is published. Cancel its sessions instead.")})
        series.sessions.all().delete()
        draft.delete()


def _wrong(series: Series, changed: dict[str, Any]) -> dict[str, str]:
    """Check the new values on the row as it would be."""
    for name, value in changed.items():
        setattr(series, name, value)
    return wrong_columns(series, changed) | wrong_words(changed, titled=True) | wrong_links(changed)


def _spread(
    series: Series, before: dict[str, Any], changed: dict[str, Any], *, now: datetime, actor_id: int | None
) -> None:
    """Take the change to the sessions to come. One that only borrows the series' words is revised as it stands."""
    coming = Q(ends_at__gt=now) | Q(ends_at=None)
    rows = Session.objects.filter(coming, series=series, withdrawn_at=None).with_facts()
    for row in rows:
        follows = {
            name: value
            for name, value in changed.items()
            if name in FOLLOWED and getattr(row, name) == before[name]
        }
        if follows:
            moving.edit(session=row, now=now, actor_id=actor_id, **follows)
        elif any(name in changed and not getattr(row, name) for name in WORDS):
            revise(row, kind="edited", now=now, actor_id=actor_id)
