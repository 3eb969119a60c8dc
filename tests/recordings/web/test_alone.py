"""Administrators see to what never was a session: its words, the session it is of, its address; nobody else may."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.assets.models import Asset
from recordings.catalogue.models import OriginalKind, Recording
from recordings.publishing import placing
from recordings.search import indexing
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.sessions.speaking.models import Engagement
from tests.factories import NOW, make_original, make_person, make_recording, make_series, make_session

pytestmark = pytest.mark.django_db
LIST = "/organise/archive/recordings/"
BASE = f"{LIST}a-film/"
SAID = b"WEBVTT\n\n00:15.500 --> 00:20.000\nThe metal box has three locks.\n"


@pytest.fixture
def film() -> Recording:
    """A recording of no session, with a voice and its words."""
    recording = make_recording(slug="a-film", title={"en": "A flim"})
    make_original(recording, SAID)
    make_original(
        recording, b"voice", kind=OriginalKind.AUDIO, media_type="audio/mp4", probe={"seconds": 90.0}
    )
    indexing.index(recording.pk, now=NOW)
    return recording


@pytest.fixture
def held(community: Community) -> Session:
    """A session that is over, of which nothing is kept."""
    return make_session(make_series(community), slug="boxes", wall=datetime(2026, 3, 3, 15, 0))


def words(**changed: str) -> dict[str, str]:
    return {
        "title_en": "A film",
        "recorded_on": "2019-05-04",
        "language": "en",
        "licence": "cc-by-4.0",
        "seen": "0",
    } | changed


def test_its_words_are_corrected(film: Recording, as_administrator: Client, as_nobody: Client) -> None:
    assert "A flim" in as_administrator.get(LIST).content.decode()
    assert BASE in as_administrator.get("/archive/a-film/").content.decode()
    assert "A flim" in as_administrator.get(BASE).content.decode()
    answer = as_administrator.post(f"{BASE}words/", words(title_sv="En film", abstract_en="On *boxes*."))
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    film.refresh_from_db()
    assert film.title == {"en": "A film", "sv": "En film"}
    assert (film.recorded_on, film.licence, film.abstract) == (
        date(2019, 5, 4),
        "cc-by-4.0",
        {"en": "On *boxes*."},
    )
    page = as_nobody.get("/archive/a-film/").content.decode()
    assert "4 May 2019" in page
    assert LIST not in page
    assert film.pk in indexing.due()
    as_administrator.post(f"{BASE}words/", words(title_sv="En film", abstract_en="On *boxes*.", seen="1"))
    assert [each.kind for each in film.events.all()] == ["reworded"]


def test_of_two_tabs_none_wins_unseen(film: Recording, as_administrator: Client) -> None:
    assert 'name="seen" value="0"' in as_administrator.get(BASE).content.decode()
    as_administrator.post(f"{BASE}words/", words(title_en="A film on boxes"))
    second = as_administrator.post(f"{BASE}words/", words(title_en="A film on locks"))
    said = second.content.decode()
    assert second.status_code == 409
    for told in ("Somebody else changed this", "A film on boxes", "A film on locks", "Save mine over it"):
        assert told in said
    film.refresh_from_db()
    assert film.title == {"en": "A film on boxes"}
    assert 'name="seen" value="1"' in said
    as_administrator.post(f"{BASE}words/", words(title_en="A film on locks", seen="1"))
    film.refresh_from_db()
    assert film.title == {"en": "A film on locks"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_en": " "}, "Give a title."), ({"recorded_on": "yesterday"}, "Enter a valid date"),
        ({"language": "xx"}, "not one of the available choices"), ({"licence": "mine"}, "not one of the available"),
        ({"title_en": "x" * 201}, "Shorten this"),
    ],
)  # fmt: skip
def test_bad_words_are_said_beside_the_field(
    film: Recording, as_administrator: Client, wrong: dict[str, str], said: str
) -> None:
    answer = as_administrator.post(f"{BASE}words/", words(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    film.refresh_from_db()
    assert film.title == {"en": "A flim"}


def test_it_is_put_to_its_session(
    film: Recording, held: Session, as_administrator: Client, as_nobody: Client, stopped: object
) -> None:
    assert '<option value="boxes">' in as_administrator.get(BASE).content.decode()
    answer = as_administrator.post(f"{BASE}session/", {"session": "boxes"})
    assert (answer.status_code, answer["Location"]) == (302, "/organise/sessions/boxes/files/archive/")
    led = as_nobody.get("/archive/a-film/?t=15")
    assert (led.status_code, led["Location"]) == (301, "/sessions/boxes/?t=15")
    page = as_nobody.get("/sessions/boxes/").content.decode()
    assert "three locks" in page
    assert "<strong>Listen" in page
    assert as_administrator.get(BASE).status_code == 404
    assert "A flim" not in as_administrator.get(LIST).content.decode()
    assert film.events.get().facts == {"session": "boxes"}


@pytest.mark.parametrize("case", ["none", "to come", "a draft", "withdrawn", "full", "refused"])
def test_where_it_cannot_go(
    film: Recording, held: Session, as_administrator: Client, stopped: object, case: str
) -> None:
    rows, slug, said = Session.objects.filter(pk=held.pk), "boxes", "published and over"
    if case == "none":
        slug, said = "nothing", "no session of this short name"
    elif case == "to come":
        slug = make_session(held.series).slug
    elif case == "a draft":
        rows.update(published_at=None)
    elif case == "withdrawn":
        rows.update(withdrawn_at=NOW)
    elif case == "full":
        make_recording(held)
        said = "in the archive already"
    else:
        person, said = make_person(name="Amina"), "Amina does not want"
        held.speakers.create(person=person)
        Engagement.objects.create(
            session=held, person=person, asked_at=NOW, consented_at=NOW, may_publish=False
        )
    answer = as_administrator.post(f"{BASE}session/", {"session": slug})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    film.refresh_from_db()
    assert (film.session, film.events.count()) == (None, 0)


def test_what_is_withdrawn_goes_nowhere_from_an_old_tab(
    film: Recording, held: Session, as_administrator: Client, stopped: object
) -> None:
    as_administrator.post(f"{BASE}withdraw/", {"reason": "Two people asked."})
    assert f'action="{BASE}session/"' not in as_administrator.get(BASE).content.decode()
    answer = as_administrator.post(f"{BASE}session/", {"session": "boxes"})
    assert answer.status_code == 422
    assert "Bring it back first." in answer.content.decode()
    film.refresh_from_db()
    assert film.session is None


def test_the_session_is_looked_at_as_it_is_now(film: Recording, held: Session) -> None:
    assert held.published_at
    Session.objects.update(withdrawn_at=NOW)  # since it was read
    with pytest.raises(UserError, match="published and over"):
        placing.place(recording=film, session=held, now=NOW, actor_id=None)


def test_address_and_withdrawal_are_as_of_any_other(
    film: Recording, as_administrator: Client, as_nobody: Client
) -> None:
    moved = as_administrator.post(f"{BASE}address/", {"slug": "boxes-film"})
    assert moved["Location"] == f"{LIST}boxes-film/"
    assert as_administrator.post(f"{LIST}boxes-film/withdraw/", {"reason": ""}).status_code == 422
    as_administrator.post(f"{LIST}boxes-film/withdraw/", {"reason": "Two people asked."})
    gone = as_nobody.get("/archive/a-film/", follow=True)
    assert (gone.status_code, "Two people asked." in gone.content.decode()) == (410, True)
    assert as_nobody.get("/archive/").content.decode().count("A flim") == 0
    as_administrator.post(f"{LIST}boxes-film/return/")
    assert as_nobody.get("/archive/boxes-film/").status_code == 200


def test_of_what_only_word_came_no_upload_is_offered_where_none_is(
    film: Recording, as_administrator: Client
) -> None:
    as_administrator.post(f"{BASE}withdraw/", {"reason": "Two people asked."})
    Asset.objects.update(absent=True)  # as a bag leaves it that holds the tombstone alone
    told = as_administrator.get(BASE).content.decode()
    assert ("Import a bag that holds them." in told, "upload" in told) == (True, False)


def test_nobody_else(film: Recording, as_organiser: Client, as_stranger: Client, as_nobody: Client) -> None:
    posts: dict[str, Any] = {
        "words/": words(), "session/": {"session": "x"}, "address/": {"slug": "x"}, "withdraw/": {"reason": "x"},
        "return/": {},
    }  # fmt: skip
    for client, status in ((as_organiser, 404), (as_stranger, 404), (as_nobody, 302)):
        assert client.get(LIST).status_code == client.get(BASE).status_code == status
        for rest, sent in posts.items():
            assert client.post(f"{BASE}{rest}", sent).status_code == status, rest
    film.refresh_from_db()
    assert (film.slug, film.title, film.withdrawn_at) == ("a-film", {"en": "A flim"}, None)


def test_questions_do_not_grow_with_the_list(film: Recording, as_administrator: Client) -> None:
    counts = []
    for number in (2, 9):
        for each in range(number):
            make_recording(slug=f"film-{number}-{each}", title={"en": f"Film {each}"})
        with CaptureQueriesContext(connection) as asked:
            assert as_administrator.get(LIST).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
