"""One topic at two hours: a twin (live again) or a relay (the recording, at a humane hour elsewhere, with a host).

An echo is a session of the same series with its own UID and entry. It shares the page of its lead, and its words
follow those of the lead. A relay promises nothing of its own; a twin owes what its lead lacks.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.people.models import Form, Person
from seminars.sessions.asking import asked_slot, columns_of
from seminars.sessions.carrying import SHARED, WORDS
from seminars.sessions.fitting import refuse_misfit
from seminars.sessions.models import Echo, Precision, Session, SpeakerRole
from seminars.sessions.moving import insert
from seminars.sessions.revising import locked
from seminars.sessions.speakers import set_speakers


def add_twin(
    *,
    session: Session,
    wall: datetime,
    zone: str,
    minutes: int | None = None,
    fold: int | None = None,
    join_url: str | None = None,
    now: datetime,
    actor_id: int | None,
) -> Session:
    """Return a twin of `session`: the same topic again, live, with the same speakers.

    wall: naive, in `zone`. minutes, join_url: None takes the lead's. Raises UserError by field, also for a time that
    has passed, TimeQuestion for one that clocks skip or show twice.
    """
    with transaction.atomic():
        twin = _echo(session, Echo.TWIN, wall, zone, minutes, fold, join_url, now, actor_id)
        people = [
            (each.person, each.role, each.affiliation) for each in session.speakers.select_related("person")
        ]
        if people:
            set_speakers(session=twin, speakers=people, now=now, actor_id=actor_id)
    return twin


def add_relay(
    *,
    session: Session,
    wall: datetime,
    zone: str,
    host: Person,
    minutes: int | None = None,
    fold: int | None = None,
    join_url: str | None = None,
    now: datetime,
    actor_id: int | None,
) -> Session:
    """Return a relay of `session`: its recording, shown with `host` present. It starts once the lead has ended.

    Otherwise as `add_twin`; also refused where the lead is not recorded, by choice.
    """
    if session.report_only:
        raise UserError({"": _("This session is not recorded, by choice. There is nothing to relay.")})
    with transaction.atomic():
        relay = _echo(session, Echo.RELAY, wall, zone, minutes, fold, join_url, now, actor_id)
        people = [(host, SpeakerRole.HOST.value, "")]
        set_speakers(session=relay, speakers=people, now=now, actor_id=actor_id)
    return relay


def refuse_lead(session: Session) -> None:
    """Raise UserError where `session` cannot be held at a second hour."""
    if session.lead_id is not None:
        raise UserError({"": _("This is a twin or relay itself. Repeat the session that it belongs to.")})
    if session.cancelled_at or session.postponed_at or session.withdrawn_at:
        raise UserError({"": _("This session does not take place as planned. Reinstate it first.")})
    if not (session.starts_at and session.ends_at) or session.all_day or session.precision != Precision.DAY:
        raise UserError({"": _("Only a session with a date and an hour can be held at a second hour.")})
    if session.parts.exists():
        raise UserError({"": _("An event with a programme is not repeated whole. Repeat one of its parts.")})


# Below: how it is done.


def _echo(
    session: Session,
    kind: Echo,
    wall: datetime,
    zone: str,
    minutes: int | None,
    fold: int | None,
    join_url: str | None,
    now: datetime,
    actor_id: int | None,
) -> Session:
    lead = locked(session.pk)
    refuse_lead(lead)
    if not clock.is_zone(zone):
        raise UserError({"zone": _("Choose a time zone from the list.")})
    echo = Session(
        series=lead.series,
        lead=lead,
        echo=kind,
        zone=clock.canonical(zone),
        local_time=wall.time(),
        minutes=lead.minutes,
        made_at=now,
        changed_at=now.replace(microsecond=0),
        published_at=now if lead.published_at else None,
        report_only=lead.report_only,
        **{name: getattr(lead, name) for name in {*SHARED, *WORDS}},
    )
    if join_url is not None:
        echo.join_url = join_url
    if lead.form == Form.HYBRID and zone != lead.zone:
        echo.form, echo.room, echo.place = Form.VIRTUAL.value, "", None  # at that hour nobody is in the room
    for name, value in columns_of(asked_slot(echo, wall, minutes, 1, False, fold)).items():
        setattr(echo, name, value)
    if echo.ends_at is None or echo.ends_at <= now:
        raise UserError({"wall": _("This time has passed. Choose a later one.")})
    if echo.starts_at == lead.starts_at:
        raise UserError({"wall": _("That is the hour of the session itself. Choose another one.")})
    _place(echo, lead)
    refuse_misfit(echo, {})
    insert(echo, now=now, actor_id=actor_id)
    echo.named.set(lead.named.all())
    return echo


def _place(echo: Session, lead: Session) -> None:
    """A part that is repeated within its event is in the programme too."""
    event = lead.within
    if event and event.starts_at and event.ends_at and echo.starts_at and echo.ends_at:
        inside = event.starts_at <= echo.starts_at and echo.ends_at <= event.ends_at
        echo.within = event if inside else None
