"""A recording that never was a session has words of its own; they are corrected here, or it becomes a session's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recordings.catalogue.history.models import EventKind
from recordings.catalogue.history.telling import happened
from recordings.catalogue.models import Recording
from recordings.catalogue.taking import CannotTake, check_consent
from recordings.publishing.releasing import INDEX_DOOR, release
from seminars.changes.refusing import UserError
from seminars.queue.enqueue import nudge
from seminars.sessions.models import Session

OWN = ("title", "abstract", "recorded_on", "language", "licence")
"""What is said of it by itself; of a session's recording the session says it."""


def reword(
    *, recording: Recording, words: Mapping[str, Any], now: datetime, actor_id: int | None
) -> Recording:
    """Return the recording with other words of its own. words: values of `OWN` by name; the same again writes nothing.

    now: aware UTC. Raises UserError ("title") without one, ("") where it became a session's meanwhile.
    """
    if not words["title"]:
        raise UserError({"title": _("Give a title.")})
    with transaction.atomic():
        held = _alone(recording)
        changed = [name for name in OWN if getattr(held, name) != words[name]]
        if not changed:
            return held
        for name in changed:
            setattr(held, name, words[name])
        held.indexed_revision = 0
        held.save(update_fields=[*changed, "indexed_revision"])
        happened(held, EventKind.REWORDED, now=now, actor_id=actor_id, what=changed)
        nudge(INDEX_DOOR, recording_id=held.pk)
    return held


def place(*, recording: Recording, session: Session, now: datetime, actor_id: int | None) -> Recording:
    """Return the recording as that of `session`, whose page shows it from now on; its own addresses lead there.

    now: aware UTC. Raises UserError ("session") where the session is not out and over, has a recording, or somebody who
    appears in it refused one; ("") where it became a session's meanwhile.
    """
    out = session.published_at and not session.withdrawn_at
    if not out or session.ends_at is None or session.ends_at > now:
        raise UserError({"session": _("Choose a session that is published and over.")})
    full = UserError(
        {"session": _("This session is in the archive already: add the file there, on its files page.")}
    )
    try:
        with transaction.atomic():
            held = _alone(recording)
            for kind in held.originals.filter(superseded_at=None).values_list("kind", flat=True):
                check_consent(session, kind)
            if Recording.objects.filter(session=session).exists():
                raise full
            held.session, held.indexed_revision = session, 0
            held.save(update_fields=["session", "indexed_revision"])
            happened(held, EventKind.PLACED, now=now, actor_id=actor_id, session=session.slug)
            nudge(INDEX_DOOR, recording_id=held.pk)
            return release(recording=held, now=now, actor_id=actor_id)
    except CannotTake as wrong:
        raise UserError({"session": str(wrong)}) from wrong
    except IntegrityError as wrong:  # a file came into the session at this moment
        raise full from wrong


def _alone(recording: Recording) -> Recording:
    """The recording, held until the transaction ends. Raises UserError."""
    held = Recording.objects.select_for_update().get(pk=recording.pk)
    if held.session_id is not None:
        raise UserError({"": _("It belongs to a session by now. Nothing was changed.")})
    return held
