"""Who came, on pages: the join link, the door, lists, certificates and feedback; who sees and does what."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seminars.notifications import outbox
from seminars.people.models import Community, User
from seminars.series.models import SeriesRole
from seminars.sessions.attendance import doors, noting
from seminars.sessions.attendance.models import Attendance, Headcount, Way
from seminars.sessions.certificates import certifying
from seminars.sessions.certificates.models import Certificate
from seminars.sessions.feedback.models import Feedback
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Registration
from tests.conftest import signed_in
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
ZOO = Path(__file__).parents[2] / "zoo" / "attendance"
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11) Firefox/140.0", "HTTP_ACCEPT_LANGUAGE": "en"}
HERE = "/organise/sessions/talks-1/"


@pytest.fixture
def session(community: Community, stopped: time_machine.Traveller) -> Session:
    """On 1 December; it is the day before, so that who is signed in stays so."""
    stopped.move_to(NOW + timedelta(days=14))
    return make_session(make_series(community, slug="talks", form="hybrid"))


@pytest.fixture
def registered(session: Session) -> Registration:
    given = {"name": "Akello Example", "zone": "Africa/Kampala", "language": "en"}
    found = registering.register(session=session, email="akello@example.org", now=NOW, **given)[0]
    return registering.confirm(registration=found, now=NOW)


def start(session: Session) -> datetime:
    assert session.starts_at
    return session.starts_at


def end(session: Session) -> datetime:
    assert session.ends_at
    return session.ends_at


def test_the_join_link_notes_people_and_nothing_else(
    session: Session,
    registered: Registration,
    as_nobody: Client,
    as_member: Client,
    stopped: time_machine.Traveller,
) -> None:
    link = f"/sessions/talks-1/join?r={registered.token}"
    stopped.move_to(start(session) - timedelta(minutes=20))
    as_nobody.get(link, **BROWSER)  # type: ignore[arg-type]
    assert Attendance.objects.count() == 0  # before the doors
    stopped.move_to(start(session))
    for wrong in (
        {},
        BROWSER | {"HTTP_USER_AGENT": "Barracuda scan"},
        BROWSER | {"HTTP_SEC_PURPOSE": "prefetch"},
    ):
        assert as_nobody.get(link, **wrong)["Location"] == session.join_url  # type: ignore[arg-type]
    as_nobody.head(link, **BROWSER)  # type: ignore[arg-type]
    assert (Attendance.objects.count(), Headcount.objects.count()) == (0, 0)
    for _twice in range(2):
        assert as_nobody.get(link, **BROWSER)["Location"] == session.join_url  # type: ignore[arg-type]
    assert Attendance.objects.get().registration == registered
    as_member.get("/sessions/talks-1/join", **BROWSER)  # type: ignore[arg-type]
    assert session.attendances.get(email="member@example.org").way == Way.JOIN
    answer = as_nobody.get("/sessions/talks-1/join?r=somebody-else", **BROWSER)  # type: ignore[arg-type]
    assert (Headcount.objects.get().joins, answer.cookies) == (1, {})


def test_the_door_is_for_hosts_and_takes_a_name_or_a_ticket(
    session: Session, registered: Registration, stranger: User, stopped: time_machine.Traveller
) -> None:
    SeriesRole.objects.create(series=session.series, person=stranger.person, role="host", since=NOW)
    host = signed_in(stranger)
    stopped.move_to(start(session))
    code = doors.code_of(registered)
    for address in (f"{HERE}door/?q=akELLO", f"{HERE}door/?q={code}", f"{HERE}door/ticket/{code}/"):
        page = host.get(address).content.decode()
        assert "Akello Example" in page
        assert "akello@example.org" not in page
    assert host.post(f"{HERE}door/", {"registration": registered.pk}).status_code == 302
    assert session.attendances.get().way == Way.ROOM
    host.post(f"{HERE}door/heads/", {"room": 12})
    host.post(f"{HERE}door/add/", {"name": "Walk In", "way": "room"})
    assert Headcount.objects.get().room == 12
    assert host.post(f"{HERE}door/add/", {"name": "", "way": "room"}).status_code == 422
    assert "akello@example.org" not in host.get(f"{HERE}attendance/").content.decode()
    assert host.get(f"{HERE}attendance.csv").status_code == 404


def test_who_takes_notes_reads_names_and_changes_nothing(
    session: Session, registered: Registration, stranger: User
) -> None:
    row = noting.note(
        session=session, registration=registered, way=Way.ROOM, source="door", now=start(session)
    )
    SeriesRole.objects.create(series=session.series, person=stranger.person, role="note-taker", since=NOW)
    notes = signed_in(stranger)
    page = notes.get(f"{HERE}attendance/").content.decode()
    assert "Akello Example" in page
    assert "akello@example.org" not in page
    assert notes.post(f"{HERE}attendance/{row.pk}/").status_code == 404
    assert notes.get(f"{HERE}door/").status_code == 404


def test_a_poster_works_at_its_time_and_answers_everybody_alike(
    session: Session,
    registered: Registration,
    as_organiser: Client,
    as_nobody: Client,
    stopped: time_machine.Traveller,
) -> None:
    assert "<svg" in as_organiser.get(f"{HERE}door/poster/").content.decode()
    address = f"/here/{Headcount.objects.get().poster}/"
    assert as_nobody.post(address, {"who": "akello@example.org"}).status_code == 409  # the day before
    stopped.move_to(start(session))
    said = [
        as_nobody.post(address, {"who": who}, follow=True).content
        for who in ("nobody@example.org", "akello@example.org", doors.code_of(registered))
    ]
    assert said[0].count(b"Thank you") == said[1].count(b"Thank you") == 1
    assert session.attendances.get().registration == registered
    assert as_nobody.post(address, {"who": "x", "website": "spam"}).status_code == 422
    stopped.move_to(end(session) + timedelta(minutes=30))
    assert as_nobody.post(address, {"who": "akello@example.org"}).status_code == 409
    as_organiser.post(f"{HERE}door/poster/")
    assert as_nobody.get(address).status_code == 404


def test_a_room_and_zoom_session_ends_in_a_certificate_that_is_checked(
    session: Session,
    registered: Registration,
    as_organiser: Client,
    as_nobody: Client,
    stopped: time_machine.Traveller,
) -> None:
    stopped.move_to(start(session))
    as_organiser.post(f"{HERE}door/add/", {"name": "Room Person", "email": "room@example.org", "way": "room"})
    stopped.move_to(end(session) + timedelta(hours=1))
    as_organiser.post(
        "/organise/series/talks/certificates/", {"on": "on", "share": "80", "signed_by": "Thandi"}
    )
    for name in ("zoom-with-header.csv", "teams.csv"):
        file = SimpleUploadedFile(name, (ZOO / name).read_bytes())
        shown = as_organiser.post(f"{HERE}meeting-list/", {"file": file, "zone": session.zone}, follow=True)
        assert "Akello Example" in shown.content.decode()
        assert as_organiser.post(shown.redirect_chain[-1][0]).status_code == 302
    assert session.attendances.filter(email="akello@example.org").count() == 1
    page = as_organiser.get(f"{HERE}certificates/").content.decode()
    assert "Room Person" in page
    as_organiser.post(f"{HERE}certificates/issue/", {"do": "mail"})
    as_organiser.post(f"{HERE}certificates/issue/", {"do": "mail"})  # each is mailed once
    outbox.deliver(clock=lambda: end(session) + timedelta(hours=2))
    mails = [each for each in mail.outbox if each.subject.startswith("Your certificate")]
    assert sorted(each.to[0] for each in mails if "@example.org" in each.to[0])[0] == "akello@example.org"
    assert len({each.to[0] for each in mails}) == len(mails)
    answer = as_nobody.post(f"/registration/{registered.token}/certificate/")
    paper = as_nobody.get(answer["Location"] + "certificate.pdf")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert "Akello Example" in as_nobody.get(answer["Location"]).content.decode()
    row = session.attendances.get(registration=registered)
    as_organiser.post(f"{HERE}attendance/{row.pk}/")
    revoked = as_nobody.get(answer["Location"]).content.decode()
    assert "does not hold any more" in revoked
    assert "Akello Example" not in revoked
    assert as_nobody.get(answer["Location"] + "certificate.pdf").status_code == 404
    csv = as_organiser.get(f"{HERE}attendance.csv").content.decode()
    assert "room@example.org" in csv


def test_wrong_codes_say_nothing_and_are_counted(as_nobody: Client) -> None:
    statuses = [as_nobody.get(f"/certificates/{'A' * 15}{n % 10}/").status_code for n in range(61)]
    assert statuses == [404] * 60 + [429]


def test_somebody_signed_in_finds_their_certificates(
    session: Session, member: User, as_member: Client, as_stranger: Client, stopped: time_machine.Traveller
) -> None:
    certifying.set_rule(series=session.series, on=True)
    row = noting.note(session=session, person=member.person, way=Way.ROOM, source="door", now=start(session))
    stopped.move_to(end(session))
    assert "Get the certificate" in as_member.get("/me/certificates/").content.decode()
    assert as_stranger.post(f"/me/certificates/{row.pk}/").status_code == 404
    assert as_member.post(f"/me/certificates/{row.pk}/").status_code == 302
    assert Certificate.objects.get().attendance == row


def test_feedback_opens_at_the_end_without_a_name_or_a_cookie(
    session: Session,
    registered: Registration,
    as_nobody: Client,
    as_organiser: Client,
    stopped: time_machine.Traveller,
) -> None:
    address = "/sessions/talks-1/feedback/"
    assert as_nobody.post(address, {"q-useful": "5"}).status_code == 409
    stopped.move_to(end(session))
    assert address in as_nobody.get("/sessions/talks-1/").content.decode()
    assert as_nobody.post(address, {"q-useful": "9"}).status_code == 422
    for key in ("a", "a", "b"):
        assert (
            as_nobody.post(address, {"form_key": key, "q-useful": "5", "q-next": "=1+1"}).status_code == 302
        )
    page = as_organiser.get(f"{HERE}feedback/").content.decode()
    assert "2 people answered" in page
    assert "=1+1" not in page
    own = f"/registration/{registered.token}/feedback/"
    assert as_nobody.post(own, {"q-useful": "4", "q-next": "More"}).status_code == 302
    assert Feedback.objects.count() == 3
    assert "4.7 of 5" in as_organiser.get(f"{HERE}feedback/").content.decode()
    assert "'=1+1" in as_organiser.get(f"{HERE}feedback.csv").content.decode()
    form = {"on": "on", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-words": "Well?"}
    form |= {"form-0-kind": "choice", "form-0-choices": "Yes\nNo"}
    assert as_organiser.post("/organise/series/talks/feedback/", form).status_code == 302
    assert "Well?" in as_nobody.get(address).content.decode()


def test_lists_cost_the_same_however_many_came(
    session: Session, as_organiser: Client, django_assert_max_num_queries: object
) -> None:
    Attendance.objects.bulk_create(
        Attendance(session=session, name=f"P{n}", email=f"p{n}@example.org", way="import", made_at=NOW)
        for n in range(150)
    )
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        page = as_organiser.get(f"{HERE}attendance/")
    assert page.content.decode().count("Was not here") == 100


def test_a_code_is_typed_and_a_wrong_one_is_typed_again(db: None, as_nobody: Client) -> None:
    asked = as_nobody.get("/certificates/").content.decode()
    assert 'name="code"' in asked
    assert as_nobody.get("/certificates/?code= abcd-efgh ")["Location"] == "/certificates/abcd-efgh/"
    assert as_nobody.get("/certificates/?code=../../").status_code == 200
    unknown = as_nobody.get("/certificates/abcd-efgh/")
    assert unknown.status_code == 404
    assert 'value="abcd-efgh"' in unknown.content.decode()
