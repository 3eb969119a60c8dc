"""One session: moved, cancelled, edited, its speakers and guests, its checklist; and forms left open."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.changes.models import Change
from seminars.followups.models import Item
from seminars.followups.owing import set_owed
from seminars.people.models import Person, User
from seminars.series.models import Audience
from seminars.series.rooms.models import Room
from seminars.sessions import moving
from seminars.sessions.models import MaterialKind, Session
from seminars.web.organise import sessions
from tests.factories import NOW, make_member, make_person, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/sessions/after-hours-1/"
MOVE = {"seen": "1", "date": "2026-12-01", "time": "17:00", "minutes": "1:00", "reason": "Room taken"}


def details(session: Session, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the edit form, opened on `session` as it is."""
    found = {
        "seen": str(session.revision),
        "form": session.form,
        "room": session.room,
        "join_url": session.join_url,
        "view_url": "",
        "dial_in": "",
        "source_url": "",
        "language": "en",
        "audience": session.audience,
        "title_en": session.title.get("en", ""),
        "title_sv": "",
        "abstract_en": "",
        "abstract_sv": "",
    }
    return found | changes


def test_moving_by_two_hours(as_organiser: Client, session: Session) -> None:
    uid = session.uid
    assert as_organiser.post(f"{HERE}move/", MOVE).status_code == 302
    session.refresh_from_db()
    assert (session.local_time, session.uid, session.state) == (time(17), uid, "rescheduled")
    page = as_organiser.get(HERE).content.decode()
    assert "organiser@example.org</strong> gave it a new time" in page
    assert "Start: 15:00 → 17:00" in page


def test_old_and_new_time_are_shown_before_saving(as_organiser: Client, session: Session) -> None:
    for zone in ("Europe/Lisbon", "Europe/Lisbon", "Asia/Kolkata"):
        make_member(session.series.community, person=make_person(zone=zone))
    answer = as_organiser.post(f"{HERE}move/preview/", MOVE, headers={"HX-Request": "true"})
    assert answer.context["times"] == [
        ("Johannesburg", "Tuesday 1 December 2026, 15:00–16:00", "Tuesday 1 December 2026, 17:00–18:00"),
        ("UTC", "Tuesday 1 December 2026, 13:00–14:00", "Tuesday 1 December 2026, 15:00–16:00"),
        ("Kolkata", "Tuesday 1 December 2026, 18:30–19:30", "Tuesday 1 December 2026, 20:30–21:30"),
    ]
    assert as_organiser.post(f"{HERE}move/preview/", MOVE).templates[0].name == "seminars/organise/move.html"
    session.refresh_from_db()
    assert session.revision == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"date": "2026-11-01"}, "time", "This time has passed"),
        ({"date": "soon"}, "date", "Write the date as"),
        ({"time": ""}, "time", "Give the hour"),
        ({"minutes": "-30"}, "minutes", "The end must be after the start"),
        ({"reason": "x" * 600}, "reason", "Shorten this to 500"),
    ],
)
def test_bad_times_are_said_beside_their_field(
    change: dict[str, str], field: str, words: str, as_organiser: Client, session: Session
) -> None:
    answer = as_organiser.post(f"{HERE}move/", MOVE | change)
    assert answer.status_code == 400
    assert words in answer.context["form"].errors[field][0]
    assert answer.context["form"]["reason"].value() == (MOVE | change)["reason"]
    session.refresh_from_db()
    assert session.revision == 1


def test_a_time_that_comes_twice_is_asked_about(as_organiser: Client, session: Session) -> None:
    series = make_series(session.series.community, slug="lisbon", zone="Europe/Lisbon")
    make_session(series)
    twice = MOVE | {"date": "2027-10-31", "time": "01:30"}
    answer = as_organiser.post("/organise/sessions/lisbon-1/move/", twice)
    assert "comes twice" in answer.context["form"].errors["time"][0]
    assert 'name="fold"' in answer.content.decode()
    as_organiser.post("/organise/sessions/lisbon-1/move/", twice | {"fold": "1"})
    assert Session.objects.get(slug="lisbon-1").fold == 1
    gap = MOVE | {"date": "2027-03-28", "time": "01:30", "seen": "2"}
    answer = as_organiser.post("/organise/sessions/lisbon-1/move/", gap)
    assert "Choose 02:30" in answer.context["form"].errors["time"][0]


