"""Come as a group: a public form, a secret link, what organisers and others see of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.notifications import groups
from seminars.notifications.letters import Pointless, write
from seminars.notifications.models import Message
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.sites.registering import register
from seminars.web import sites
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
GROUP = {
    "form_key": "k1", "place": "Town library", "city": "Gulu", "zone": "Africa/Kampala", "contact": "Akello",
    "email": "akello@example.org", "expected": "25", "holds": "", "notes": "Slides to print.", "website": "",
}  # fmt: skip


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community, slug="talks"))


def known(session: Session, **columns: Any) -> ListeningSite:
    given = {name: GROUP[name] for name in ("place", "city", "zone", "contact", "email")} | {"expected": 25}
    return register(session=session, now=NOW, **given | columns)[0]


def test_a_group_registers_and_gets_its_link(session: Session, as_nobody: Client) -> None:
    assert '/sessions/talks-1/group/"' in as_nobody.get("/sessions/talks-1/").content.decode()
    assert as_nobody.get("/sessions/talks-1/group/").status_code == 200
    answer = as_nobody.post("/sessions/talks-1/group/", GROUP, follow=True)
    site = ListeningSite.objects.get()
    assert answer.redirect_chain == [(f"/group/{site.token}/", 302)]
    page = answer.content.decode()
    assert f"http://127.0.0.1:8000/group/{site.token}/" in page
    assert "Keep this link" in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"
    again = as_nobody.post("/sessions/talks-1/group/", GROUP)
    assert (again["Location"], ListeningSite.objects.count()) == (f"/group/{site.token}/", 1)
    mail = Message.objects.get()
    assert (mail.kind, mail.email, mail.zone) == ("group-link", "akello@example.org", "Africa/Kampala")
    letter = write(mail.kind, groups.facts(mail, NOW), language="en", zone=mail.zone, now=NOW)
    assert f"http://127.0.0.1:8000/group/{site.token}/" in letter.text
    typed = ("Town library", "Akello", "Slides to print.")
    assert not any(words in letter.text + letter.html for words in typed)
    as_nobody.post(f"/group/{site.token}/withdraw/")
    with pytest.raises(Pointless):
        groups.facts(mail, NOW)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": ""}, "Say where your group meets."),
        ({"expected": ""}, "A guess is enough."),
        ({"expected": "10001"}, "Give a number from 1 to 10000."),
        ({"expected": "30", "holds": "20"}, "Your room holds 20, and you expect 30."),
        ({"zone": "Mars"}, "is not a time zone"),
        ({"website": "https://spam.example"}, "empty, and send again"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    session: Session, as_nobody: Client, change: dict[str, str], words: str
) -> None:
    answer = as_nobody.post("/sessions/talks-1/group/", GROUP | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Slides to print." in answer.content.decode()
    assert not ListeningSite.objects.exists()


def test_one_address_registers_so_many_groups_an_hour(
    session: Session, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "MOST_AN_HOUR", 1)
    as_nobody.post("/sessions/talks-1/group/", GROUP)
    second = as_nobody.post("/sessions/talks-1/group/", GROUP | {"form_key": "k2", "place": "School"})
    assert (second.status_code, ListeningSite.objects.count()) == (429, 1)
    assert "Try again in an hour" in second.content.decode()


def test_the_link_changes_counts_and_withdraws(session: Session, as_nobody: Client) -> None:
    site = known(session)
    here = f"/group/{site.token}/"
    assert "How many came" not in as_nobody.get(here).content.decode()
    assert as_nobody.post(here, GROUP | {"expected": "40"})["Location"] == here
    assert ListeningSite.objects.get().expected == 40
    assert as_nobody.post(here, GROUP | {"expected": "0"}).status_code == 422
    assert session.starts_at
    with time_machine.travel(session.starts_at, tick=False):
        assert "How many came" in as_nobody.get(here).content.decode()
        as_nobody.post(f"{here}heads/", {"came": "33"})
        assert as_nobody.post(f"{here}heads/", {"came": "many"}).status_code == 422
    assert ListeningSite.objects.get().came == 33
    as_nobody.post(f"{here}withdraw/")
    for path in ("", "heads/", "withdraw/"):
        method = as_nobody.post if path else as_nobody.get
        assert method(here + path).status_code == 410


def test_another_link_is_nothing(session: Session, as_nobody: Client) -> None:
    known(session)
    for path in ("", "heads/", "withdraw/"):
        assert as_nobody.post(f"/group/guess/{path}").status_code == 404
    assert as_nobody.get("/group/guess/").status_code == 404
    assert ListeningSite.objects.standing().count() == 1


def test_others_see_only_who_welcomes_them(session: Session, as_nobody: Client) -> None:
    known(session, welcome=True)
    known(session, place="Bank, second floor", email="quiet@example.org")
    page = as_nobody.get("/sessions/talks-1/").content.decode()
    assert "Town library, Gulu" in page
    assert "Bank" not in page
    assert "@example.org" not in page
    assert "Akello" not in page


@pytest.mark.parametrize("fields", [{"form": "in-person"}, {"cancelled_at": NOW, "state": "cancelled"}])
def test_where_nothing_can_be_followed_no_group_registers(
    community: Community, as_nobody: Client, fields: dict[str, Any]
) -> None:
    session = make_session(make_series(community), **fields)
    assert "/group/" not in as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    page = as_nobody.get(f"/sessions/{session.slug}/group/")
    assert "Groups cannot register" in page.content.decode()
    assert as_nobody.post(f"/sessions/{session.slug}/group/", GROUP).status_code == 409
    assert not ListeningSite.objects.exists()


def test_organisers_see_all_by_zone_and_take_it_away(session: Session, as_organiser: Client) -> None:
    known(session)
    known(session, place="School", zone="Africa/Johannesburg", expected=60, notes="=1+1")
    site = known(session, place="Gone")
    as_organiser.post(f"/group/{site.token}/withdraw/")
    page = as_organiser.get("/organise/sessions/talks-1/groups/").content.decode()
    assert "2 groups, 85 people expected" in page
    assert page.index("Johannesburg") < page.index("Kampala")
    assert "akello@example.org" in page
    table = as_organiser.get("/organise/sessions/talks-1/groups.csv")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "School,Gulu,Africa/Johannesburg,Akello,akello@example.org,60,,no,,'=1+1,no" in lines
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in table["Cache-Control"]


def test_rows_do_not_raise_the_number_of_queries(
    session: Session, as_organiser: Client, as_nobody: Client
) -> None:
    def asked(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    pages = [(as_organiser, "/organise/sessions/talks-1/groups/"), (as_nobody, "/sessions/talks-1/")]
    known(session, welcome=True)
    few = [asked(*each) for each in pages]
    for number in range(8):
        known(session, place=f"Place {number}", welcome=True)
    assert [asked(*each) for each in pages] == few


def test_the_session_ends_and_so_does_the_list(session: Session, as_nobody: Client) -> None:
    known(session, welcome=True)
    assert session.ends_at
    with time_machine.travel(session.ends_at + timedelta(minutes=1), tick=False):
        assert "Town library" not in as_nobody.get("/sessions/talks-1/").content.decode()
