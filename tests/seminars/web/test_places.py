"""Places on the pages: the form, the link's page in each state, the whole series, settings and lists, few queries."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Version
from seminars.notifications import attending, outbox, places, reminding
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Session
from seminars.sessions.registration import registering, seating, whole
from seminars.sessions.registration.models import Registration, Seat, SeriesRegistration, Terms
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
WHO = {"name": "Akello Example", "email": "akello@example.org", "zone": "Africa/Kampala", "website": ""}
WHO |= {"calendar": "invitation"}
HERE, LIST = "/sessions/talks-1/register/", "/organise/sessions/talks-1/registrations/"
ASKED = [
    {"name": "q1", "kind": "text", "words": "Your organisation?", "required": True},
    {"name": "q2", "kind": "yes", "words": "A first time?", "required": False},
    {"name": "q3", "kind": "several", "words": "What for?", "required": False, "options": ["A", "B", "C"]},
]


@pytest.fixture
def series(community: Community) -> Series:
    return make_series(community, slug="talks", form="hybrid", room="Hall 1")


@pytest.fixture
def session(series: Series, community: Community) -> Session:
    room = Room.objects.create(community=community, name="Hall 1", access="Ring the bell twice.")
    return make_session(series, room="Hall 1", place=room)


def terms(session: Session, **columns: Any) -> Terms:
    return Terms.objects.create(session=session, **columns)


def come(session: Session, name: str, **columns: Any) -> Registration:
    given = {"name": f"{name.title()} Example", "language": "en", "zone": "Africa/Kampala"} | columns
    found, _new = registering.register(session=session, email=f"{name}@example.org", now=NOW, **given)
    return registering.confirm(registration=found, now=NOW)


def said(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def link(registration: Registration | SeriesRegistration) -> str:
    one = isinstance(registration, Registration)
    return f"/{'registration' if one else 'series-registration'}/{registration.token}/"


def delivered(now: datetime = NOW) -> list[tuple[str, str]]:
    """What leaves: to whom, and the subject."""
    mail.outbox.clear()
    outbox.deliver(clock=lambda: now)
    return sorted((each.to[0], str(each.subject)) for each in mail.outbox)


def test_registering_costs_at_most_twelve_queries(
    session: Session,
    as_nobody: Client,
    as_member: Client,
    member: User,
    as_organiser: Client,
    organiser: User,
) -> None:
    terms(session, capacity_online=5)
    form = WHO | {"coming": "online"}
    as_organiser.post(HERE, form | {"email": organiser.email})  # makes the line, and the counters
    Version.objects.get_or_create(scope=f"user:{member.pk}")

    def asked(client: Client, path: str, given: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.post(path, given).status_code == 302
        return sum("SAVEPOINT" not in each["sql"] for each in queries)

    found = asked(as_nobody, HERE, form), asked(as_member, HERE, form | {"email": member.email})
    made = Registration.objects.get(email=WHO["email"])
    counts = (*found, asked(as_nobody, f"{link(made)}confirm/", {}))
    assert Registration.objects.standing().count() == 3
    print(f"queries of the form, of who is signed in, of the confirmation: {counts}")
    assert max(counts) <= 12


def test_the_form_asks_how_one_comes_and_what_organisers_ask(session: Session, as_nobody: Client) -> None:
    terms(session, capacity_room=1, questions=ASKED)
    page = said(as_nobody, HERE)
    assert "How will you come?" in page
    assert "In the room: 1 place is free." in page
    assert "Your organisation?" in page
    answer = as_nobody.post(HERE, WHO | {"coming": "room"})
    assert answer.status_code == 422
    assert "Answer this question." in answer.content.decode()
    answers = {"answer_q1": "Savers", "answer_q2": "no", "answer_q3": ["A", "C"]}
    assert as_nobody.post(HERE, WHO | {"coming": "room"} | answers).status_code == 302
    found = Registration.objects.get()
    assert [each["said"] for each in found.answers] == ["Savers", False, ["A", "C"]]
    assert "until then none is kept for you" in said(as_nobody, f"{HERE}sent/")
    delivered()
    assert "to take your place" in mail.outbox[0].body
    as_nobody.post(f"{link(found)}confirm/")
    page = said(as_nobody, link(found))
    assert "You have a place in the room." in page
    assert "Ring the bell twice." in page


def test_a_question_changed_later_keeps_old_answers_with_the_words_as_asked(
    session: Session, as_nobody: Client, as_organiser: Client
) -> None:
    rules = terms(session, questions=ASKED[:1])
    one = come(
        session, "one", answers=[{"name": "q1", "kind": "text", "asked": "Your organisation?", "said": "=X"}]
    )
    rules.questions = [{"name": "q1", "kind": "text", "words": "Your employer?", "required": False}]
    rules.save()
    table = as_organiser.get(f"{LIST[:-1]}.csv").content.decode()
    assert "Your employer?" in table
    assert "'=X (Your organisation?)" in table  # never a formula
    as_nobody.post(link(one), WHO | {"coming": "online", "answer_q1": "=X"})
    assert Registration.objects.get().answers[0]["asked"] == "Your organisation?"
    as_nobody.post(link(one), WHO | {"coming": "online", "answer_q1": "New"})
    assert Registration.objects.get().answers[0]["asked"] == "Your employer?"
    Terms.objects.update(questions=[])
    assert "Your employer?" in said(as_nobody, link(one))


def test_the_page_always_says_where_one_stands(session: Session, as_nobody: Client) -> None:
    terms(session, capacity_online=1, confirm_hours=24)
    one, two, three = (come(session, name) for name in ("one", "two", "three"))
    assert "You have a place." in said(as_nobody, link(one))
    assert "You are number 2 on the waiting list." in said(as_nobody, link(three))
    as_nobody.post(f"{link(one)}withdraw/")
    page = said(as_nobody, link(two))
    assert "A place came free, and it is yours if you confirm it." in page
    assert "Confirm by Tue 17 Nov" in page
    as_nobody.post(f"{link(two)}place/")
    assert "You have a place." in said(as_nobody, link(two))
    as_nobody.post(f"{link(three)}place/")
    assert Registration.objects.get(pk=three.pk).seat == Seat.WAITING
    registering.remove(registration=two, now=NOW, actor_id=None)
    assert "The organisers took this registration off" in said(as_nobody, link(two))
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        seating.lapse(now=NOW + timedelta(days=2))
        assert "went to the next in line" in said(as_nobody, link(three))
        as_nobody.post(f"{link(three)}line/")
        assert "You have a place." in said(as_nobody, link(three))


def test_each_change_of_a_place_is_one_mail_in_the_readers_time(session: Session) -> None:
    terms(session, capacity_online=1, confirm_hours=24)
    one, two = come(session, "one"), come(session, "two")
    assert places.look(now=NOW) == 1
    assert places.look(now=NOW) == 0
    attending.look(now=NOW)
    time = "Tue 1 Dec 2026, 16:00–17:00 (Kampala)"
    assert delivered() == [
        ("one@example.org", f"Invitation, {time}: Session 1 of talks"),
        ("two@example.org", f"On the waiting list, {time}: Session 1 of talks"),
    ]
    registering.withdraw(registration=one, now=NOW)
    places.look(now=NOW)
    attending.look(now=NOW)
    assert delivered() == [
        ("one@example.org", "No longer in your calendar: Session 1 of talks"),
        ("two@example.org", f"A place is free for you, {time}: Session 1 of talks"),
    ]
    assert "Confirm by Tue 17 Nov 2026, 15:00 (Kampala)." in mail.outbox[-1].body or mail.outbox[0].body
    seating.accept(registration=two, now=NOW)
    places.look(now=NOW)
    attending.look(now=NOW)
    assert delivered() == [("two@example.org", f"Invitation, {time}: Session 1 of talks")]
    seating.move(registration=two, seat=Seat.DECLINED, words="Sorry", now=NOW, actor_id=None)
    places.look(now=NOW)
    attending.look(now=NOW)
    assert delivered(NOW + timedelta(minutes=11)) == [
        ("two@example.org", "No longer in your calendar: Session 1 of talks"),
        ("two@example.org", f"No place this time, {time}: Session 1 of talks"),
    ]


def test_what_changed_again_before_the_mail_left_is_not_told(session: Session) -> None:
    terms(session, capacity_online=1, confirm_hours=0)
    one, _two = come(session, "one"), come(session, "two")
    places.look(now=NOW)
    registering.withdraw(registration=one, now=NOW)
    assert [to for to, _subject in delivered()] == []
    places.look(now=NOW)
    assert [subject.split(",")[0] for _to, subject in delivered()] == ["You have a place"]


def test_only_those_with_a_place_are_reminded_and_have_it_in_their_calendar(session: Session) -> None:
    terms(session, capacity_online=1)
    come(session, "one")
    come(session, "two")
    assert session.starts_at
    day_before = session.starts_at - timedelta(days=1)
    assert reminding.look(now=day_before) == 1
    assert attending.look(now=NOW) == 1


def test_late_comers_with_a_place_join_at_once(session: Session, as_member: Client, member: User) -> None:
    assert session.starts_at
    with time_machine.travel(session.starts_at + timedelta(minutes=5), tick=False):
        answer = as_member.post(HERE, WHO | {"email": member.email, "coming": "online"}, follow=True)
    assert 'href="/sessions/talks-1/join"' in answer.content.decode()


def test_no_registration_needed(session: Session, as_nobody: Client) -> None:
    rules = terms(session, mode="none")
    assert "No registration needed" in said(as_nobody, "/sessions/talks-1/")
    assert f'href="{HERE}"' not in said(as_nobody, "/sessions/talks-1/")
    assert "No registration needed" in said(as_nobody, HERE)
    assert as_nobody.post(HERE, WHO).status_code == 409
    Terms.objects.filter(pk=rules.pk).update(mode="open")
    page = said(as_nobody, "/sessions/talks-1/")
    assert "No registration needed" in page
    assert f'href="{HERE}"' in page


def test_once_for_the_whole_series(session: Session, series: Series, as_nobody: Client) -> None:
    make_session(series)
    here = "/series/talks/register/"
    assert f'href="{here}"' in said(as_nobody, "/series/talks/")
    assert "2 sessions to come" in said(as_nobody, here)
    assert as_nobody.post(here, WHO | {"website": "spam", "coming": "online"}).status_code == 422
    assert as_nobody.post(here, WHO | {"coming": "online"})["Location"] == f"{here}sent/"
    assert "Look into your mail" in said(as_nobody, f"{here}sent/")
    found = SeriesRegistration.objects.get()
    assert not Registration.objects.exists()
    assert delivered() == [
        ("akello@example.org", "Confirm your registration for the series: Series " + series.title["en"][7:])
    ]
    page = as_nobody.get(link(found))
    assert page["X-Robots-Tag"] == "noindex"
    as_nobody.post(f"{link(found)}confirm/")
    page_words = said(as_nobody, link(found))
    assert page_words.count("Open or decline</a>") == 2
    first = Registration.objects.order_by("pk")[0]
    as_nobody.post(f"{link(first)}withdraw/")
    assert "declined" in said(as_nobody, link(found))
    make_session(series)
    whole.take_over(now=NOW)
    assert said(as_nobody, link(found)).count("Open or decline</a>") == 2
    as_nobody.post(link(found), WHO | {"name": "New Name"})
    assert set(Registration.objects.values_list("name", flat=True)) == {"New Name"}
    as_nobody.post(f"{link(found)}withdraw/")
    assert not Registration.objects.counting().exists()
    assert "you withdrew" in said(as_nobody, link(found))
    assert as_nobody.get("/series-registration/nothing/").status_code == 404


def test_organisers_set_the_terms(
    session: Session, series: Series, as_organiser: Client, as_nobody: Client
) -> None:
    form = {
        "mode": "asked",
        "capacity_online": "2",
        "capacity_room": "",
        "waiting_list": "on",
        "confirm_hours": "12",
    }
    form |= {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "whole": "on"}
    form |= {
        "form-0-words": "Which tool?",
        "form-0-kind": "one",
        "form-0-options": "A\nB\nA",
        "form-0-required": "on",
    }
    form |= {"form-1-words": "", "form-1-kind": "text", "form-1-options": ""}
    here = "/organise/series/talks/registration/"
    assert as_organiser.get(here).status_code == 200
    wrong = as_organiser.post(here, form | {"form-0-options": "A", "capacity_online": "-1"})
    assert wrong.status_code == 422
    wrong = as_organiser.post(here, form | {"form-0-options": "A"})
    assert "at least two different answers" in wrong.content.decode()
    assert as_organiser.post(here, form).status_code == 302
    rules = Terms.objects.get()
    assert (rules.series, rules.capacity_online, rules.confirm_hours) == (series, 2, 12)
    assert rules.questions == [
        {"name": "q1", "kind": "one", "words": "Which tool?", "required": True, "options": ["A", "B"]}
    ]
    own = "/organise/sessions/talks-1/registration/"
    assert 'value="12"' in said(as_organiser, own)
    as_organiser.post(own, form | {"approval": "on", "form-0-name": "q1"})
    assert "The organisers decide who comes." in said(as_nobody, HERE)
    as_organiser.post(f"{own}follow/")
    assert Terms.objects.count() == 1


def test_names_in_any_script_and_nothing_breaks_out(session: Session, as_nobody: Client) -> None:
    name = "أكيلو 李\r\nBcc: x@example.org <b>"
    as_nobody.post(HERE, WHO | {"name": name, "coming": "online"})
    found = Registration.objects.get()
    assert found.name == "أكيلو 李 Bcc: x@example.org <b>"
    as_nobody.post(f"{link(found)}confirm/")
    attending.look(now=NOW)
    delivered()
    assert all(set(each.recipients()) == {"akello@example.org"} for each in mail.outbox)
    assert "<b>" not in said(as_nobody, link(found))
