"""What organisers choose about the editions of a recording."""

from datetime import datetime

from django.db import transaction

from recordings.catalogue.models import Recording
from recordings.renditions import making


def even_out(*, recording: Recording, even: bool, now: datetime) -> int:
    """Return how many editions are made again, with the loudness evened out, or as it came; the old serve meanwhile.

    now: aware UTC. Chosen already, it changes nothing.
    """
    with transaction.atomic():
        rows = Recording.objects.filter(pk=recording.pk, withdrawn_at=None)
        if not rows.exclude(even_sound=even).update(even_sound=even):
            return 0
        recording.even_sound = even
        originals = recording.originals.filter(superseded_at=None).select_related("asset")
        return making.ensure(originals, now=now)
