"""Registering, at once and by many: one address is one row, a sweep tells each once."""

from datetime import timedelta

import pytest

from seminars.changes.models import Version
from seminars.changes.refusing import UserError
from seminars.notifications import attending
from seminars.notifications.models import Message
from seminars.people.models import Community, Person
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Partstat, Registration
from seminars.sessions.state import State
from tests.factories import NOW, make_community, make_member, make_series, make_session, make_user
from tests.seminars.sessions.test_together import together

WHO = {"name": "Reader", "language": "en"}


@pytest.mark.django_db(transaction=True)
def test_two_hundred_of_one_address_make_one_row() -> None:
    session = make_session()
    for _round in range(10):
        copies = [Session.objects.select_related("series").get(pk=session.pk) for _ in range(20)]
        made = together(
            *[
                lambda copy=copy: registering.register(session=copy, email="One@example.org", now=NOW, **WHO)[
                    1
                ]
                for copy in copies
            ]
        )
        assert all(isinstance(each, bool) for each in made), made
        assert sum(made) == (1 if _round == 0 else 0)
    assert Registration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_moment_write_one_mail() -> None:
    session = make_session()
    found, _new = registering.register(session=session, email="a@example.org", now=NOW, **WHO)
    registering.confirm(registration=found, now=NOW)
    made = together(*[lambda: attending.look(now=NOW) for _ in range(4)])
    assert sorted(made) == [0, 0, 0, 1]
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_what_has_not_counted_yet_follows_the_last_form(now: object) -> None:
    session = make_session()
    registering.register(session=session, email="a@example.org", now=NOW, **WHO)
    found, new = registering.register(
        session=session,
        email="A@example.org ",
        now=NOW,
        name="  Other \n name",
        zone="Asia/Calcutta",
        language="en",
    )
    assert (new, found.name, found.zone) == (False, "Other name", "Asia/Kolkata")
    registering.confirm(registration=found, now=NOW)
    again, _new = registering.register(session=session, email="a@example.org", now=NOW, **WHO)
    assert again.name == "Other name"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "columns"),
    [
        ("a@example.org\nBcc: b@example.org", {}),
        ("a@example.org, b@example.org", {}),
        ("a@example.org", {"name": "x" * 201}),
        ("a@example.org", {"name": " "}),
        ("a@example.org", {"zone": "Mars"}),
    ],
)
def test_what_is_wrong_is_refused(email: str, columns: dict[str, str]) -> None:
    with pytest.raises(UserError):
        registering.register(session=make_session(), email=email, now=NOW, **WHO | columns)
    assert not Registration.objects.exists()


@pytest.mark.django_db
def test_the_link_proves_whose_address_it_is() -> None:
    user = make_user("a@example.org")
    found, _new = registering.register(session=make_session(), email="a@example.org", now=NOW, **WHO)
    assert found.person is None
    found = registering.confirm(registration=found, now=NOW)
    assert found.person == Person.objects.get(user=user)


@pytest.mark.django_db
def test_who_has_withdrawn_answers_nothing() -> None:
    found, _new = registering.register(session=make_session(), email="a@example.org", now=NOW, **WHO)
    registering.confirm(registration=found, now=NOW)
    registering.withdraw(registration=found, now=NOW)
    with pytest.raises(UserError):
        registering.answer(registration=found, partstat=Partstat.ACCEPTED, now=NOW)
    with pytest.raises(UserError):
        registering.answer(registration=found, partstat="delegated", now=NOW)
    registering.remove(registration=found, now=NOW, actor_id=None)
    with pytest.raises(UserError):
        registering.confirm(registration=found, now=NOW)


@pytest.mark.django_db
def test_it_is_open_until_the_end_and_never_for_others_events() -> None:
    session = make_session()
    assert {state for state in State if registering.is_open(session, state)} == registering.OPEN
    session.series.external = True
    assert not registering.is_open(session, State.UPCOMING)


@pytest.mark.django_db
def test_it_counts_in_the_persons_own_calendar() -> None:
    community: Community = make_community()
    user = make_member(community).person.user
    assert user

    def number() -> int:
        return Version.objects.filter(scope=f"user:{user.pk}").values_list("number", flat=True).first() or 0

    before = number()
    found, _new = registering.register(
        session=make_session(make_series(community)),
        email=user.email,
        person=Person.objects.get(user=user),
        now=NOW,
        **WHO,
    )
    assert number() > before
    before = number()
    registering.answer(registration=found, partstat=Partstat.DECLINED, now=NOW + timedelta(1))
    assert number() > before


@pytest.mark.django_db
def test_what_nobody_confirmed_is_forgotten() -> None:
    session = make_session()
    for email in ("open@example.org", "stays@example.org"):
        found, _new = registering.register(session=session, email=email, now=NOW, **WHO)
    registering.confirm(registration=found, now=NOW)
    assert registering.forget(before=NOW) == 0
    assert registering.forget(before=NOW + timedelta(days=1)) == 1
    assert Registration.objects.get().email == "stays@example.org"
