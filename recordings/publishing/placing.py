"""A recording that never was a session has words of its own; they are corrected here, or it becomes a session's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.history.telling import happened
from recordings.catalogue.models import Recording
from recordings.catalogue.taking import CannotTake, check_consents
from recordings.publishing.releasing import INDEX_DOOR, release
from seminars.changes.refusing import UserError
from seminars.queue.enqueue import nudge
from seminars.sessions.models import Session
from seminars.sessions.revising import locked

OWN = ("title", "abstract", "recorded_on", "language", "licence")
"""What is said of it by itself; of a session's recording the session says it."""


class WordsStale(Exception):
    """Somebody else changed the words since the form was opened; `current` says them as they are now."""

    def __init__(self, current: Recording) -> None:
        super().__init__(f"{current.slug} has other words by now")
        self.current = current


def times_reworded(recording: Recording) -> int:
    """Return how often its own words were changed: its history counts it."""
    return Event.objects.filter(recording=recording, kind=EventKind.REWORDED).count()


def reword(
    *, recording: Recording, words: Mapping[str, Any], seen: int | None, now: datetime, actor_id: int | None
) -> Recording:
    """Return the recording with other words of its own. words: values of `OWN` by name; the same again writes nothing.

    seen: the `times_reworded` that the person looked at. now: aware UTC. Raises WordsStale, with nothing written;
    UserError ("title") without one, ("") where it became a session's meanwhile.
    """
    if not words["title"]:
        raise UserError({"title": _("Give a title.")})
    with transaction.atomic():
        held = _alone(recording)
        if seen != times_reworded(held):
            raise WordsStale(held)
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
    appears in it refused one; ("") where it became a session's meanwhile, or was withdrawn.
    """
    full = UserError(
        {"session": _("This session is in the archive already: add the file there, on its files page.")}
    )
    try:
        with transaction.atomic():
            held = _alone(recording)
            if held.withdrawn_at:
                raise UserError({"": _("It is withdrawn. Bring it back first.")})
            session = locked(session.pk)
            if (
                not session.published_at
                or session.withdrawn_at
                or not session.ends_at
                or session.ends_at > now
            ):
                raise UserError({"session": _("Choose a session that is published and over.")})
            check_consents(session, held)
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
