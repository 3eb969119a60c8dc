"""Throwing a draft away. What was ever published stays for good: its sessions are cancelled instead."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.series.models import Series


def discard_draft(*, series: Series) -> None:
    """Delete a series that was never published, with its sessions.

    Raises UserError for one that is out, or to which something was given to keep.
    """
    with transaction.atomic():
        draft = Series.objects.select_for_update().filter(pk=series.pk, published_at=None)
        if not draft.exists() or series.sessions.filter(published_at__isnull=False).exists():
            raise UserError({"": _("This series is published. Cancel its sessions instead.")})
        try:
            series.sessions.filter(lead__isnull=False).delete()
            series.sessions.filter(within__isnull=False).delete()
            series.sessions.all().delete()
            draft.delete()
        except ProtectedError as kept:
            words = _(
                "Files or a report were added to this draft already, so it stays. You can leave it a draft."
            )
            raise UserError({"": words}) from kept
