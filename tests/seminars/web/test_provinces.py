"""A community that counts provinces: registration asks by itself, knows who is signed in; the results count them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from seminars.people.models import Community, User
from seminars.results.asked import asked_of
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration, Terms
from tests.factories import make_series, make_session
from tests.seminars.web.test_session_pages import WALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
EDIT = "/organise/communities/savings/edit/"
WHO = {
    "name": "Akello Example", "email": "akello@example.org", "zone": "Africa/Johannesburg",
    "calendar": "invitation", "website": "",
}  # fmt: skip
NINE = [
    "Eastern Cape",
    "Free State",
    "Gauteng",
    "KwaZulu-Natal",
    "Limpopo",
    "Mpumalanga",
    "North West",
    "Elsewhere",
]


@pytest.fixture
def session(community: Community) -> Session:
    Community.objects.filter(pk=community.pk).update(provinces=NINE)
    return make_session(make_series(community, slug="talks"), wall=WALL + timedelta(days=2))


def page(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_the_setting_takes_names_and_shows_them_again(community: Community, as_organiser: Client) -> None:
    form = as_organiser.get(EDIT).context["form"]
    given: dict[str, Any] = {
        name: form[name].value() for name in form.fields if form[name].value() is not None
    }
    assert given["provinces"] == ""
    wrong = as_organiser.post(EDIT, given | {"provinces": "Gauteng"})
    assert "Give at least two provinces" in wrong.content.decode()
    as_organiser.post(EDIT, given | {"provinces": " Gauteng \n\nLimpopo\nGauteng\n"})
    community.refresh_from_db()
    assert community.provinces == ["Gauteng", "Limpopo"]
    assert "Gauteng\nLimpopo</textarea>" in as_organiser.get(EDIT).content.decode()


def test_registration_asks_before_all_else_and_nobody_has_to_answer(
    session: Session, as_nobody: Client
) -> None:
    Terms.objects.create(
        session=session, questions=[{"name": "q1", "kind": "text", "words": "Why?", "required": False}]
    )
    shown = page(as_nobody, "/sessions/talks-1/register/")
    assert shown.index("In which province are you?") < shown.index("Why?")
    assert '<option value="Limpopo">' in shown, "so many stand in a list that opens"
    as_nobody.post("/sessions/talks-1/register/", WHO | {"answer_province": "Limpopo", "answer_q1": "So"})
    said = {each["name"]: each["said"] for each in Registration.objects.get().answers}
    assert said == {"province": "Limpopo", "q1": "So"}
    as_nobody.post("/sessions/talks-1/register/", WHO | {"email": "b@example.org"})
    assert Registration.objects.get(email="b@example.org").answers == []
    wrong = as_nobody.post("/sessions/talks-1/register/", WHO | {"answer_province": "Atlantis"})
    assert wrong.status_code == 422


def test_who_is_signed_in_finds_what_they_said_last(
    session: Session, as_member: Client, member: User, as_stranger: Client
) -> None:
    given = WHO | {"email": member.email, "answer_province": "Gauteng"}
    assert as_member.post("/sessions/talks-1/register/", given).status_code == 302
    later = make_session(session.series, wall=WALL + timedelta(days=9))
    for path in (f"/sessions/{later.slug}/register/", "/series/talks/register/"):
        assert '<option value="Gauteng" selected>' in page(as_member, path), path
        assert "selected>Gauteng" not in page(as_stranger, path)


def test_they_are_counted_whatever_the_language(session: Session, as_nobody: Client) -> None:
    for number, language in enumerate(("en", "sv", "en", "sv")):
        who = WHO | {"email": f"a{number}@example.org", "answer_province": NINE[number // 3]}
        as_nobody.post("/sessions/talks-1/register/", who, headers={"Accept-Language": language})
    Registration.objects.update(confirmed_at=session.starts_at)
    with translation.override("en"):
        (found,) = asked_of([session.pk])
    assert (found.words, found.number) == ("Province", 4)
    assert list(found.answers) == [("Eastern Cape", 3), ("Free State", 1)]


def test_where_none_are_counted_nobody_is_asked(
    session: Session, community: Community, as_nobody: Client, as_organiser: Client
) -> None:
    as_nobody.post("/sessions/talks-1/register/", WHO | {"answer_province": "Limpopo"})
    found = Registration.objects.get()
    Registration.objects.update(confirmed_at=session.starts_at)
    Community.objects.filter(pk=community.pk).update(provinces=[])
    assert "province" not in page(as_nobody, "/sessions/talks-1/register/").lower()
    assert "Limpopo" in page(as_nobody, f"/registration/{found.token}/"), "what was said stays"
    assert "Limpopo" in as_organiser.get("/organise/sessions/talks-1/registrations.csv").content.decode()
