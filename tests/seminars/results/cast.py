"""People who register, come and answer, for tests of results."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils.crypto import get_random_string

from seminars.followups.models import Item
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from tests.factories import NOW, make_material

_numbers = count(1)


def register(session: Session, number: int = 1, **fields: Any) -> None:
    """So many confirmed registrations with a place, unless said otherwise."""
    at = [next(_numbers) for _each in range(number)]
    given = {"name": "Somebody", "language": "en", "made_at": NOW, "confirmed_at": NOW}
    Registration.objects.bulk_create(
        Registration(
            **{"session": session, "email": f"p{n}@example.org", "token": get_random_string(30)}
            | given
            | fields
        )
        for n in at
    )


def come(session: Session, number: int = 1, **fields: Any) -> None:
    """So many people who came by the join link, from Kenya unless said otherwise."""
    given = {"way": "join-link", "zone": "Africa/Nairobi", "country": "KE", "made_at": NOW}
    Attendance.objects.bulk_create(
        Attendance(**{"session": session} | given | fields) for _each in range(number)
    )


def promise(session: Session, due: datetime, done: datetime | None, **fields: Any) -> Item:
    """What was owed by `due`, and when it was there."""
    given = {"kind": "slides", "due_at": due, "first_due_at": due, "opened_at": due, "done_at": done}
    state = "done" if done else "overdue"
    return Item.objects.create(**{"session": session, "state": state} | given | fields)


def record(session: Session, days: float) -> None:
    """A recording that was out so many days after the end."""
    assert session.ends_at is not None
    out = session.ends_at + timedelta(days=days)
    make_material(session, "recording", media_type="video/mp4", published_at=out)