def test_cancel_needs_a_reason_and_can_be_taken_back(as_organiser: Client, session: Session) -> None:
    answer = as_organiser.post(f"{HERE}cancel/", {"seen": "1", "reason": " "})
    assert answer.status_code == 400
    assert answer.context["form"].errors["reason"] == ["Give a reason. Everybody will see it."]
    as_organiser.post(f"{HERE}cancel/", {"seen": "1", "reason": "The speaker is ill."})
    session.refresh_from_db()
    assert (session.state, session.reason) == ("cancelled", "The speaker is ill.")
    as_organiser.post(f"{HERE}reinstate/", {"seen": "2"})
    session.refresh_from_db()
    assert session.cancelled_at is None


@pytest.mark.parametrize(("deed", "state"), [("postpone", "postponed"), ("withdraw", "withdrawn")])
def test_postpone_and_withdraw(deed: str, state: str, as_organiser: Client, session: Session) -> None:
    as_organiser.post(f"{HERE}{deed}/", {"seen": "1", "reason": "Said publicly."})
    session.refresh_from_db()
    assert session.state == state
    assert as_organiser.get(HERE).status_code == 200


def test_what_is_over_is_not_moved(
    as_organiser: Client, session: Session, organiser: User, stopped: Any
) -> None:
    stopped.move_to("2026-12-02T12:00:00Z")
    as_organiser.force_login(organiser)  # the first signing in has lapsed by then
    answer = as_organiser.post(f"{HERE}cancel/", {"seen": "1", "reason": "Too late"})
    assert "This session is over" in answer.content.decode()
    assert 'href="/organise/sessions/after-hours-1/move/"' not in as_organiser.get(HERE).content.decode()


def test_no_checklist_is_promised_where_none_will_come(
    as_organiser: Client, session: Session, organiser: User, stopped: Any
) -> None:
    set_owed(series=session.series, owed={"recording": 2}, now=NOW, actor_id=None)
    stopped.move_to("2026-12-01T14:00:30Z")
    as_organiser.force_login(organiser)
    assert "The checklist opens within two minutes" in as_organiser.get(HERE).content.decode()
    Session.objects.update(published_at=NOW + timedelta(days=60))  # it was over by then
    page = as_organiser.get(HERE).content.decode()
    assert "The checklist opens within two minutes" not in page
    assert "Nothing is owed." in page


def test_editing_words_links_and_room(as_organiser: Client, session: Session) -> None:
    given = details(session, title_en="Loans", title_sv="Lån", form="hybrid", room="1.205", report_only="on")
    assert as_organiser.post(f"{HERE}edit/", given).status_code == 302
    session.refresh_from_db()
    assert session.title == {"en": "Loans", "sv": "Lån"}
    assert (session.form, session.room, session.report_only) == ("hybrid", "1.205", True)
    assert "Title: Savings by phone → Loans · Lån" in as_organiser.get(HERE).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title_en", "x" * 300, "Shorten this to 200 characters; it has 300"),
        ("join_url", "ftp://example.org", "begins with http:// or https://"),
        ("room", "x" * 400, "Shorten this to 300"),
    ],
)
def test_bad_details_are_said_beside_their_field(
    field: str, value: str, words: str, as_organiser: Client, session: Session
) -> None:
    answer = as_organiser.post(f"{HERE}edit/", details(session, dial_in="+27 10", **{field: value}))
    assert answer.status_code == 400
    assert words in answer.context["form"].errors[field][0]
    assert answer.context["form"]["dial_in"].value() == "+27 10"
    session.refresh_from_db()
    assert session.revision == 1


