"""Organisers give a recording another address and withdraw it; nobody else may."""

from datetime import datetime

import pytest
from django.test import Client

from recordings.assets.models import Asset
from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Recording
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.sessions.speaking.models import Engagement
from tests.factories import make_person, make_recording, make_series, make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db
BASE = "/organise/sessions/rain/files/archive/"


@pytest.fixture
def recording(community: Community, now: datetime) -> Recording:
    return take(make_session(make_series(community), slug="rain"), "one-page.pdf", "slides", now).recording


def test_a_new_address(recording: Recording, as_organiser: Client) -> None:
    answer = as_organiser.post(f"{BASE}address/", {"slug": " /Maize/ "})
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert Recording.objects.get().slug == "maize"
    page = as_organiser.get(BASE).content.decode()
    assert "Earlier addresses:" in page
    assert "rain → maize" in page


@pytest.mark.parametrize(
    ("slug", "words"), [("", "Write the last part"), ("a b", "small letters"), ("taken", "has, or had")]
)
def test_what_cannot_be_is_said_beside_the_field(
    recording: Recording, as_organiser: Client, slug: str, words: str
) -> None:
    make_recording(slug="taken")
    answer = as_organiser.post(f"{BASE}address/", {"slug": slug})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Recording.objects.get(pk=recording.pk).slug == "rain"


def test_withdrawing_needs_a_reason_and_says_who(
    recording: Recording, as_organiser: Client, as_nobody: Client
) -> None:
    assert as_organiser.post(f"{BASE}withdraw/", {"reason": " "}).status_code == 422
    assert as_organiser.post(f"{BASE}withdraw/", {"reason": "<b>No</b> consent."}).status_code == 302
    recording.refresh_from_db()
    assert recording.withdrawn_by == "organiser"
    said = as_nobody.get("/archive/rain/").content.decode()
    assert "&lt;b&gt;No&lt;/b&gt; consent." in said
    assert "an organiser" in said
    assert f'action="{BASE}withdraw/"' not in as_organiser.get(BASE).content.decode()


def test_what_was_withdrawn_comes_back_to_all_its_addresses(
    recording: Recording, now: datetime, as_organiser: Client, as_nobody: Client, as_member: Client
) -> None:
    deck = recording.originals.get()
    file = file_path(recording, deck.uuid, kind="slides", language="en", media_type="application/pdf")
    assert as_organiser.post(f"{BASE}return/").status_code == 302  # of one that stands
    assert not recording.events.filter(kind="returned").exists()
    as_organiser.post(f"{BASE}withdraw/", {"reason": "The wrong one."})
    assert (as_nobody.get(file).status_code, as_nobody.get("/archive/rain/").status_code) == (410, 410)
    assert as_member.post(f"{BASE}return/").status_code == 404
    assert f'action="{BASE}return/"' in as_organiser.get(BASE).content.decode()
    assert as_organiser.post(f"{BASE}return/").status_code == 302
    assert as_nobody.head(file).status_code == 200
    page = as_nobody.get("/archive/rain/", follow=True)
    assert (page.status_code, "withdrawn" in page.content.decode()) == (200, False)
    assert recording.session is not None
    assert recording.session.materials.get().state == "published"
    assert [each.kind for each in recording.events.all()] == ["kept", "withdrawn", "returned"]
    assert "The wrong one." in as_organiser.get(BASE).content.decode()


def test_what_an_administrator_withdrew_only_they_bring_back(
    recording: Recording, as_organiser: Client, as_administrator: Client
) -> None:
    as_administrator.post(f"{BASE}withdraw/", {"reason": "A court said so."})
    assert "only an administrator can bring it back" in as_organiser.get(BASE).content.decode()
    assert f'action="{BASE}return/"' not in as_organiser.get(BASE).content.decode()
    refused = as_organiser.post(f"{BASE}return/", follow=True)  # from a tab of before
    assert refused.content.decode().count("only an administrator can bring it back") == 2
    assert Recording.objects.get().withdrawn_at
    as_administrator.post(f"{BASE}return/")
    assert Recording.objects.get().withdrawn_at is None


