"""Who sees to what is owed, unless somebody else was chosen: the speaker, the note-taker, or who leads the series."""

from seminars import clock
from seminars.people.models import Person, Role
from seminars.series.models import Part, Series
from seminars.sessions.models import MaterialKind, Session, SpeakerRole

PLANS = "made_by__person__memberships"
LOADED = ("speakers__person__user", "series__roles__person__user", f"series__{PLANS}")
"""Relations to prefetch with sessions, and `series__made_by__person` to join, before many are asked about."""

APPEARING = {
    MaterialKind.SLIDES.value: SpeakerRole.SPEAKER,
    MaterialKind.HANDOUT.value: SpeakerRole.SPEAKER,
    MaterialKind.REPORT.value: SpeakerRole.NOTE_TAKER,
}
"""Who at the session brings which kind of thing."""


def owner_of(session: Session, kind: str) -> Person | None:
    """Return who sees to a thing of `kind` owed for `session`; None where nobody is known."""
    if role := APPEARING.get(kind):
        for speaker in session.speakers.all():
            if speaker.role == role:
                return speaker.person
    if kind == MaterialKind.REPORT:
        for given in _roles(session.series, Part.NOTES):
            return given
    return next(iter(leads_of(session.series)), None)


def leads_of(series: Series) -> list[Person]:
    """Return who leads the series: its owners, else who made it, else its organisers; the earliest first.

    Who made it and has left the community since, or plans for it no more, leads nothing.
    """
    if owners := _roles(series, Part.OWNER):
        return owners
    made_by = series.made_by
    person: Person | None = getattr(made_by, "person", None) if made_by and made_by.is_active else None
    if made_by and person and (made_by.is_superuser or _plans(person, series)):
        return [person]
    return _roles(series, Part.ORGANISER)


def zone_of(person: Person | None) -> str:
    """Return the zone by whose clock the person is asked; "" while it is not known. Load `user` with it."""
    if person is None:
        return ""
    zone = person.zone or (person.user.zone if person.user else "")
    return clock.canonical(zone) if zone and clock.is_zone(zone) else ""


def _plans(person: Person, series: Series) -> bool:
    theirs = [each.role for each in person.memberships.all() if each.community_id == series.community_id]
    return bool(set(theirs) & set(Role.organising()))


def _roles(series: Series, part: Part) -> list[Person]:
    given = sorted(series.roles.all(), key=lambda each: each.pk)
    return [each.person for each in given if each.role == part]