def test_a_form_left_open_over_a_change_shows_both_and_loses_nothing(
    as_organiser: Client, session: Session, manager: User
) -> None:
    mine = details(session, title_en="Mine", abstract_en="Kept")
    moving.edit(session=session, title="Theirs", room="2.1", now=NOW, actor_id=manager.pk)
    answer = as_organiser.post(f"{HERE}edit/", mine)
    assert answer.status_code == 409
    versions = answer.context["versions"]
    assert versions.changes[0].who == "manager@example.org"
    assert ("Title (English)", "Theirs", "Mine") in versions.fields
    assert ("Place", "2.1", "–") in versions.fields
    form = answer.context["form"]
    assert (form["title_en"].value(), form["abstract_en"].value()) == ("Mine", "Kept")
    assert 'name="seen" value="2"' in answer.content.decode()
    session.refresh_from_db()
    assert session.title == {"en": "Theirs"}
    assert as_organiser.post(f"{HERE}edit/", mine | {"seen": "2"}).status_code == 302
    session.refresh_from_db()
    assert (session.title, session.abstract) == ({"en": "Mine"}, {"en": "Kept"})


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("move/", MOVE),
        ("cancel/", {"seen": "1", "reason": "Ill"}),
        ("postpone/", {"seen": "1", "reason": "Ill"}),
        ("withdraw/", {"seen": "1", "reason": "Ill"}),
        ("invited/", {"seen": "1", "persons": []}),
    ],
)
def test_every_form_notices_a_change_by_somebody_else(
    address: str, given: dict[str, Any], as_organiser: Client, session: Session, manager: User, member: User
) -> None:
    session.named.add(Person.objects.get(user=member))
    moving.edit(session=session, title="Theirs", now=NOW, actor_id=manager.pk)
    answer = as_organiser.post(HERE + address, given)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else changed this while your form was open" in page
    assert "Savings by phone → Theirs" in page
    assert given.get("reason", "") in page
    session.refresh_from_db()
    assert session.revision == 2


@pytest.mark.parametrize("deed", ["move", "cancel"])
def test_a_double_click_happens_once(deed: str, as_organiser: Client, session: Session) -> None:
    given = MOVE if deed == "move" else {"seen": "1", "reason": "Ill"}
    answers = [as_organiser.post(f"{HERE}{deed}/", given).status_code for _click in range(2)]
    assert answers == [302, 302]
    session.refresh_from_db()
    assert session.revision == 2


def test_speakers_come_and_go(as_organiser: Client, session: Session, member: User) -> None:
    add = f"{HERE}speakers/add/"
    as_organiser.post(add, {"name": "Amina Diallo", "role": "speaker", "affiliation": "Fair Credit"})
    as_organiser.post(add, {"name": "member", "role": "moderator", "affiliation": ""})
    assert list(session.speakers.values_list("person__name", "role", "affiliation")) == [
        ("Amina Diallo", "speaker", "Fair Credit"),
        ("Member", "moderator", ""),
    ]
    assert Person.objects.filter(name__iexact="member").count() == 1
    assert as_organiser.post(add, {"name": "", "role": "speaker"}).status_code == 400
    first = session.speakers.get(role="speaker")
    as_organiser.post(f"{HERE}speakers/{first.pk}/remove/")
    assert list(session.speakers.values_list("person__name", flat=True)) == ["Member"]


def test_a_peer_assist_is_seen_by_those_invited_only(
    as_organiser: Client, as_member: Client, session: Session, member: User
) -> None:
    as_organiser.post(f"{HERE}edit/", details(session, audience=Audience.NAMED))
    assert as_member.get("/sessions/after-hours-1/").status_code == 404
    guest = Person.objects.get(user=member)
    as_organiser.post(f"{HERE}invited/", {"seen": "2", "persons": [guest.pk]})
    assert as_member.get("/sessions/after-hours-1/").status_code == 200
    outsider = make_person()
    assert as_organiser.post(f"{HERE}invited/", {"seen": "3", "persons": [outsider.pk]}).status_code == 400


def test_members_of_a_large_community_are_found_by_name(
    as_organiser: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "OFFERED", 2)
    community = session.series.community
    amina, _bo, zola = (make_person(name=name) for name in ("Amina", "Bo", "Zola"))
    for person in (amina, _bo, zola):
        make_member(community, person=person)

    def offered(query: str) -> list[str]:
        answer = as_organiser.get(f"{HERE}invited/{query}")
        return [person.name for person in answer.context["form"].fields["persons"].queryset]

    assert offered("") == ["Amina", "Bo"]
    as_organiser.post(f"{HERE}invited/", {"seen": "1", "persons": [zola.pk]})
    assert offered("") == ["Amina", "Bo", "Zola"]
    assert offered("?q=ami") == ["Amina", "Zola"]


@pytest.fixture
def item(session: Session) -> Item:
    return Item.objects.create(
        session=session, kind=MaterialKind.RECORDING, due_at=NOW, first_due_at=NOW, opened_at=NOW
    )


