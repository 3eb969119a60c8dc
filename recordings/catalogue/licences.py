"""On which terms others may use a recording: what its organisers set, else the strictest that its speakers chose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from recordings.catalogue.models import Original, Recording
from seminars.changes.recording import record
from seminars.sessions.models import Speaker, SpeakerRole
from seminars.sessions.revising import subject_of
from seminars.sessions.speaking.models import Engagement, Licence

STRICTEST_FIRST = (Licence.ALL_RIGHTS, Licence.BY_NC, Licence.BY)
ADDRESSES = {
    Licence.BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
}
NAMES = {Licence.BY: "CC BY 4.0", Licence.BY_NC: "CC BY-NC 4.0"}


@dataclass(frozen=True)
class Terms:
    """A licence in words. name: short, "CC BY 4.0". href: of its text; "" for all rights reserved."""

    licence: Licence
    name: str
    words: str
    href: str = ""


def strictest(said: Collection[str]) -> str:
    """Return the strictest of what each speaker said; "" where one of them said nothing: nobody decides for them."""
    if Licence.ALL_RIGHTS in said:
        return Licence.ALL_RIGHTS
    if not said or "" in said:
        return ""
    return next(str(each) for each in STRICTEST_FIRST if each in said)


def set_licence(*, recording: Recording, licence: str, now: datetime, actor_id: int | None) -> bool:
    """Return whether the licence of a session's recording was changed. licence: a `Licence`, "": what speakers said."""
    with transaction.atomic():
        fresh = (
            Recording.objects.select_for_update(of=("self",)).select_related("session").get(pk=recording.pk)
        )
        before = fresh.licence
        if before == licence:
            return False
        fresh.licence = licence
        fresh.save(update_fields=["licence"])
        if fresh.session:
            record(
                kind="licence",
                subject=subject_of(fresh.session),
                scopes=(),
                now=now,
                actor_id=actor_id,
                before={"licence": before},
                after={"licence": licence},
            )
    return True


Row = TypeVar("Row", Recording, Original)


def with_licences(rows: QuerySet[Row], session: str = "session_id") -> QuerySet[Row]:
    """Return rows with what `licence_of` needs of their recording, so that it asks nothing more.

    session: where the row names the session.
    """
    theirs = Engagement.objects.filter(session=OuterRef(session)).exclude(licence="")
    engaged = Engagement.objects.filter(session=OuterRef("session_id"), person=OuterRef("person_id"))
    speaks = Speaker.objects.filter(session=OuterRef(session), role=SpeakerRole.SPEAKER)
    spoke = Speaker.objects.filter(session=OuterRef("session_id"), role=SpeakerRole.SPEAKER)
    strict = Case(*(When(licence=each, then=at) for at, each in enumerate(STRICTEST_FIRST)), default=99)
    speaking = Exists(spoke.filter(person=OuterRef("person_id")))
    said = theirs.filter(speaking).order_by(strict, "pk").values("licence")[:1]
    silent = Exists(speaks.exclude(Exists(engaged.exclude(licence=""))))
    annotated: QuerySet[Row] = rows.annotate(said=Subquery(said), silent=silent)
    return annotated


def licence_of(recording: Recording) -> str:
    """Return a `Licence`, "" where there is none.

    One query, and load `session__speakers` with it; none for one of `with_licences`.
    """
    if recording.licence or recording.session is None:
        return recording.licence
    if hasattr(recording, "said"):  # from `with_licences`
        return strictest([recording.said or "", *([""] if getattr(recording, "silent", True) else [])])
    speakers = recording.session.speakers.all()
    people = {each.person_id for each in speakers if each.role == SpeakerRole.SPEAKER}
    if not people:
        return ""
    engaged = Engagement.objects.filter(session=recording.session, person__in=people)
    said = dict(engaged.values_list("person_id", "licence"))
    return strictest([said.get(each, "") for each in people])


def terms_of(licence: str) -> Terms | None:
    """Return a `Licence` in words of the page's language; None for ""."""
    if not licence:
        return None
    known = Licence(licence)
    return Terms(
        known, NAMES.get(known) or _("All rights reserved"), str(known.label), ADDRESSES.get(known, "")
    )
