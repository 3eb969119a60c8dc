"""Pages of questions: who asks, votes and moderates by which door; the run-sheet, the speaker's page, the archive."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.search import indexing
from recordings.search.models import SearchDocument
from seminars.notifications.models import Message
from seminars.people.models import Community, User
from seminars.series.models import SeriesRole
from seminars.sessions.day import running
from seminars.sessions.models import Session, Speaker
from seminars.sessions.questions import answering, asking, moderating, opening
from seminars.sessions.questions.asking import Voter
from seminars.sessions.questions.models import Asker, Question, QuestionVote, Standing
from seminars.sessions.registration.models import Registration
from seminars.sessions.speaking.asking import make_link
from tests.conftest import signed_in
from tests.factories import NOW, make_person, make_recording, make_series, make_session

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
LATER = START + timedelta(hours=3)
PAGE = "/sessions/after-hours-1/questions/"
DESK = "/organise/sessions/after-hours-1/asked/"
ASK = {"do": "ask", "language": "en", "website": "", "name": "", "text": "Who holds the key?"}


@pytest.fixture
def session(community: Community) -> Session:
    """Runs now; questions wait for approval."""
    return make_session(make_series(community, slug="after-hours"), title={"en": "By phone"}, minutes=60)


@pytest.fixture(autouse=True)
def stopped() -> Any:
    """The clock stands at the start."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def shown(session: Session, text: str = "Who holds the key?", email: str = "ana@example.org") -> Question:
    voter = Voter(email, proved=True)
    made = asking.ask(session=session, voter=voter, text=text, language="en", now=START)
    assert made
    moderating.show(question=made, now=START, actor_id=None)
    return Question.objects.get(pk=made.pk)


class TestAsking:
    """By each door."""

    def test_signed_in(self, session: Session, as_member: Client) -> None:
        answer = as_member.post(PAGE, ASK, follow=True)
        assert "The moderators have your question" in answer.content.decode()
        made = Question.objects.get()
        assert (made.standing, made.person, made.name) == ("waiting", made.person, "")
        assert made.person
        assert "waits for approval" in answer.content.decode()

    def test_by_address_with_one_mail(self, session: Session, as_nobody: Client) -> None:
        sent = ASK | {"email": "Ana@Example.org"}
        first = as_nobody.post(PAGE, sent, follow=True).content.decode()
        again = as_nobody.post(PAGE, sent | {"text": "And why?"}, follow=True).content.decode()
        assert (
            re.sub(r"csrf\w+. value=.\w+", "", first).count("Look into your mail")
            == 1
            == again.count("Look into")
        )
        assert [each.kind for each in Message.objects.all()] == ["question-link"]
        asker = Asker.objects.get()
        own = f"/questions/{asker.token}/"
        page = as_nobody.get(own).content.decode()
        assert "Did you ask this?" in page
        as_nobody.post(own, {"do": "confirm", "question": str(Question.objects.first().uuid)})  # type: ignore[union-attr]
        assert Question.objects.asked().count() == 1

    def test_the_mails_own_button_stops_mails(self, session: Session, as_nobody: Client) -> None:
        asker = shown(session).asker
        assert asker
        client = Client(enforce_csrf_checks=True)
        client.post(f"/questions/{asker.token}/", {"List-Unsubscribe": "One-Click"})
        assert not Asker.objects.get().wants_word

    def test_by_registration_also_of_a_closed_session(
        self, closed_community: Community, as_nobody: Client
    ) -> None:
        closed = make_session(make_series(closed_community))
        booked = Registration.objects.create(
            session=closed,
            email="ana@example.org",
            name="Ana",
            language="en",
            token="secret",
            made_at=NOW,
            confirmed_at=NOW,
        )
        assert as_nobody.get(f"/sessions/{closed.slug}/questions/").status_code == 404
        assert as_nobody.post("/registration/secret/questions/", ASK).status_code == 302
        asker = Asker.objects.get()
        assert (asker.registration, Question.objects.asked().count()) == (booked, 1)
        assert as_nobody.get(f"/questions/{asker.token}/").status_code == 200
        Registration.objects.update(withdrawn_at=NOW)
        assert as_nobody.get(f"/questions/{asker.token}/").status_code == 404

    def test_traps_and_bad_words(self, session: Session, as_member: Client, as_nobody: Client) -> None:
        assert as_member.post(PAGE, ASK | {"website": "x"}).status_code == 422
        assert as_member.post(PAGE, ASK | {"text": "a" * 1001}).status_code == 422
        assert as_nobody.post(PAGE, ASK | {"email": "a@b, c@d"}).status_code == 422
        assert not Question.objects.exists()

    def test_links_are_text(self, session: Session, as_nobody: Client) -> None:
        shown(session, "See https://example.org/<script>alert(1)</script>")
        page = as_nobody.get(PAGE).content.decode()
        assert 'href="https://example.org' not in page
        assert "<script>alert" not in page

    def test_too_many(self, session: Session, as_nobody: Client) -> None:
        for number in range(30):
            as_nobody.post(PAGE, ASK | {"email": f"a{number}@example.org"})
        assert as_nobody.post(PAGE, ASK | {"email": "z@example.org"}).status_code == 429

    def test_withdrawn_hides_all(self, session: Session, as_nobody: Client) -> None:
        shown(session)
        Session.objects.update(withdrawn_at=START)
        answer = as_nobody.get(PAGE, follow=True)
        assert answer.status_code == 410
        assert "Who holds" not in answer.content.decode()
        assert as_nobody.get("/api/sessions/after-hours-1/questions/").status_code == 410


