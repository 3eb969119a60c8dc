"""Make the programmes and the second hours of the demo, through the verbs that organisers use."""

from datetime import datetime, timedelta

from seminars.demo.facts import EchoFacts, PartFacts, SessionFacts
from seminars.followups.reports.saving import save_report
from seminars.people.models import Person
from seminars.sessions.echoes import add_relay, add_twin
from seminars.sessions.models import Session
from seminars.sessions.programme.parts import add_part
from seminars.sessions.speakers import set_speakers


def add_programme(
    told: SessionFacts, event: Session, *, now: datetime, actor_id: int | None
) -> list[Session]:
    """Return the parts of `event`, in the order of `told`, while it is a draft."""
    return [_part(each, event, now, actor_id) for each in told.parts]


def add_echoes(told: SessionFacts, lead: Session, *, now: datetime, actor_id: int | None) -> None:
    """Hold `lead` at the further hours of `told`."""
    for each in told.echoes:
        _echo(each, lead, now, actor_id)


def document(told: SessionFacts, parts: list[Session], *, now: datetime, actor_id: int | None) -> None:
    """Write the reports of parts that have one, once they are out."""
    for facts, part in zip(told.parts, parts, strict=True):
        if facts.report:
            fresh = Session.objects.select_related("series__community").get(pk=part.pk)
            save_report(session=fresh, answers=dict(facts.report), language="en", now=now, actor_id=actor_id)


# Below: how it is done.


def _part(facts: PartFacts, event: Session, now: datetime, actor_id: int | None) -> Session:
    assert event.local_date is not None
    part = add_part(
        event=event,
        title=dict(facts.title),
        abstract=dict(facts.abstract),
        wall=datetime.combine(event.local_date + timedelta(days=facts.day), facts.at),
        minutes=facts.minutes,
        room=facts.room,
        now=now,
        actor_id=actor_id,
    )
    if facts.fields:
        for name, value in facts.fields.items():
            setattr(part, name, value)
        part.save()
    if facts.speakers:
        people = [(_person(name), role, text) for name, role, text in facts.speakers]
        set_speakers(session=part, speakers=people, now=now, actor_id=actor_id)
    return part


def _echo(facts: EchoFacts, lead: Session, now: datetime, actor_id: int | None) -> None:
    assert lead.local_date is not None
    wall = datetime.combine(lead.local_date + timedelta(days=facts.day), facts.at)
    if facts.host:
        host = _person(facts.host)
        add_relay(session=lead, wall=wall, zone=facts.zone, host=host, now=now, actor_id=actor_id)
    else:
        add_twin(session=lead, wall=wall, zone=facts.zone, now=now, actor_id=actor_id)


def _person(name: str) -> Person:
    return Person.objects.get_or_create(name=name)[0]
