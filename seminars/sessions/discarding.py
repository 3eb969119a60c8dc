"""Throwing a draft away. What was ever published stays for good: its sessions are cancelled instead."""

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.series.models import Series


def discard_draft(*, series: Series) -> None:
    """Delete a series that was never published, with its sessions. Raises UserError for one that is out."""
    with transaction.atomic():
        draft = Series.objects.select_for_update().filter(pk=series.pk, published_at=None)
        if not draft.exists() or series.sessions.filter(published_at__isnull=False).exists():
            raise UserError({"": _("This series is published. Cancel its sessions instead.")})
        series.sessions.all().delete()
        draft.delete()
