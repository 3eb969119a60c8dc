"""The join link where places are counted: who is let in, what the others are told; open sessions stay one click."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.notifications import attending, outbox
from seminars.people.joining import person_of
from seminars.people.models import Community, User
from seminars.sessions.models import Session, Speaker
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Mode, Registration, Seat, Terms
from seminars.sessions.sites import registering as sites
from tests.factories import NOW, make_series, make_session
from tests.seminars.web.test_session_pages import WALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
HERE, JOIN = "/sessions/talks-1/", "/sessions/talks-1/join"


@pytest.fixture
def session(community: Community) -> Session:
    wall = WALL + timedelta(days=2)  # near enough for a sign-in to last
    return make_session(make_series(community, slug="talks"), wall=wall, view_url="https://view.example.org/")


def terms(session: Session, **columns: Any) -> Terms:
    return Terms.objects.create(session=session, **{"capacity_online": 1} | columns)


def come(session: Session, name: str, user: User | None = None) -> Registration:
    given = {"name": name, "language": "en", "zone": "Africa/Kampala"}
    email = user.email if user else f"{name.lower()}@example.org"
    found, _new = registering.register(session=session, email=email, now=NOW, **given)
    return registering.confirm(registration=found, person=user and person_of(user), now=NOW)


def said(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def open_doors(session: Session) -> time_machine.travel:
    assert session.starts_at
    return time_machine.travel(session.starts_at + timedelta(minutes=1), tick=False)


def test_by_their_link_who_has_a_place_goes_in_and_who_waits_is_told(
    session: Session, as_nobody: Client
) -> None:
    terms(session)
    first, second = come(session, "First"), come(session, "Second")
    assert (first.seat, second.seat) == (Seat.PLACE, Seat.WAITING)
    with open_doors(session):
        assert as_nobody.get(f"{JOIN}?r={first.token}")["Location"] == session.join_url
        answer = as_nobody.get(f"{JOIN}?r={second.token}")
        page = answer.content.decode()
        assert "You have no place yet" in page
        assert "You are number 1 on the waiting list." in page
        assert f'href="/registration/{second.token}/"' in page
        assert session.join_url not in page
        assert answer["Refresh"] == "300"
        registering.withdraw(registration=first, now=NOW + timedelta(minutes=1))
        assert as_nobody.get(f"{JOIN}?r={first.token}").status_code == 200, "they withdrew"
        moved = Registration.objects.get(pk=second.pk)
        if moved.seat == Seat.OFFERED:
            assert "Confirm your place first" in said(as_nobody, f"{JOIN}?r={second.token}")


def test_signed_in_it_is_the_same(session: Session, as_member: Client, member: User) -> None:
    terms(session)
    come(session, "First")
    mine = come(session, "Mira", member)
    with open_doors(session):
        page = said(as_member, HERE)
        assert f'href="{JOIN}"' not in page
        assert f'href="/registration/{mine.token}/"' in page
        assert "On the waiting list" in page
        assert "You are number 1 on the waiting list." in said(as_member, JOIN)
        Registration.objects.filter(pk=mine.pk).update(seat=Seat.PLACE)
        assert f'class="button primary big" href="{JOIN}"' in said(as_member, HERE)
        assert as_member.get(JOIN)["Location"] == session.join_url


def test_strangers_are_told_what_to_do(session: Session, as_nobody: Client) -> None:
    terms(session, capacity_online=5)
    with open_doors(session):
        page = said(as_nobody, HERE)
        assert f'class="button primary big" href="{HERE}register/"' in page
        assert "Open your own link from our mail" in page
        page = said(as_nobody, JOIN)
        assert "You need a place for this session" in page
        assert "Online: 5 places are free." in page
        assert f'href="{HERE}register/"' in page
        assert "/accounts/login/?next=/sessions/talks-1/join" in page
        assert said(as_nobody, f"{JOIN}?r=somebody-else") != ""
        assert session.join_url not in page


def test_while_it_runs_over_and_when_it_is_over(session: Session, as_nobody: Client) -> None:
    terms(session)
    assert session.ends_at
    with time_machine.travel(session.ends_at + timedelta(minutes=5), tick=False):
        assert "You need a place for this session" in said(as_nobody, JOIN)
    with time_machine.travel(session.ends_at + timedelta(hours=2), tick=False):
        assert "This session is over" in said(as_nobody, JOIN)


def test_before_the_doors_open_they_are_told_too(session: Session, as_nobody: Client) -> None:
    terms(session)
    assert session.starts_at
    with time_machine.travel(session.starts_at - timedelta(hours=2), tick=False):
        assert "You need a place for this session" in said(as_nobody, JOIN)
        assert "Refresh" not in as_nobody.get(JOIN)
        page = said(as_nobody, HERE)
        assert page.count(f'href="{HERE}register/"') == 1


def test_trying_again_early_keeps_the_secret_of_the_mail(session: Session, as_nobody: Client) -> None:
    terms(session)
    mine = come(session, "First")
    assert session.starts_at
    with time_machine.travel(session.starts_at - timedelta(hours=2), tick=False):
        page = said(as_nobody, f"{JOIN}?r={mine.token}")
        assert "The doors are still closed" in page
        assert f'href="{JOIN}?r={mine.token}"' in page


def test_of_two_addresses_the_one_with_a_place_counts(
    session: Session, as_member: Client, member: User
) -> None:
    terms(session)
    other = come(session, "Zoe")
    mine = come(session, "Mira", member)
    Registration.objects.filter(pk=other.pk).update(person=person_of(member))
    assert (other.seat, mine.seat) == (Seat.PLACE, Seat.WAITING)
    with open_doors(session):
        assert as_member.get(JOIN)["Location"] == session.join_url


def test_who_has_just_registered_is_sent_to_the_door_only_where_it_opens(
    session: Session, as_nobody: Client
) -> None:
    rules = terms(session, capacity_online=5)
    with open_doors(session):
        assert JOIN not in said(as_nobody, f"{HERE}register/sent/")
        Terms.objects.filter(pk=rules.pk).update(capacity_online=None)
        assert f'href="{JOIN}"' in said(as_nobody, f"{HERE}register/sent/")


def test_to_watch_takes_no_place_unless_the_organisers_decide_who_comes(
    session: Session, as_nobody: Client
) -> None:
    rules = terms(session)
    with open_doors(session):
        assert f'href="{HERE}view"' in said(as_nobody, JOIN)
        assert as_nobody.get(f"{HERE}view")["Location"] == session.view_url
        Terms.objects.filter(pk=rules.pk).update(approval=True, capacity_online=None)
        assert "The organisers decide who comes." in said(as_nobody, f"{HERE}view")
        assert f'href="{HERE}view"' not in said(as_nobody, JOIN)


@pytest.mark.parametrize(
    "columns",
    [
        {"capacity_online": None},
        {"capacity_online": None, "capacity_room": 3},
        {"mode": Mode.OPEN},
        {"mode": Mode.NONE},
    ],
)
def test_open_sessions_stay_one_click(session: Session, as_nobody: Client, columns: dict[str, Any]) -> None:
    terms(session, **columns)
    with open_doors(session):
        assert f'class="button primary big" href="{JOIN}"' in said(as_nobody, HERE)
        assert as_nobody.get(JOIN)["Location"] == session.join_url


def test_an_open_session_asks_for_its_terms_only(session: Session, as_nobody: Client) -> None:
    terms(session, capacity_online=None)
    with open_doors(session), CaptureQueriesContext(connection) as asked:
        assert as_nobody.get(f"{JOIN}?r=abcdefghijkl").status_code == 302
    tables = ("terms", "registration", "listeningsite")
    counted = {name: sum(f'FROM "seminars_{name}"' in each["sql"] for each in asked) for name in tables}
    assert counted == {"terms": 1, "registration": 0, "listeningsite": 0}


def test_those_who_hold_it_need_no_place(
    session: Session, as_organiser: Client, as_member: Client, member: User, as_nobody: Client
) -> None:
    terms(session, capacity_online=0)
    with open_doors(session):
        assert as_organiser.get(JOIN)["Location"] == session.join_url
        assert f'class="button primary big" href="{JOIN}"' in said(as_organiser, HERE)
        assert as_member.get(JOIN).status_code == 200
        Speaker.objects.create(session=session, person=person_of(member))
        assert as_member.get(JOIN)["Location"] == session.join_url


def test_a_listening_site_needs_a_line_and_no_place(session: Session, as_nobody: Client) -> None:
    terms(session, capacity_online=0)
    given = {"place": "Library", "city": "Maputo", "zone": "Africa/Maputo", "contact": "Ana Example"}
    site, _new = sites.register(session=session, email="ana@example.org", expected=12, now=NOW, **given)
    assert JOIN not in said(as_nobody, f"/group/{site.token}/")
    with open_doors(session):
        assert f'href="{JOIN}?r={site.token}"' in said(as_nobody, f"/group/{site.token}/")
        assert as_nobody.get(f"{JOIN}?r={site.token}")["Location"] == session.join_url
        sites.withdraw(site=site, now=NOW)
        assert as_nobody.get(f"{JOIN}?r={site.token}").status_code == 200


def test_the_mail_of_a_place_leads_in(session: Session, as_nobody: Client) -> None:
    terms(session)
    found = come(session, "First")
    attending.look(now=NOW)
    outbox.deliver(clock=lambda: NOW)
    assert f"{JOIN}?r={found.token}" in mail.outbox[-1].body
    with open_doors(session):
        assert as_nobody.get(f"{JOIN}?r={found.token}")["Location"] == session.join_url