class TestVoting:
    """One click, without a script."""

    def test_once(self, session: Session, as_member: Client) -> None:
        given = {"do": "vote", "question": str(shown(session).uuid)}
        as_member.post(PAGE, given)
        as_member.post(PAGE, given)
        assert Question.objects.get().votes == 1
        assert "You voted" in as_member.get(PAGE).content.decode()
        as_member.post(PAGE, given | {"do": "back"})
        assert Question.objects.get().votes == 0

    def test_strangers_need_an_address(self, session: Session, as_nobody: Client) -> None:
        question = shown(session)
        given = {"do": "vote", "question": str(question.uuid)}
        as_nobody.post(PAGE, given)
        as_nobody.post(PAGE, {"do": "address", "email": "ben@example.org", "website": ""})
        own = f"/questions/{Asker.objects.get(email='ben@example.org').token}/"
        as_nobody.post(own, given)
        assert Question.objects.get().votes == 0
        as_nobody.post(own, {"do": "confirm"})
        as_nobody.post(own, given)
        assert Question.objects.get().votes == 1

    @pytest.mark.parametrize("uuid", ["", "x", "0" * 36, "00000000-0000-0000-0000-000000000000"])
    def test_of_nothing(self, session: Session, as_member: Client, uuid: str) -> None:
        assert as_member.post(PAGE, {"do": "vote", "question": uuid}).status_code == 404

    def test_a_report_reaches_the_moderators(
        self, session: Session, as_nobody: Client, as_organiser: Client
    ) -> None:
        as_nobody.post(PAGE, {"do": "report", "question": str(shown(session).uuid)})
        assert "reported 1 time" in as_organiser.get(DESK).content.decode()


class TestModerating:
    """The desk: one list of questions by link and by phone."""

    def test_buttons(self, session: Session, as_organiser: Client, as_member: Client) -> None:
        as_member.post(PAGE, ASK)
        question = Question.objects.get()
        button = f"{DESK}{question.uuid}/"
        assert "Who holds the key?" not in Client().get(PAGE).content.decode()
        as_organiser.post(button, {"do": "show"})
        assert "Who holds the key?" in Client().get(PAGE).content.decode()
        as_organiser.post(button, {"do": "hide", "reason": "Not here."})
        assert "Not here." in as_member.get(PAGE).content.decode()
        as_organiser.post(button, {"do": "show"})
        as_organiser.post(button, {"do": "shorten", "shortened": "The key?"})
        assert "shortened by the moderator" in Client().get(PAGE).content.decode()
        as_organiser.post(button, {"do": "live", "second": "41:20"})
        question.refresh_from_db()
        assert question.live_second == 2480
        assert as_organiser.post(button, {"do": "live", "second": "soon"}, follow=True).status_code == 200

    def test_one_list_with_those_by_phone(self, session: Session, as_organiser: Client) -> None:
        shown(session)
        running.note_question(session=session, text="Who pays?", name="Zola", now=START, actor_id=None)
        page = as_organiser.get(DESK).content.decode()
        assert page.index("Who holds the key?") < page.index("Who pays?")
        phone = session.phone_questions.get()
        as_organiser.post(f"{DESK}questions/{phone.pk}/promote/", {"named": "yes"})
        assert Question.objects.get(phone=phone).name == "Zola"
        sheet = as_organiser.get("/organise/sessions/after-hours-1/run-sheet/").content.decode()
        assert sheet.count('<br><span class="muted small"><bdi>Zola</bdi>') == 1

    def test_hosts_moderate_and_note_takers_do_not(self, session: Session, stranger: User) -> None:
        client = signed_in(stranger)
        role = SeriesRole.objects.create(
            series=session.series, person=stranger.person, role="host", since=NOW
        )
        assert client.get(DESK).status_code == 200
        SeriesRole.objects.filter(pk=role.pk).update(role="note-taker")
        assert client.get(DESK).status_code == 404

    def test_closing_and_the_rule(self, session: Session, as_organiser: Client, as_nobody: Client) -> None:
        as_organiser.post(f"{DESK}door/", {"do": "close"})
        assert as_nobody.post(PAGE, ASK | {"email": "a@example.org"}).status_code == 422
        as_organiser.post(f"{DESK}door/", {"do": "hours"})
        as_organiser.post("/organise/series/after-hours/questions/", {"session": "after-hours-1"})
        assert not opening.rule_of(session.series).approval

    def test_live_is_polled_below_organise_only(self, session: Session, as_organiser: Client) -> None:
        shown(session)
        assert 'hx-trigger="every 20s"' in as_organiser.get(f"{DESK}now/").content.decode()
        assert "hx-" not in as_organiser.get(PAGE).content.decode()


