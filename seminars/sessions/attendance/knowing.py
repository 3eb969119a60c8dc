"""Who could have come: registered people, members, speakers, and who is on the list of a session already."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from seminars.people.models import Person
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.attendance.names import Index
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration

MOST_MEMBERS = 20_000


@dataclass
class Known:
    """Somebody known. key: `a:` and the number of an attendance, `r:` of a registration, `p:` of a person."""

    key: str
    name: str
    emails: set[str] = field(default_factory=set)
    attendance: Attendance | None = None
    registration: Registration | None = None
    person: Person | None = None

    @property
    def zone(self) -> str:
        """By whose clock they live, as far as is known; "" if it is not."""
        user = self.person.user if self.person else None
        said = (
            self.registration and self.registration.zone,
            self.person and self.person.zone,
            user and user.zone,
        )
        return next(filter(None, said), "")

    @property
    def country(self) -> str:
        """Their ISO 3166 code; "" if it is not known."""
        return self.person.country if self.person else ""


class Universe:
    """Everybody known around a session, by key, by address and by name. Five queries, whatever their number."""

    def __init__(self, session: Session) -> None:
        """Look around `session`."""
        self.known: dict[str, Known] = {}
        self._by_email: dict[str, str] = {}
        self._by_person: dict[int, str] = {}
        people = "person__user"
        rows = Attendance.objects.filter(session=session)
        for row in rows.select_related(people, "registration__person__user"):
            registration = row.registration
            person = row.person or (registration.person if registration else None)
            self._add(Known(f"a:{row.pk}", row.name, {row.email}, row, registration, person))
        tied = {each.registration.pk for each in self.known.values() if each.registration}
        for each in Registration.objects.standing().filter(session=session).select_related(people):
            if each.pk not in tied:
                self._add(Known(f"r:{each.pk}", each.name, {each.email}, None, each, each.person))
        for person in self._around(session):
            self._add(Known(f"p:{person.pk}", person.name, person=person))
        self.index = Index((each.key, each.name) for each in self.known.values())

    def with_email(self, email: str) -> Known | None:
        """Return who has the address (in small letters)."""
        key = self._by_email.get(email)
        return self.known[key] if key else None

    def _add(self, one: Known) -> None:
        """Take one in, or tie them to who has the same address or account already: nobody is there twice."""
        person = one.person
        emails = {
            *one.emails,
            person.email if person else "",
            person.user.email if person and person.user else "",
        }
        one.emails = {email.lower() for email in emails if email}
        same = [self._by_email[email] for email in one.emails if email in self._by_email]
        if person and person.pk in self._by_person:
            same.insert(0, self._by_person[person.pk])
        if same:
            there = self.known[same[0]]
            there.registration = there.registration or one.registration
            there.person = there.person or person
            for email in one.emails:
                self._by_email.setdefault(email, there.key)
            return
        self.known[one.key] = one
        self._by_email |= dict.fromkeys(one.emails, one.key)
        if person:
            self._by_person[person.pk] = one.key

    @staticmethod
    def _around(session: Session) -> Iterable[Person]:
        members = Q(memberships__community=session.series.community_id)
        found = Person.objects.filter(members | Q(appearances__session=session)).select_related("user")
        return found.distinct().order_by("pk")[:MOST_MEMBERS]
