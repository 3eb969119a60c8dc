"""All that is owed on one page: overdue first, narrowed, and changed many at a time."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.followups import checklist, opening
from seminars.followups.models import Item
from seminars.notifications.chasing.stopping import comes, stop_address
from seminars.people.models import Community, Person, User
from seminars.series.models import Series, SeriesRole
from tests.conftest import signed_in
from tests.factories import make_material, make_member, make_person, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
HERE = "/organise/follow-ups/"
CHANGE = "/organise/follow-ups/change/"


@pytest.fixture
def items(community: Community, organiser: Any, now: datetime) -> list[Item]:
    """A session that is over owes a recording and slides, another one owes a task; the slides are overdue."""
    first = make_series(community, slug="savings", title={"en": "Savings"}, made_by=organiser)
    second = make_series(community, slug="fees", title={"en": "Fees"})
    first.owed.create(kind="recording", days=7)
    first.owed.create(kind="slides", days=0)
    second.owed.create(kind="own-1", days=9, words={"en": "Thank them"})
    for series in (first, second):
        wall = (now - timedelta(days=3)).replace(tzinfo=None)
        make_session(series, wall=wall, published_at=now - timedelta(days=30))
    opening.open_due(now=now)
    checklist.reconcile(now=now)
    return list(Item.objects.order_by("kind"))


def shown(client: Client, query: str = "") -> list[str]:
    """What the page lists, in its order."""
    return [str(item.what) for item in client.get(HERE + query).context["page"]]


def test_overdue_comes_first_across_series_and_filters_narrow(
    as_organiser: Client, items: list[Item], organiser: Any
) -> None:
    assert shown(as_organiser) == ["Slides", "Recording", "Thank them"]
    assert shown(as_organiser, "?series=fees") == ["Thank them"]
    assert shown(as_organiser, "?kind=own-") == ["Thank them"]
    assert shown(as_organiser, "?kind=slides&series=savings") == ["Slides"]
    assert shown(as_organiser, "?mine=1") == ["Slides", "Recording"]
    assert "promised for" in as_organiser.get(HERE).content.decode()


def test_no_table_is_asked_for_a_nul(as_organiser: Client) -> None:
    answer = as_organiser.get("/organise/follow-ups/?series=a%00b&kind=%00")
    assert (answer.status_code, answer.context["asked"]) == (200, {"mine": "", "series": "ab", "kind": ""})


def test_many_are_given_to_somebody_waived_and_ticked_off(
    as_organiser: Client, items: list[Item], community: Community
) -> None:
    ada = make_member(community, person=make_person(name="Ada"), role="organiser").person
    keys = [item.pk for item in items]
    as_organiser.post(CHANGE, {"item": keys, "do": "assign", "person": ada.pk})
    assert {item.person for item in Item.objects.all()} == {ada}
    answer = as_organiser.post(CHANGE, {"item": keys, "do": "waive", "kind": "slides"}, follow=True)
    assert "Give a reason" in answer.content.decode()
    assert answer.redirect_chain == [(f"{HERE}?kind=slides", 302)]
    slides = Item.objects.get(kind="slides")
    as_organiser.post(CHANGE, {"item": slides.pk, "do": "waive", "reason": "None were shown"})
    slides.refresh_from_db()
    assert (slides.state, slides.reason) == ("waived", "None were shown")
    answer = as_organiser.post(CHANGE, {"item": keys, "do": "done"}, follow=True)
    said = answer.content.decode()
    assert "1 line done." in said
    assert "This ticks itself off when it is out." in said
    assert Item.objects.get(kind="own-1").state == "done"
    assert (
        "Tick at least one line." in as_organiser.post(CHANGE, {"do": "done"}, follow=True).content.decode()
    )


def test_nothing_of_others_is_shown_or_changed(
    as_organiser: Client, items: list[Item], stranger: Any, now: datetime
) -> None:
    theirs = make_series(slug="closed", title={"en": "Closed"})
    theirs.owed.create(kind="report", days=1)
    wall = (now - timedelta(days=3)).replace(tzinfo=None)
    make_session(theirs, wall=wall, published_at=now - timedelta(days=30))
    opening.open_due(now=now)
    other = Item.objects.get(kind="report")
    assert "Session report" not in shown(as_organiser)
    as_organiser.post(CHANGE, {"item": other.pk, "do": "waive", "reason": "x"})
    outsider = make_person(name="Outsider")
    as_organiser.post(CHANGE, {"item": items[0].pk, "do": "assign", "person": outsider.pk})
    other.refresh_from_db()
    assert other.state == "overdue"
    assert not Item.objects.filter(person=outsider).exists()


def test_how_long_it_takes_to_the_archive(as_organiser: Client, items: list[Item], now: datetime) -> None:
    session = next(item.session for item in items if item.kind == "slides")
    make_material(session, "recording", published_at=session.ends_at + timedelta(days=2))  # type: ignore[operator]
    page = as_organiser.get(HERE).content.decode()
    assert "median 2 days" in page
    assert "of 1 session" in page
    assert "median 2 days" in as_organiser.get("/organise/series/savings/").content.decode()


def test_the_page_takes_the_same_questions_for_many(
    as_organiser: Client, items: list[Item], now: datetime
) -> None:
    from_few = _questions(as_organiser)
    series = Series.objects.get(slug="savings")
    for number in range(9):
        wall = (now - timedelta(days=2, minutes=number)).replace(tzinfo=None)
        made = make_session(series, wall=wall, published_at=now - timedelta(days=30), original_date=None)
        made.speakers.create(person=make_person())
    opening.open_due(now=now)
    assert Item.objects.count() == 3 + 18
    assert _questions(as_organiser) <= from_few + 1


def _questions(client: Client) -> int:
    client.get(HERE)
    with CaptureQueriesContext(connection) as asked:
        client.get(HERE)
    return len(asked)


def test_one_item_is_ticked_given_and_held_on_the_sessions_page(
    as_organiser: Client, items: list[Item], community: Community
) -> None:
    task = Item.objects.select_related("session").get(kind="own-1")
    base = f"/organise/sessions/{task.session.slug}/items/{task.pk}/"
    page = as_organiser.get(f"/organise/sessions/{task.session.slug}/").content.decode()
    assert "Thank them" in page
    ada = make_member(community, person=make_person(name="Ada"), role="organiser").person
    as_organiser.post(f"{base}give/", {f"a{task.pk}-person": ada.pk})
    as_organiser.post(f"{base}hold/", {f"h{task.pk}-reason": ""})
    assert Item.objects.get(pk=task.pk).state == "waiting"
    as_organiser.post(f"{base}hold/", {f"h{task.pk}-reason": "The address is missing"})
    task.refresh_from_db()
    assert (task.person, task.state, task.reason) == (ada, "held", "The address is missing")
    as_organiser.post(f"{base}reopen/")
    as_organiser.post(f"{base}done/")
    task.refresh_from_db()
    assert (task.state, task.done_by) == ("done", Person.objects.get(name="Organiser").user)
    as_organiser.post(f"{base}reopen/")
    assert Item.objects.get(pk=task.pk).state == "waiting"


def test_the_daily_mail_is_stopped_by_one_click(as_nobody: Client) -> None:
    person = make_person(name="Ada")
    here = stop_address(person).partition("//")[2].partition("/")[2]
    assert "Stop these mails?" in as_nobody.get(f"/{here}").content.decode()
    assert comes(person), "looking stops nothing"
    as_nobody.post(f"/{here}", {"List-Unsubscribe": "One-Click"})
    assert not comes(person)
    as_nobody.post(f"/{here}", {"do": "begin"})
    assert comes(person)
    assert as_nobody.get(f"/{here[:-4]}/").status_code == 404


def test_ones_own_page_of_mails_leads_to_it(
    as_organiser: Client, as_member: Client, items: list[Item]
) -> None:
    assert "/mails/owed/" in as_organiser.get("/me/mails/").content.decode()
    assert "/mails/owed/" not in as_member.get("/me/mails/").content.decode()


def test_what_is_owed_leads_to_where_it_is_done_by_who_may(
    as_organiser: Client, community: Community, now: datetime, stranger: User
) -> None:
    series = make_series(community, slug="savings")
    SeriesRole.objects.create(series=series, person=stranger.person, role="organiser", since=now)
    for kind in ("brief", "recording", "transcript", "answers", "report", "paper"):
        series.owed.create(kind=kind, days=1)
    wall = (now - timedelta(days=3)).replace(tzinfo=None)
    session = make_session(series, wall=wall, published_at=now - timedelta(days=30))
    opening.open_due(now=now)
    owed = {"due_at": now, "first_due_at": now, "opened_at": now}
    Item.objects.get_or_create(session=session, kind="answers", defaults=owed)
    here = f"/organise/sessions/{session.slug}/"
    paper = f"/organise/communities/{community.slug}/papers/new/?session={session.pk}"

    def links(client: Client) -> dict[str, str]:
        page = client.get(here).content.decode()
        titles = re.findall(r"<h3>(?:<a href=\"([^\"]+)\">)?([^<]+)(?:</a>)?\s*</h3>", page)
        for href, _words in titles:
            assert not href or client.get(href.partition("#")[0]).status_code == 200
        return {words.strip(): href for href, words in titles}

    expected = {
        "Speaker&#x27;s brief": "",
        "Recording": f"{here}files/?kind=video#upload-heading",
        "Transcript": f"{here}files/?kind=captions#upload-heading",
        "Answers to open questions": f"{here}asked/",
        "Session report": f"{here}report/",
        "Discussion paper": paper,
    }
    assert links(as_organiser).items() >= expected.items()
    of_the_series = signed_in(stranger)
    assert (
        links(of_the_series).items()
        >= (expected | {"Discussion paper": f"{here}files/?kind=paper#upload-heading"}).items()
    )
    assert paper not in of_the_series.get(here).content.decode()
