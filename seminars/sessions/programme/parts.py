"""Give an event its parts: one, many at once, those of another event; and take one off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Person
from seminars.series.rooms.models import Room
from seminars.sessions.asking import asked_slot, columns_of
from seminars.sessions.carrying import SHARED
from seminars.sessions.checking import as_words, wrong_columns, wrong_words
from seminars.sessions.fitting import refuse_misfit
from seminars.sessions.models import Precision, Session, SpeakerRole
from seminars.sessions.moving import cancel, insert
from seminars.sessions.revising import locked
from seminars.sessions.spans import Slot
from seminars.sessions.speakers import set_speakers
from seminars.sessions.storing import remove
from seminars.words import Words

LONGEST = 24 * 60


@dataclass(frozen=True)
class Asked:
    """A part to add. wall: naive, in the event's zone. speakers: persons, all as speakers."""

    title: str | Words
    wall: datetime
    minutes: int
    room: str = ""
    abstract: str | Words = ""
    speakers: tuple[Person, ...] = ()


def refuse_event(session: Session) -> None:
    """Raise UserError where `session` can have no parts: it is one itself, repeats another, or has no date."""
    if session.within_id is not None:
        raise UserError({"": _("This is part of an event itself. Add parts to that event.")})
    if session.lead_id is not None:
        raise UserError({"": _("A twin or relay has no programme of its own.")})
    if session.cancelled_at or session.withdrawn_at:
        raise UserError({"": _("This event is cancelled or withdrawn. It gets no new parts.")})
    if not (session.starts_at and session.ends_at):
        raise UserError({"": _("The event has no date yet. Give it one first.")})


def add_part(
    *,
    event: Session,
    title: str | Words,
    wall: datetime,
    minutes: int,
    room: str = "",
    place: Room | None = None,
    abstract: str | Words = "",
    fold: int | None = None,
    now: datetime,
    actor_id: int | None,
) -> Session:
    """Return a new part of `event`; it is out at once where the event is.

    wall: naive, in the event's zone. minutes: 1 to 1440. room: as people say it; "" shares the event's own. place: the
    room it comes from. Parts in different rooms may run at the same time. Raises UserError by field: outside the
    event, its room taken, no title; TimeQuestion for a time that clocks skip or show twice.
    """
    part = _made(event, title, abstract, room, place, now)
    if not 1 <= minutes <= LONGEST:
        raise UserError({"minutes": _("A part lasts between 1 minute and 24 hours.")})
    for name, value in columns_of(asked_slot(part, wall, minutes, 1, False, fold)).items():
        setattr(part, name, value)
    with transaction.atomic():
        refuse_event(locked(event.pk))
        refuse_misfit(part, {})
        insert(part, now=now, actor_id=actor_id)
        part.named.set(event.named.all())  # who is invited to the event is invited to all of it
    return part


def add_parts(
    *, event: Session, asked: Sequence[Asked], now: datetime, actor_id: int | None
) -> list[Session]:
    """Return the new parts with their speakers, all or none. Raises UserError as `add_part`, with the title before."""
    made = []
    with transaction.atomic():
        for each in asked:
            try:
                part = add_part(
                    event=event,
                    title=each.title,
                    wall=each.wall,
                    minutes=each.minutes,
                    room=each.room,
                    abstract=each.abstract,
                    now=now,
                    actor_id=actor_id,
                )
            except UserError as refused:
                raise UserError({"": f"{each.title}: {' '.join(refused.fields.values())}"}) from refused
            if each.speakers:
                people = [(person, SpeakerRole.SPEAKER.value, "") for person in each.speakers]
                set_speakers(session=part, speakers=people, now=now, actor_id=actor_id)
            made.append(part)
    return made


def remove_part(
    *, part: Session, now: datetime, actor_id: int | None, seen: int | None = None
) -> Session | None:
    """Return the part, cancelled, since calendars have it; None for a draft, which is deleted and kept in a Change.

    Raises UserError for one that is no part, is over, or has files; Stale as `moving.cancel`.
    """
    if part.within_id is None:
        raise UserError({"": _("This is not part of an event.")})
    if part.published_at:
        reason = _("It is no longer part of the programme.")
        return cancel(session=part, reason=reason, now=now, actor_id=actor_id, seen=seen)
    with transaction.atomic():
        fresh = locked(part.pk)
        remove([*fresh.echoes.all(), fresh], now=now, actor_id=actor_id)
    return None


def copy_parts(*, event: Session, to: Session, now: datetime, actor_id: int | None) -> list[Session]:
    """Return the parts of `event`, once more in `to`: the same words, rooms and hours, as many days after its start.

    Those that were cancelled or withdrawn, and those that `to` has no room for, are left out. Clocks that skip or
    repeat an hour are read as a cadence reads them.
    """
    made: list[Session] = []
    if event.local_date is None or to.local_date is None:
        return made
    shift = to.local_date - event.local_date
    source = event.parts.filter(cancelled_at=None, withdrawn_at=None, local_date__isnull=False)
    for each in source.order_by("starts_at", "id"):
        part = _made(to, each.title, each.abstract, each.room, each.place, now)
        part.form, part.language = each.form, each.language
        if each.local_date is None:
            continue
        slot = Slot(each.local_date + shift, each.local_time, to.zone, each.minutes, each.days)
        for name, value in columns_of(slot).items():
            setattr(part, name, value)
        with transaction.atomic():
            try:
                refuse_misfit(part, {})
            except UserError:
                continue
            made.append(insert(part, now=now, actor_id=actor_id))
    return made


# Below: how it is done.


def _made(
    event: Session, title: str | Words, abstract: str | Words, room: str, place: Room | None, now: datetime
) -> Session:
    """An unsaved part with what it shares with its event. Raises UserError by field."""
    refuse_event(event)
    part = Session(
        series=event.series,
        within=event,
        zone=event.zone,
        local_time=datetime.min.time(),
        precision=Precision.DAY,
        made_at=now,
        changed_at=now.replace(microsecond=0),
        published_at=now if event.published_at else None,
        **{name: getattr(event, name) for name in SHARED},
    )
    part.title, part.abstract = as_words(title, event.language), as_words(abstract, event.language)
    part.room, part.place = room.strip(), place
    raise_if(
        wrong_words({"title": part.title, "abstract": part.abstract}, titled=True)
        | wrong_columns(part, ["room"])
    )
    return part
