"""The handover pack: everything in it, for whom, as a page and as Markdown in which nothing typed is markup."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.followups.models import Item, ItemState
from seminars.series.models import Part, Series, SeriesRole
from seminars.sessions.models import Session
from tests.conftest import signed_in
from tests.factories import NOW, make_person, make_session, make_user

pytestmark = pytest.mark.usefixtures("stopped")
PAGE, FILE = "/organise/series/after-hours/handover/", "/organise/series/after-hours/handover/pack.md"


@pytest.fixture
def full(session: Session) -> Session:
    """The session with a speaker, something owed, and somebody who hosts."""
    session.speakers.create(person=make_person(name="Amina Diallo", email="amina@example.org"))
    moments = {"due_at": NOW + timedelta(days=3), "first_due_at": NOW, "opened_at": NOW}
    Item.objects.create(session=session, kind="slides", **moments)
    Item.objects.create(session=session, kind="report", state=ItemState.DONE, **moments)
    host = make_person(name="Chinua Obi", email="chinua@example.org")
    SeriesRole.objects.create(series=session.series, person=host, role=Part.HOST, since=NOW)
    return session


def test_page_and_file_say_the_same(as_organiser: Client, full: Session) -> None:
    page = as_organiser.get(PAGE)
    text = as_organiser.get(FILE).content.decode()
    titles = [section.title for section in page.context["sections"]]
    assert titles == ["Settings", "Roles", "Next sessions", "Speakers asked", "Still to be done", "Links"]
    assert [f"## {title}\n" in text for title in titles] == [True] * 6
    for words in (
        "Savings groups",
        "https://meet.example.org/room",
        "Chinua Obi, chinua@example.org",
        "organiser of the community",
        "Amina Diallo, amina@example.org",
        "Slides, promised for 19 November 2026",
        "Tuesday 1 December 2026, 15:00–16:00",
        "/organise/sessions/after-hours-1/",
        "/series/after-hours/calendar.ics",
    ):
        assert words in page.content.decode()
        assert words in text
    assert "Session report" not in text


def test_an_empty_series_says_so(as_organiser: Client, series: Series) -> None:
    page = as_organiser.get(PAGE).content.decode()
    assert [words in page for words in ("None is planned.", "Nobody yet.", "Nothing is open.")] == [True] * 3


def test_the_file_is_a_file_for_its_reader_only(as_organiser: Client, series: Series) -> None:
    answer = as_organiser.get(FILE)
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="after-hours-handover.md"'
    assert answer["Cache-Control"] == "private, no-store"


def test_what_people_typed_is_text_in_the_file(as_organiser: Client, full: Session) -> None:
    Series.objects.update(
        title={"en": "# [Click](https://evil.example)\n\n<script>"},
        room="a*b*",
        join_url="https://x.example/>a",
    )
    text = as_organiser.get(FILE).content.decode()
    assert text.startswith("# \\# \\[Click\\](https://evil.example) \\<script\\>\n\n")
    assert "a\\*b\\*" in text
    assert "- **Join link:** <https://x.example/a>\n" in text


def test_who_plans_it_has_it(series: Series) -> None:
    seen = {}
    for role in Part.values:
        user = make_user(f"{role}@example.org")
        SeriesRole.objects.create(series=series, person=user.person, role=role, since=NOW)
        seen[role] = {signed_in(user).get(address).status_code for address in (PAGE, FILE)}
    assert seen == {"owner": {200}, "organiser": {200}, "host": {404}, "note-taker": {404}}


def test_more_sessions_take_no_more_queries(
    as_organiser: Client, full: Session, django_assert_max_num_queries: Any
) -> None:
    def count() -> int:
        with django_assert_max_num_queries(30) as found:
            assert as_organiser.get(PAGE).status_code == 200
        return len(found)

    before = count()
    for number in range(3):
        more = make_session(full.series, wall=datetime(2027, 1 + number, 5, 15, 0))
        more.speakers.create(person=make_person())
        Item.objects.create(session=more, kind="slides", due_at=NOW, first_due_at=NOW, opened_at=NOW)
    assert count() == before


def test_the_series_leads_there(as_organiser: Client, series: Series) -> None:
    assert f'href="{PAGE}"' in as_organiser.get("/organise/series/after-hours/").content.decode()
