"""A recording gets another address: the earlier ones lead there, for ever, and nobody else gets them."""

from datetime import datetime

import pytest
from django.test import Client

from recordings.catalogue.history.addressing import free_slug
from recordings.catalogue.history.models import Event, FormerAddress
from recordings.catalogue.models import Recording
from recordings.catalogue.taking import recording_of
from recordings.publishing.moving import CannotMove, move
from seminars.people.models import Community, User
from seminars.sessions.models import Material
from tests.factories import make_recording, make_series, make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def recording(now: datetime) -> Recording:
    return take(make_session(slug="rain"), "one-page.pdf", "slides", now).recording


def to(recording: Recording, slug: str, now: datetime) -> Recording:
    return move(recording=recording, slug=slug, now=now, actor_id=None)


def test_all_that_lies_under_an_earlier_address_leads_on(
    recording: Recording, now: datetime, client: Client
) -> None:
    file = Material.objects.get().path
    assert file.startswith("/archive/rain/")
    to(to(recording, "rain-2026", now), "rain-and-maize", now)
    assert Material.objects.get().path.startswith("/archive/rain-and-maize/")
    for old in ("rain", "rain-2026"):
        for rest in ("", "verification/", "verification.json"):
            answer = client.get(f"/archive/{old}/{rest}?t=83")
            assert (answer.status_code, answer["Location"]) == (301, f"/archive/rain-and-maize/{rest}?t=83")
        assert client.head(f"/archive/{old}/").status_code == 301
        assert client.get(f"/api/archive/{old}/")["Location"] == "/api/archive/rain-and-maize/"
    answer = client.head(client.head(file)["Location"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client.post("/archive/rain/").status_code in (404, 405)
    told = Event.objects.filter(kind="redirected").values_list("facts", flat=True)
    assert list(told) == [{"old": "rain", "new": "rain-2026"}, {"old": "rain-2026", "new": "rain-and-maize"}]


def test_one_may_go_back_and_nobody_else_may_come(
    recording: Recording, now: datetime, client: Client
) -> None:
    other = make_recording(slug="other")
    recording = to(recording, "rain-2026", now)
    for wanted in ("rain", "rain-2026"):
        with pytest.raises(CannotMove, match="Another recording has, or had"):
            to(other, wanted, now)
    assert to(recording, "rain", now).slug == "rain"
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["rain-2026"]
    assert client.get("/archive/rain-2026/verification/")["Location"] == "/archive/rain/verification/"
    assert client.get("/archive/rain/verification/").status_code == 200
    assert to(recording, "rain", now).slug == "rain"


@pytest.mark.parametrize(
    "slug", ["", "Rain", "a b", "-a", "a--", "ä", "verification", "a" * 61, "a/b", "a\nb", "٣"]
)
def test_what_cannot_be_an_address(recording: Recording, now: datetime, slug: str) -> None:
    with pytest.raises(CannotMove, match="small letters"):
        to(recording, slug, now)
    assert not FormerAddress.objects.exists()


def test_a_new_recording_passes_by_what_was_somebodys(recording: Recording, now: datetime) -> None:
    to(recording, "maize", now)
    assert free_slug("rain") == "rain-2"
    assert free_slug("verification") == "verification-2"
    assert recording_of(make_session(slug="maize"), now=now).slug == "maize-2"
    assert recording_of(make_session(slug="m" * 60), now=now).slug == "m" * 60
    long = make_recording(slug="n" * 60)
    assert free_slug(long.slug) == "n" * 58 + "-2"


def test_a_closed_communitys_addresses_lead_nobody_else(
    closed_community: Community, now: datetime, client: Client, organiser: User
) -> None:
    session = make_session(make_series(closed_community), slug="secret")
    recording = take(session, "one-page.pdf", "slides", now).recording
    to(recording, "more-secret", now)
    assert client.get("/archive/secret/").status_code == 404
    client.force_login(organiser)
    assert client.get("/archive/secret/")["Location"] == "/archive/more-secret/"
