"""What the database itself refuses, whoever writes to it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from seminars.people.models import Community, Person, User
from seminars.queue.models import Job
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import make_community, make_member, make_series, make_session, make_user

pytestmark = pytest.mark.django_db


def refused(verb: object, *args: object, **fields: object) -> bool:
    """Whether the database refuses to do `verb`."""
    try:
        with transaction.atomic():
            verb(*args, **fields)  # type: ignore[operator]
    except IntegrityError:
        return True
    return False


def test_the_uid_of_an_entry_is_one_sessions_alone() -> None:
    first, second = make_session(), make_session()
    assert refused(Session.objects.filter(pk=second.pk).update, uid=first.uid)


def test_a_session_ends_after_it_starts() -> None:
    row = Session.objects.filter(pk=make_session().pk)
    assert refused(row.update, ends_at=F("starts_at"))
    assert refused(row.update, ends_at=F("starts_at") - timedelta(hours=1))
    assert refused(row.update, ends_at=None)
    assert not refused(row.update, starts_at=None, ends_at=None)


@pytest.mark.parametrize("all_day", [False, True])
def test_a_series_has_one_session_for_each_original_start(all_day: bool) -> None:
    series = make_series()
    wall = datetime(2026, 12, 1, 15, 0)
    make_session(series, wall=wall, all_day=all_day)
    assert refused(make_session, series, wall=wall, all_day=all_day)
    assert not refused(make_session, series, wall=wall + timedelta(days=1), all_day=all_day)
    assert not refused(make_session, make_series(), wall=wall, all_day=all_day)


def test_a_series_counts_each_number_once() -> None:
    series = make_series()
    make_session(series)
    assert refused(make_session, series, number=1, slug="other", wall=datetime(2027, 1, 5, 15, 0))


def test_nobody_is_a_member_twice() -> None:
    community, user = make_community(), make_user()
    make_member(community, user)
    assert refused(make_member, community, user)


def test_an_address_is_one_account_in_any_case() -> None:
    make_user("grace@example.org")
    assert refused(User.objects.create, email="Grace@example.org")
    assert User.objects.get_by_natural_key(" GRACE@example.org").email == "grace@example.org"


def test_a_leased_job_says_until_when(now: datetime) -> None:
    fields = {"kind": "poster", "subject": "recording:1", "door": "d", "due_at": now, "created_at": now}
    assert refused(Job.objects.create, state="leased", **fields)
    assert not refused(Job.objects.create, state="leased", lease_until=now, **fields)
    assert refused(Job.objects.create, **fields)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "UTC+2", "localtime", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused_on_every_write(zone: str) -> None:
    row = Series.objects.filter(pk=make_series().pk)
    with pytest.raises(ValidationError, match="not a time zone"):
        row.update(zone=zone)
    with pytest.raises(ValidationError, match="not a time zone"):
        make_community(home_zone=zone)


def test_a_session_or_series_needs_a_zone_and_a_person_does_not() -> None:
    assert refused(Series.objects.filter(pk=make_series().pk).update, zone="")
    assert refused(Session.objects.filter(pk=make_session().pk).update, zone="")
    assert refused(Community.objects.filter(pk=make_community().pk).update, home_zone="")
    assert Person.objects.create(name="Ada", uuid=uuid4()).zone == ""


@pytest.mark.parametrize("words", ["text", ["en"], {"en": 3}])
def test_words_are_texts_by_language(words: object) -> None:
    with pytest.raises(ValidationError, match="text for each language"):
        Community(slug="c", name=words, home_zone="UTC").clean_fields()


def test_words_lose_the_character_that_postgresql_cannot_keep() -> None:
    community = make_community(name={"en": "Savings\x00 groups"})
    community.refresh_from_db()
    assert community.name == {"en": "Savings groups"}
