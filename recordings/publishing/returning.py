"""What was withdrawn is brought back, where nothing stands against it: one answer for the page and for the deed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from recordings.catalogue.history.models import EventKind
from recordings.catalogue.history.telling import happened
from recordings.catalogue.models import Decider, Recording
from recordings.catalogue.taking import CannotTake, check_consents
from recordings.providers import linking
from recordings.publishing.releasing import INDEX_DOOR, release
from seminars.changes.refusing import UserError
from seminars.followups import letting_go
from seminars.queue.enqueue import nudge
from seminars.sessions.models import Session
from seminars.sessions.revising import locked


def hindrance(recording: Recording, *, by: str) -> str:
    """Return why a withdrawn recording cannot be brought back, in the reader's words; "" where it can.

    by: a Decider, in which office it is asked: what an administrator decided, organisers do not undo.
    """
    session = recording.session
    if session and session.withdrawn_at:  # no page would show it
        return _("This session was withdrawn. It stays as it is.")
    if recording.withdrawn_by == Decider.ADMINISTRATOR and by != Decider.ADMINISTRATOR:
        return _("An administrator withdrew it: only an administrator can bring it back.")
    if recording.originals.filter(superseded_at=None, asset__absent=True).exists():
        return _only_word(session)
    try:
        check_consents(session, recording)
    except CannotTake as wrong:
        return str(wrong)
    return ""


def _only_word(session: Session | None) -> str:
    if session is None:  # there is no page on which its files could be uploaded
        return _("Only word of it came here, in a bag: its files did not. Import a bag that holds them.")
    return _(
        "Only word of it came here, in a bag: its files did not. Import a bag that holds them, or upload them."
    )


def bring_back(
    *, recording: Recording, now: datetime, actor_id: int | None, by: str = Decider.ORGANISER
) -> Recording:
    """Return the recording as it was before it was withdrawn; nothing happens to one that was not. now: aware UTC.

    by: a Decider, as of `hindrance`. That it was withdrawn, and why, stays in its history. Raises UserError ("").
    """
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording.pk)
        if recording.withdrawn_at is None:
            return recording
        session = locked(recording.session_id) if recording.session_id else None
        recording.session = session
        if reason := hindrance(recording, by=by):
            raise UserError({"": reason})
        said, since = recording.withdrawn_reason, recording.withdrawn_at
        recording.withdrawn_at, recording.withdrawn_reason, recording.withdrawn_by = None, "", ""
        recording.indexed_revision = 0  # should the nudge get lost, the sweep finds it
        recording.save(update_fields=["withdrawn_at", "withdrawn_reason", "withdrawn_by", "indexed_revision"])
        happened(recording, EventKind.RETURNED, now=now, actor_id=actor_id)
        nudge(INDEX_DOOR, recording_id=recording.pk)
        recording = release(recording=recording, now=now, actor_id=actor_id)
        if session:
            linking.announce_all(session.pk, now=now, actor_id=actor_id)
            letting_go.ask_again(session=session, reason=said, since=since, now=now, actor_id=actor_id)
    return recording
