"""Who appears at a session."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.sessions.facts import with_state
from seminars.sessions.models import Echo, Session, Speaker, SpeakerRole
from seminars.sessions.revising import locked, revise

Appearance = tuple[Person, str, str]
"""A person, a `SpeakerRole` and the affiliation to print."""


def set_speakers(
    *,
    session: Session,
    speakers: Sequence[Appearance],
    now: datetime,
    actor_id: int | None,
    seen: int | None = None,
) -> Session:
    """Return the session with exactly these speakers, in this order; its twins have them too. The same again
    writes nothing.

    Raises UserError for a role that is none, or the same person twice in one; Stale as `revising.revise`.
    """
    wanted = [(person.pk, str(role), affiliation.strip()) for person, role, affiliation in speakers]
    if any(role not in SpeakerRole.values for _pk, role, _text in wanted):
        raise UserError({"speakers": _("Choose a role from the list.")})
    if len({(pk, role) for pk, role, _text in wanted}) < len(wanted):
        raise UserError({"speakers": _("Somebody is there twice in the same role.")})
    if any(len(text) > 200 for _pk, _role, text in wanted):
        raise UserError({"speakers": _("Use at most 200 characters for an affiliation.")})
    with transaction.atomic():
        there = [
            (each.person_id, each.role, each.affiliation) for each in session.speakers.order_by("order", "id")
        ]
        if there == wanted and (seen is None or seen == session.revision):
            return session
        fresh = locked(session.pk)
        gone = {pk for pk, _role, _text in there} - {pk for pk, _role, _text in wanted}
        fresh.speakers.all().delete()
        Speaker.objects.bulk_create(
            Speaker(session=fresh, person_id=pk, role=role, affiliation=text, order=place)
            for place, (pk, role, text) in enumerate(wanted)
        )
        updates = with_state(fresh, now, {})
        revise(
            session,
            kind="speakers",
            now=now,
            actor_id=actor_id,
            seen=seen,
            note=", ".join(person.name for person, _role, _text in speakers),
            touching=[f"speaker:{pk}" for pk in gone],
            **updates,
        )
        for twin in session.echoes.filter(echo=Echo.TWIN).select_related("series"):
            set_speakers(session=twin, speakers=speakers, now=now, actor_id=actor_id)
    return session
