"""The table of sessions: what is typed, pasted and ticked; the preview; nothing lost when somebody else was faster."""

import html
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic
from seminars.sessions import moving
from seminars.sessions.models import Echo, Session
from seminars.web.forms.sessions_table import opened, values_of
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/series/after-hours/sessions/"


@pytest.fixture
def three(series: Series) -> list[Session]:
    """Three sessions to come, a week apart, of which the first has a title."""
    first = datetime(2026, 12, 1, 15, 0)
    made = [make_session(series, wall=first + timedelta(days=7 * n), title={}) for n in range(3)]
    Session.objects.filter(pk=made[0].pk).update(title={"en": "Savings by phone"})
    return list(series.sessions.order_by("number"))


def lines(sessions: list[Session], **over: str) -> dict[str, Any]:
    """What a browser sends of the table, and of the form below it as it opens."""
    data: dict[str, Any] = {
        "reach": "ticked",
        "deed": "",
        "unit": "7",
        "way": "1",
        "show": "ahead",
        "page": "1",
    }
    for each in sessions:
        data[f"s{each.pk}-was"] = opened(each)
        data |= {f"s{each.pk}-{name}": value for name, value in values_of(each).items()}
    return data | over


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def hidden(answer: Any) -> dict[str, Any]:
    """What the preview carries, as the browser would send it back."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input type=\"hidden\"[^>]+>", answer.content.decode()):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and value:
            found.setdefault(html.unescape(name[1]), []).append(html.unescape(value[1]))
    return found


def test_the_table_shows_each_session_to_come(as_organiser: Client, three: list[Session]) -> None:
    make_session(three[0].series, wall=datetime(2026, 11, 3, 15, 0), title={"en": "Long ago"})
    answer = as_organiser.get(HERE)
    page = answer.content.decode()
    assert [line.row.session.pk for line in answer.context["table"].lines] == [each.pk for each in three]
    assert 'value="Savings by phone"' in page
    assert "Johannesburg" in text_of(answer)
    assert "Long ago" in as_organiser.get(f"{HERE}?show=past").content.decode()
    assert len(as_organiser.get(f"{HERE}?show=untitled").context["table"].lines) == 2


def test_what_is_typed_is_shown_before_it_counts(as_organiser: Client, three: list[Session]) -> None:
    pk = three[1].pk
    data = lines(three, **{f"s{pk}-title": "Seeds", f"s{pk}-date": "2026-12-09", f"s{pk}-time": "16:30"})
    answer = as_organiser.post(f"{HERE}preview/", data)
    words = text_of(answer)
    assert "Tue 8 Dec 2026" in words
    assert "Wed 9 Dec 2026" in words
    assert "Title: Seeds" in words
    assert three[0].series.sessions.get(pk=pk).title == {}
    done = as_organiser.post(f"{HERE}apply/", hidden(answer), follow=True)
    assert "1 session changed." in text_of(done)
    session = Session.objects.get(pk=pk)
    assert (session.title, session.local_date) == ({"en": "Seeds"}, date(2026, 12, 9))
    assert session.sequence == 1
    assert "Undo it" in text_of(done)


def test_titles_are_pasted_in_order_and_by_date(as_organiser: Client, three: list[Session]) -> None:
    titles = "Seeds\n\n2026-12-01\tSavings anew\tAmina Diallo\n2026-12-02;Nowhere\n03/04/2027, Unclear\n"
    titles += "Harvest\nOne too many"
    answer = as_organiser.post(f"{HERE}preview/", lines(three, titles=titles))
    words = text_of(answer)
    assert "Line 4, “2026-12-02 Nowhere”: no session to come is on that day." in words
    assert "Line 5, “03/04/2027 Unclear”: the date cannot be read for certain" in words
    assert "Line 7, “One too many”: no session is left for it." in words
    assert "Savings anew: Amina Diallo" in words
    as_organiser.post(f"{HERE}apply/", hidden(answer))
    assert [each.title["en"] for each in three[0].series.sessions.order_by("number")] == [
        "Savings anew",
        "Seeds",
        "Harvest",
    ]


def test_ticked_ones_change_alike(as_organiser: Client, three: list[Session], community: Community) -> None:
    room = Room.objects.create(community=community, name="1.205")
    over = {"deed": "edit", "do": ["shift", "room"], "shift": "2", "unit": "7", "way": "1", "room": "1.205"}
    data = lines(three) | over | {"pick": [str(three[0].pk), str(three[2].pk)]}
    answer = as_organiser.post(f"{HERE}preview/", data)
    assert "2 sessions move." in text_of(answer)
    as_organiser.post(f"{HERE}apply/", hidden(answer))
    after = list(three[0].series.sessions.order_by("number"))
    assert [each.local_date for each in after] == [date(2026, 12, 15), date(2026, 12, 8), date(2026, 12, 29)]
    assert [each.place_id for each in after] == [room.pk, None, room.pk]


def test_topics_of_the_ticked_ones(as_organiser: Client, three: list[Session]) -> None:
    topic = Topic.objects.create(slug="seeds", name={"en": "Seeds"}, made_at=NOW)
    other = Topic.objects.create(slug="secret", name={"en": "Secret"}, made_at=NOW)
    three[2].topics.add(topic)
    page = as_organiser.get(HERE).content.decode()
    assert "Topics to add" in page
    assert "Secret" not in page
    data = lines(three) | {"deed": "edit", "do": ["topics"], "pick": [str(three[0].pk)]}
    refused = as_organiser.post(f"{HERE}preview/", data | {"topics_added": [str(other.pk)]})
    assert refused.status_code == 400
    answer = as_organiser.post(f"{HERE}preview/", data | {"topics_added": [str(topic.pk)]})
    assert "Topics: Seeds" in text_of(answer)
    as_organiser.post(f"{HERE}apply/", hidden(answer))
    assert list(three[0].topics.all()) == [topic]


def test_all_to_come_are_cancelled_with_a_reason(as_organiser: Client, three: list[Session]) -> None:
    data = lines(three) | {"deed": "cancel", "reach": "ahead"}
    refused = as_organiser.post(f"{HERE}preview/", data)
    assert refused.status_code == 400
    assert "Give a reason." in text_of(refused)
    answer = as_organiser.post(f"{HERE}preview/", data | {"reason": "The hall is closed."})
    as_organiser.post(f"{HERE}apply/", hidden(answer))
    assert not three[0].series.sessions.filter(cancelled_at=None).exists()


def test_mistakes_lose_nothing(as_organiser: Client, three: list[Session]) -> None:
    first, second = three[0].pk, three[1].pk
    over: dict[str, Any] = {
        f"s{first}-title": "Mine",
        f"s{second}-time": "25:00",
        "titles": "Kept",
        "deed": "edit",
    }
    over |= {"do": ["minutes"], "minutes": "", "room": "Attic"}
    answer = as_organiser.post(f"{HERE}preview/", lines(three, **over))  # type: ignore[arg-type]
    assert answer.status_code == 400
    words, page = text_of(answer), answer.content.decode()
    for said in ("Write the time as 15:00.", "Say how long it lasts", "You filled in “Room”"):
        assert said in words
    for kept in ('value="Mine"', 'value="25:00"', "Kept</textarea>", 'value="Attic"'):
        assert kept in page
    past = lines(three, **{f"s{first}-date": "2026-11-01"})
    assert "would already have begun" in text_of(as_organiser.post(f"{HERE}preview/", past))


def test_the_other_organisers_work_is_shown_and_kept(as_organiser: Client, three: list[Session]) -> None:
    mine, theirs = three[0], three[1]
    data = lines(three, **{f"s{mine.pk}-title": "Mine", f"s{theirs.pk}-room": "Room 9"})
    moving.edit(session=theirs, title="Theirs", now=NOW, actor_id=None)
    answer = as_organiser.post(f"{HERE}preview/", data)
    words = text_of(answer)
    assert "Somebody else changed these while your table was open" in words
    assert "Title: – → Theirs" in words
    form = hidden(answer)
    moving.edit(session=mine, title="Theirs too", now=NOW, actor_id=None)
    second = as_organiser.post(f"{HERE}apply/", form)
    assert second.status_code == 409
    assert "Nothing was done" in text_of(second)
    as_organiser.post(f"{HERE}apply/", hidden(second))
    after = list(three[0].series.sessions.order_by("number"))
    assert [(each.title.get("en"), each.room) for each in after[:2]] == [("Mine", ""), ("Theirs", "Room 9")]


def test_what_was_typed_for_a_session_that_is_gone_is_said_back(
    as_organiser: Client, three: list[Session]
) -> None:
    data = lines(three, **{f"s{three[1].pk}-title": "Seeds for nobody", f"s{three[0].pk}-title": "Mine"})
    moving.cancel(session=three[1], reason="Ill", now=NOW, actor_id=None)
    answer = as_organiser.post(f"{HERE}preview/", data)
    assert answer.status_code == 400
    assert "You typed: Seeds for nobody" in text_of(answer)
    assert 'value="Mine"' in answer.content.decode()


def test_going_back_keeps_what_was_typed(as_organiser: Client, three: list[Session]) -> None:
    data = lines(three, **{f"s{three[1].pk}-title": "Seeds"}, titles="A title")
    preview = as_organiser.post(f"{HERE}preview/", data | {"pick": [str(three[2].pk)]})
    page = as_organiser.post(HERE, hidden(preview)).content.decode()
    assert 'value="Seeds"' in page
    assert "A title</textarea>" in page
    assert f'value="{three[2].pk}" checked' in page


def test_a_draft_is_laid_out_titled_and_then_published(as_organiser: Client, community: Community) -> None:
    make_series(community, slug="plan", published_at=None, rrule="FREQ=MONTHLY;COUNT=12;BYDAY=1TU")
    here = "/organise/series/plan/sessions/"
    assert "This draft has no sessions yet" in text_of(as_organiser.get(here))
    answer = as_organiser.post(f"{here}lay-out/", follow=True)
    assert "12 sessions laid out, as drafts." in text_of(answer)
    sessions = list(Session.objects.filter(series__slug="plan").order_by("number"))
    titles = "\n".join(f"Title {number}" for number in range(1, 13))
    preview = as_organiser.post(f"{here}preview/", lines(sessions, titles=titles))
    as_organiser.post(f"{here}apply/", hidden(preview))
    as_organiser.post("/organise/series/plan/publish/")
    out = Session.objects.filter(series__slug="plan").order_by("number")
    assert [each.title["en"] for each in out] == [f"Title {number}" for number in range(1, 13)]
    assert all(each.published_at for each in out)


def test_parts_and_twins_stand_below_what_they_belong_to(as_organiser: Client, series: Series) -> None:
    event = make_session(series, wall=datetime(2026, 12, 1), all_day=True, days=3)
    later = make_session(series, wall=datetime(2026, 12, 2, 8, 0))
    part = make_session(series, wall=datetime(2026, 12, 3, 9, 0), within=event)
    twin = make_session(series, wall=datetime(2026, 12, 20, 9, 0), lead=part, echo=Echo.TWIN)
    found = [(line.row.session.pk, line.depth) for line in as_organiser.get(HERE).context["table"].lines]
    assert found == [(event.pk, 0), (part.pk, 1), (twin.pk, 1), (later.pk, 0)]


def test_500_sessions_come_page_by_page_in_few_questions(as_organiser: Client, three: list[Session]) -> None:
    with CaptureQueriesContext(connection) as few:
        as_organiser.get(HERE)
    for number in range(60):
        make_session(three[0].series, wall=datetime(2027, 1, 1, 15, 0) + timedelta(days=number))
    with CaptureQueriesContext(connection) as many:
        answer = as_organiser.get(HERE)
    assert len(answer.context["table"].lines) == 50
    assert len(many) == len(few)
    assert len(as_organiser.get(f"{HERE}?page=2").context["table"].lines) == 13


def test_words_in_arabic_and_swedish_stay_what_they_are(as_organiser: Client, three: list[Session]) -> None:
    arabic, swedish = "الادخار عبر الهاتف " * 8, "Självhushållningsgruppernas årsmötesförberedelser " * 4
    Session.objects.filter(pk=three[1].pk).update(title={"ar": arabic.strip()}, language="ar")
    over = {f"s{three[0].pk}-title": swedish.strip()[:190]}
    data = lines(list(three[0].series.sessions.order_by("number")), **over)
    answer = as_organiser.post(f"{HERE}preview/", data)
    assert len(answer.context["bulk"].changing) == 1
    assert 'lang="ar"' in as_organiser.get(HERE).content.decode()


def test_history_says_what_was_done_at_once(as_organiser: Client, three: list[Session]) -> None:
    data = lines(three) | {"deed": "edit", "do": ["minutes"], "minutes": "45", "reach": "ahead"}
    as_organiser.post(f"{HERE}apply/", data)
    assert Change.objects.filter(kind="bulk").count() == 1
    assert "changed several sessions at once" in text_of(as_organiser.get("/organise/series/after-hours/"))