def test_what_hangs_on_a_withdrawn_session_is_not_brought_back(
    recording: Recording, as_organiser: Client, now: datetime
) -> None:
    as_organiser.post(f"{BASE}withdraw/", {"reason": "The speaker asked for it."})
    Session.objects.update(withdrawn_at=now)
    assert f'action="{BASE}return/"' not in as_organiser.get(BASE).content.decode()
    refused = as_organiser.post(f"{BASE}return/", follow=True)
    assert "This session was withdrawn." in refused.content.decode()
    assert Recording.objects.get().withdrawn_at


def test_an_administrator_withdraws_what_an_organiser_withdrew(
    recording: Recording, as_organiser: Client, as_administrator: Client, as_nobody: Client
) -> None:
    as_organiser.post(f"{BASE}withdraw/", {"reason": "The wrong one."})
    went = Recording.objects.get().withdrawn_at
    assert f'action="{BASE}withdraw/"' not in as_organiser.get(BASE).content.decode()
    assert f'action="{BASE}withdraw/"' in as_administrator.get(BASE).content.decode()
    as_administrator.post(f"{BASE}withdraw/", {"reason": "A court said so."})
    as_organiser.post(f"{BASE}withdraw/", {"reason": "Mine again."})
    as_organiser.post(f"{BASE}return/")
    stays = Recording.objects.get()
    assert (stays.withdrawn_at, stays.withdrawn_by) == (went, "administrator")
    said = as_nobody.get("/archive/rain/").content.decode()
    assert ("A court said so." in said, "an administrator" in said) == (True, True)
    assert [each.facts["by"] for each in recording.events.filter(kind="withdrawn")] == [
        "organiser",
        "administrator",
    ]


def test_of_what_only_word_came_nothing_is_promised(
    recording: Recording, as_organiser: Client, as_nobody: Client
) -> None:
    as_organiser.post(f"{BASE}withdraw/", {"reason": "The wrong one."})
    assert "The files are kept" in as_nobody.get("/archive/rain/").content.decode()
    Asset.objects.update(absent=True)  # as a bag leaves it that holds the tombstone alone
    told = as_nobody.get("/archive/rain/").content.decode()
    assert ("The files are kept" in told, "With these hashes" in told) == (False, True)
    assert "Import a bag that holds them" in as_organiser.get(BASE).content.decode()
    as_organiser.post(f"{BASE}return/")
    assert Recording.objects.get().withdrawn_at
    Asset.objects.update(absent=False)
    as_organiser.post(f"{BASE}return/")
    assert Recording.objects.get().withdrawn_at is None


def test_what_somebody_refused_meanwhile_is_not_brought_back(
    community: Community, as_organiser: Client, now: datetime
) -> None:
    session = make_session(make_series(community), slug="rain")
    take(session, "whole.mp4", "video", now)
    as_organiser.post(f"{BASE}withdraw/", {"reason": "Amina asked for it."})
    person = make_person(name="Amina")
    session.speakers.create(person=person)
    said = Engagement.objects.create(
        session=session, person=person, asked_at=now, consented_at=now, may_publish=False
    )
    assert "Amina does not want a recording" in as_organiser.get(BASE).content.decode()
    as_organiser.post(f"{BASE}return/")
    assert Recording.objects.get().withdrawn_at
    said.may_publish = True
    said.save()
    as_organiser.post(f"{BASE}return/")
    assert Recording.objects.get().withdrawn_at is None


def test_nobody_else(recording: Recording, as_stranger: Client, as_member: Client, as_nobody: Client) -> None:
    for client, status in ((as_stranger, 404), (as_member, 404), (as_nobody, 302)):
        assert client.get(BASE).status_code == status
        assert client.post(f"{BASE}address/", {"slug": "mine"}).status_code == status
        assert client.post(f"{BASE}withdraw/", {"reason": "mine"}).status_code == status
    recording.refresh_from_db()
    assert (recording.slug, recording.withdrawn_at) == ("rain", None)


def test_what_is_not_out_cannot_be_withdrawn(
    community: Community, now: datetime, as_organiser: Client
) -> None:
    session = make_session(make_series(community), slug="rain")
    take(session, "one-page.pdf", "slides", now, release=False)
    assert as_organiser.post(f"{BASE}withdraw/", {"reason": "No."}).status_code == 404
    assert as_organiser.get(BASE).status_code == 200
    assert as_organiser.get("/organise/sessions/none/files/archive/").status_code == 404