def test_items_are_promised_waived_and_asked_for_again(as_organiser: Client, item: Item) -> None:
    here, key = f"{HERE}items/{item.pk}/", item.pk
    as_organiser.post(f"{here}promise/", {f"p{key}-day": "2026-12-09"})
    item.refresh_from_db()
    assert (str(item.due_at), item.moves) == ("2026-12-09 15:00:00+00:00", 1)
    page = as_organiser.post(f"{here}waive/", {f"w{key}-reason": ""}, follow=True).content.decode()
    assert "Give a reason" in page
    as_organiser.post(f"{here}waive/", {f"w{key}-reason": "The speaker asked."})
    item.refresh_from_db()
    assert (item.state, item.reason) == ("waived", "The speaker asked.")
    as_organiser.post(f"{here}reopen/")
    item.refresh_from_db()
    assert item.state == "waiting"


@pytest.mark.parametrize(("day", "words"), [("2026-11-01", "still to come"), ("soon", "Write the date as")])
def test_a_bad_promise_says_why(day: str, words: str, as_organiser: Client, item: Item) -> None:
    given = {f"p{item.pk}-day": day}
    page = as_organiser.post(f"{HERE}items/{item.pk}/promise/", given, follow=True).content.decode()
    assert words in page
    item.refresh_from_db()
    assert item.moves == 0


def test_an_item_has_one_address(as_organiser: Client, item: Item) -> None:
    other = make_session(item.session.series)
    assert as_organiser.post(f"/organise/sessions/{other.slug}/items/{item.pk}/reopen/").status_code == 404


def test_rows_do_not_raise_the_number_of_queries(
    as_organiser: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    def count(address: str) -> int:
        with django_assert_max_num_queries(60) as captured:
            assert as_organiser.get(address).status_code == 200
        return len(captured)

    addresses = [
        "/organise/",
        "/organise/series/after-hours/",
        HERE,
        "/organise/communities/savings/members/",
    ]
    kinds = iter(MaterialKind)

    def add() -> None:
        make_session(session.series)
        make_member(session.series.community)
        make_series(session.series.community, published_at=None)
        session.speakers.create(person=make_person())
        Item.objects.create(session=session, kind=next(kinds), due_at=NOW, first_due_at=NOW, opened_at=NOW)
        Change.objects.create(at=NOW, kind="edited", subject=f"session:{session.uid}")

    add()
    few = {address: count(address) for address in addresses}
    for _row in range(5):
        add()
    assert {address: count(address) for address in addresses} == few


def test_a_postponed_session_gets_a_new_time_after_the_old_one(
    as_organiser: Client, session: Session, organiser: User, stopped: Any
) -> None:
    as_organiser.post(f"{HERE}postpone/", {"seen": "1", "reason": "Ill"})
    stopped.move_to("2026-12-02T12:00:00Z")
    as_organiser.force_login(organiser)
    assert "Give it a new time" in as_organiser.get(HERE).content.decode()
    given = MOVE | {"seen": "2", "date": "2026-12-20"}
    assert as_organiser.post(f"{HERE}move/", given).status_code == 302
    session.refresh_from_db()
    assert (str(session.local_date), session.postponed_at) == ("2026-12-20", None)


def test_a_session_under_way_is_ended(
    as_organiser: Client, session: Session, organiser: User, stopped: Any
) -> None:
    stopped.move_to("2026-12-01T13:40:00Z")
    as_organiser.force_login(organiser)
    assert "End now" in as_organiser.get(HERE).content.decode()
    as_organiser.post(f"{HERE}close/", {"seen": "1"})
    session.refresh_from_db()
    assert session.closed_at is not None
    assert "End now" not in as_organiser.get(HERE).content.decode()


def test_a_move_to_the_same_hour_is_none(as_organiser: Client, session: Session) -> None:
    page = as_organiser.post(f"{HERE}move/", MOVE | {"time": "15:00", "reason": ""}, follow=True)
    assert "Nothing was changed." in page.content.decode()
    session.refresh_from_db()
    assert session.revision == 1


def test_more_guests_than_the_room_holds_are_said_beside_the_list(
    as_organiser: Client, session: Session
) -> None:
    room = Room.objects.create(community=session.series.community, name="1.205", capacity=1)
    Session.objects.update(place=room, form="in-person", audience=Audience.NAMED)
    guests = [make_member(session.series.community).person_id for _number in range(2)]
    page = as_organiser.post(f"{HERE}invited/", {"seen": "1", "persons": guests})
    assert page.status_code == 400
    assert "1.205 holds 1" in page.content.decode()
    assert not session.named.exists()
