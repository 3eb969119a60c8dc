"""The run-sheet's pages: hours, ticks with and without a script, questions by phone, the programme."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import User
from seminars.sessions.day import running
from seminars.sessions.day.models import Cue, PhoneQuestion
from seminars.sessions.models import Session, Speaker
from tests.factories import make_person, make_session

pytestmark = pytest.mark.django_db
BASE = "/organise/sessions/after-hours-1/run-sheet/"


@pytest.fixture(autouse=True)
def standing(stopped: Any) -> Any:
    """The clock stands; `standing.move_to(…)` sets it elsewhere."""
    return stopped


def text(response: Any) -> str:
    return str(response.content.decode())


def sent(lines: list[dict[str, Any]], seen: str) -> dict[str, Any]:
    """What a browser sends from the programme's form."""
    fields: dict[str, Any] = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": 0, "seen": seen}
    for number, line in enumerate(lines):
        fields |= {f"form-{number}-{name}": value for name, value in line.items()}
    return fields


def test_it_begins_with_the_usual_programme(as_organiser: Client, session: Session) -> None:
    assert "No programme yet" in text(as_organiser.get(BASE))
    assert as_organiser.post(f"{BASE}begin/").status_code == 302
    said = text(as_organiser.get(BASE))
    assert "<strong>14:45</strong>" in said  # -15 minutes, in Johannesburg
    assert "<strong>16:00</strong>" in said


def test_a_tick_has_its_hour_and_its_author(
    as_organiser: Client, session: Session, organiser: User, standing: Any
) -> None:
    cue = running.begin(session=session)[1]
    assert session.starts_at
    standing.move_to(session.starts_at + timedelta(minutes=2))
    as_organiser.force_login(organiser)
    assert "Nobody has ticked that the recording runs." in text(as_organiser.get(BASE))
    assert as_organiser.post(f"{BASE}cues/{cue.pk}/", {"done": "yes"}).status_code == 302
    said = text(as_organiser.get(BASE))
    assert "15:02, by organiser@example.org" in said
    assert "Nobody has ticked" not in said
    part = as_organiser.post(f"{BASE}cues/{cue.pk}/", {"done": "no"}, headers={"HX-Request": "true"})
    assert text(part).startswith('<div id="live"')
    assert Cue.objects.get(pk=cue.pk).done_at is None


def test_it_polls_until_the_end(
    as_organiser: Client, session: Session, organiser: User, standing: Any
) -> None:
    assert 'hx-trigger="every 10s"' in text(as_organiser.get(f"{BASE}now/"))
    assert session.ends_at
    standing.move_to(session.ends_at + timedelta(minutes=1))
    as_organiser.force_login(organiser)
    said = text(as_organiser.get(f"{BASE}now/"))
    assert 'id="live"' in said
    assert "hx-trigger" not in said


def test_it_can_be_closed_only_while_it_runs(
    as_organiser: Client, session: Session, organiser: User, standing: Any
) -> None:
    close = "/organise/sessions/after-hours-1/close/"
    assert close not in text(as_organiser.get(BASE))
    assert session.starts_at
    standing.move_to(session.starts_at + timedelta(minutes=2))
    as_organiser.force_login(organiser)
    assert close in text(as_organiser.get(BASE))


def test_questions_by_phone(as_organiser: Client, session: Session) -> None:
    response = as_organiser.post(f"{BASE}questions/", {"text": "", "name": "Zola"})
    assert (response.status_code, "Write down the question." in text(response)) == (422, True)
    assert 'value="Zola"' in text(response)
    as_organiser.post(f"{BASE}questions/", {"text": "How <much>?", "name": "Zola"})
    assert "How &lt;much&gt;?" in text(as_organiser.get(BASE))
    question = PhoneQuestion.objects.get()
    as_organiser.post(f"{BASE}questions/{question.pk}/", {"done": "yes"})
    assert "asked 14:00, by organiser@example.org" in text(as_organiser.get(BASE))


def test_another_sessions_lines_are_not_there(as_organiser: Client, session: Session, series: Any) -> None:
    other = running.begin(session=make_session(series))[0]
    assert as_organiser.post(f"{BASE}cues/{other.pk}/").status_code == 404
    assert Cue.objects.get(pk=other.pk).done_at is None


def test_the_programme_is_changed_line_by_line(as_organiser: Client, session: Session) -> None:
    cues = running.begin(session=session)
    seen = running.version_of(session)
    assert f'name="seen" value="{seen}"' in text(as_organiser.get(f"{BASE}programme/"))
    lines = [
        {"pk": cues[0].pk, "minute": "\N{MINUS SIGN}20", "what": "Doors", "who": "host"},
        {"pk": cues[1].pk, "minute": "-2", "what": "", "who": "host"},  # emptied: left out
        {"pk": "", "minute": "0", "what": "Record", "recording": "on"},
        {"pk": "", "minute": "", "what": "", "who": ""},
    ]
    assert as_organiser.post(f"{BASE}programme/", sent(lines, seen)).status_code == 302
    found = [(cue.minute, cue.what, cue.kind) for cue in session.cues.all()]
    assert found == [(-20, "Doors", ""), (0, "Record", "recording")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"minute": "", "what": "Tea"}, "Give the minute"),
        ({"minute": "5", "what": ""}, "Say what happens."),
        ({"minute": "soon", "what": "Tea"}, "Give whole minutes"),
        ({"minute": "-99999", "what": "Tea"}, "greater than or equal to"),
    ],
)
def test_a_line_that_cannot_be_is_marked(
    as_organiser: Client, session: Session, line: dict[str, str], said: str
) -> None:
    response = as_organiser.post(f"{BASE}programme/", sent([line], running.version_of(session)))
    assert (response.status_code, said in text(response)) == (422, True)
    assert not session.cues.exists()


def test_somebody_elses_programme_is_shown_and_mine_kept(as_organiser: Client, session: Session) -> None:
    running.set_programme(
        session=session, lines=[running.Line(0, "Theirs")], seen=running.version_of(session)
    )
    response = as_organiser.post(f"{BASE}programme/", sent([{"minute": "0", "what": "Mine"}], "older"))
    said = text(response)
    assert response.status_code == 409
    assert "Theirs" in said
    assert 'value="Mine"' in said
    seen = running.version_of(session)
    as_organiser.post(f"{BASE}programme/", sent([{"minute": "0", "what": "Mine"}], seen))
    assert [cue.what for cue in session.cues.all()] == ["Mine"]


def test_a_broken_form_is_an_answer(as_organiser: Client, session: Session) -> None:
    assert as_organiser.post(f"{BASE}programme/", {}).status_code == 422


def test_few_questions(
    as_organiser: Client,
    session: Session,
    organiser: User,
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    for cue in running.begin(session=session):
        running.tick(cue=cue, done=True, now=now, actor_id=organiser.pk)
    for _row in range(6):
        Speaker.objects.create(session=session, person=make_person())
        running.note_question(session=session, text="Why?", name="", now=now, actor_id=organiser.pk)
    as_organiser.get(BASE)
    with django_assert_max_num_queries(20):
        as_organiser.get(BASE)
    with django_assert_max_num_queries(15):
        as_organiser.get(f"{BASE}now/")
