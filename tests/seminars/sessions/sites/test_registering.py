"""Listening sites: registered, changed, withdrawn, counted; what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.sessions.facts import facts_of
from seminars.sessions.models import Session
from seminars.sessions.sites import registering
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.sites.registering import SiteGone, register
from seminars.sessions.state import State
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db
GROUP: dict[str, Any] = {
    "place": "Town library",
    "city": "Gulu",
    "zone": "Africa/Kampala",
    "contact": "Akello",
    "email": "akello@example.org",
    "expected": 25,
}


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


def test_a_group_is_registered_and_told(session: Session) -> None:
    site, made = register(session=session, now=NOW, **GROUP)
    assert made
    assert registering.opened(site.token) == site
    assert len(site.token) >= 32
    told = Change.objects.get(kind="site-registered")
    assert (told.subject, told.after) == (f"session:{session.uid}", {"person": "Town library, Gulu"})
    assert "akello@example.org" not in str(told.after)


def test_a_double_click_registers_once(session: Session) -> None:
    first, _made = register(session=session, form_key="k", now=NOW, **GROUP)
    again, made = register(session=session, form_key="k", now=NOW, **GROUP)
    assert (again, made) == (first, False)


@pytest.mark.parametrize(
    ("columns", "field", "words"),
    [
        ({"place": " "}, "place", "blank"),
        ({"city": ""}, "city", "blank"),
        ({"zone": "Mars/Olympus"}, "zone", "time zone"),
        ({"email": "akello"}, "email", "valid email"),
        ({"expected": 0}, "expected", "from 1 to 10000"),
        ({"expected": 10_001}, "expected", "from 1 to 10000"),
        ({"expected": 25, "holds": 24}, "expected", "Your room holds 24, and you expect 25."),
        ({"notes": "x" * 1001}, "notes", "1000"),
    ],
)
def test_what_cannot_be_is_refused(session: Session, columns: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(UserError) as refused:
        register(session=session, now=NOW, **GROUP | columns)
    assert words in refused.value.fields[field]
    assert not ListeningSite.objects.exists()


def test_a_place_is_registered_once_until_it_withdraws(session: Session) -> None:
    site, _made = register(session=session, now=NOW, **GROUP)
    with pytest.raises(UserError, match="registered already"):
        register(session=session, now=NOW, **GROUP | {"place": "town LIBRARY"})
    registering.withdraw(site=site, now=NOW)
    register(session=session, now=NOW, **GROUP)
    assert ListeningSite.objects.standing().heads() == 25


def test_a_change_and_an_end(session: Session) -> None:
    site, _made = register(session=session, now=NOW, **GROUP)
    changed = registering.change(site=site, expected=40, welcome=True, now=NOW)
    assert list(ListeningSite.objects.welcoming()) == [changed]
    other, _made = register(session=session, now=NOW, **GROUP | {"place": "School"})
    with pytest.raises(UserError, match="registered already"):
        registering.change(site=other, place="Town library", now=NOW)
    registering.withdraw(site=changed, now=NOW)
    assert not ListeningSite.objects.welcoming().exists()
    with pytest.raises(SiteGone):
        registering.opened(site.token)
    with pytest.raises(SiteGone):
        registering.change(site=changed, expected=3, now=NOW)
    assert Change.objects.filter(kind="site-withdrawn").count() == 1


def test_heads_are_counted_from_the_start_on(session: Session) -> None:
    site, _made = register(session=session, now=NOW, **GROUP)
    with pytest.raises(UserError, match="when the session has begun"):
        registering.count(site=site, came=30, now=NOW)
    assert session.starts_at is not None
    assert session.ends_at is not None
    registering.count(site=site, came=30, now=session.starts_at)
    assert ListeningSite.objects.get().came == 30
    with pytest.raises(UserError, match="0 to 10000"):
        registering.count(site=site, came=-1, now=session.starts_at)
    with pytest.raises(UserError, match="60 days"):
        registering.count(site=site, came=31, now=session.ends_at + timedelta(days=60))


def test_a_script_is_stopped(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "MOST_SITES", 1)
    register(session=session, now=NOW, **GROUP)
    with pytest.raises(UserError, match="too many listening sites"):
        register(session=session, now=NOW, **GROUP | {"place": "School"})


@pytest.mark.parametrize(
    ("fields", "state", "expected"),
    [
        ({}, State.UPCOMING, True),
        ({}, State.LIVE, True),
        ({}, State.ENDED, False),
        ({}, State.CANCELLED, False),
        ({"form": "in-person"}, State.UPCOMING, False),
        ({"join_url": ""}, State.UPCOMING, False),
        ({"join_url": "", "dial_in": "+27 10 123 4567"}, State.UPCOMING, True),
    ],
)
def test_groups_come_where_there_is_something_to_follow(
    session: Session, fields: dict[str, Any], state: State, expected: bool
) -> None:
    for name, value in fields.items():
        setattr(session, name, value)
    assert registering.is_open(session, facts_of(session), state) is expected