class TestRecord:
    """After the end."""

    def test_the_speaker_answers_by_link(
        self, session: Session, as_nobody: Client, stopped: time_machine.Traveller
    ) -> None:
        question, ana = shown(session), make_person(name="Ana Ruiz")
        Speaker.objects.create(session=session, person=ana)
        link = make_link(session=session, person=ana, now=START, actor_id=None)
        assert "Questions that were asked" not in as_nobody.get(f"/speak/{link.token}/").content.decode()
        stopped.move_to(LATER)
        assert "Who holds the key?" in as_nobody.get(f"/speak/{link.token}/").content.decode()
        as_nobody.post(f"/speak/{link.token}/questions/", {"question": question.pk, "text": "Two of us."})
        page = as_nobody.get("/sessions/after-hours-1/").content.decode()
        assert (
            page.index("Questions and answers")
            < page.index("Two of us.")
            < page.index("Ana Ruiz</bdi>, 1 Dec")
        )
        api = as_nobody.get("/api/sessions/after-hours-1/questions/").json()
        assert api["questions"][0]["answers"][0]["name"] == "Ana Ruiz"

    def test_what_another_hour_was_asked_is_found_from_the_one_page_for_good(
        self, session: Session, as_nobody: Client, stopped: time_machine.Traveller
    ) -> None:
        hours = [make_session(session.series, lead=session, echo="twin", slug=f"hour-{n}") for n in (2, 3)]
        shown(hours[0], "And without a phone?")
        stopped.move_to(START + timedelta(days=30))
        page = as_nobody.get("/sessions/after-hours-1/").content.decode()
        linked = [f"/sessions/{each.slug}/questions/" in page for each in hours]
        assert linked == [True, False]
        assert "And without a phone?" in as_nobody.get("/sessions/hour-2/questions/").content.decode()

    def test_asking_is_the_main_button_when_it_has_just_ended(
        self, session: Session, as_nobody: Client, stopped: time_machine.Traveller
    ) -> None:
        stopped.move_to(LATER)
        session.series.owed.create(kind="recording", days=2)
        page = as_nobody.get("/sessions/after-hours-1/").content.decode()
        assert re.search(rf'primary big" href="{PAGE}">.*?Ask a question', page, re.S)
        opening.set_door(session=session, opened=False)
        page = as_nobody.get("/sessions/after-hours-1/").content.decode()
        assert not re.search(rf'primary big" href="{PAGE}">', page)

    def test_search_and_the_report_know_them(self, session: Session, as_organiser: Client) -> None:
        answering.answer(question=shown(session), person=None, text="Two members.", now=LATER)
        recording = make_recording(session)
        assert recording.pk in indexing.due()
        indexing.index(recording.pk, now=LATER)
        assert "Two members." in SearchDocument.objects.get(field="questions").text
        page = as_organiser.get("/organise/sessions/after-hours-1/report/").content.decode()
        assert "Who holds the key?" in page


def test_five_hundred_with_five_thousand_votes(
    session: Session, as_member: Client, as_organiser: Client
) -> None:
    def fill(number: int) -> None:
        first = Question.objects.count()
        voters = [
            asking.admit(session=session, voter=Voter(f"v{n}@example.org", proved=True), now=START)
            for n in range(10)
        ]
        Question.objects.bulk_create(
            Question(
                session=session,
                asker=voters[0],
                text=f"Question {first + n}",
                made_at=START,
                confirmed_at=START,
                standing=Standing.SHOWN,
                votes=10,
                answered_at=START,
            )
            for n in range(number)
        )
        rows = Question.objects.order_by("pk")[first:]
        QuestionVote.objects.bulk_create(
            QuestionVote(question=each, asker=voter, made_at=START) for each in rows for voter in voters
        )

    def counted(client: Client, path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = [
        (as_member, PAGE),
        (as_organiser, DESK),
        (Client(), "/sessions/after-hours-1/"),
        (Client(), "/api/sessions/after-hours-1/questions/"),
    ]
    fill(2)
    before = [counted(client, path) for client, path in paths]
    fill(498)
    assert [counted(client, path) for client, path in paths] == before
    assert max(before) <= 20
    assert QuestionVote.objects.count() == 5000
    assert len(as_member.get(PAGE).content) < 250_000
