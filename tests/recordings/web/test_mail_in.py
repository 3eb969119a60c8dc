"""Files mailed to an item's address: kept by a job, once, and the sender is told what became of each."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from recordings import tasks
from recordings.assets import store
from recordings.catalogue import mailed
from recordings.catalogue.models import Found, Original
from recordings.web import mail_in
from seminars.followups.models import Item
from seminars.notifications.models import Message
from seminars.people.models import Community
from seminars.queue.models import Job
from tests.factories import NOW, make_series, make_session
from tests.recordings.cast import ZOO

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
SECRET = "post:0123456789abcdef"
AUTHORISED = "Basic " + base64.b64encode(SECRET.encode()).decode()


@pytest.fixture(autouse=True)
def domain(settings: Any) -> None:
    settings.MAIL_IN = "files.example.org"
    settings.MAIL_REPORTS = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def item(community: Community) -> Item:
    session = make_session(make_series(community), wall=datetime(2026, 11, 1, 15, 0))
    moments = {"due_at": NOW, "first_due_at": NOW, "opened_at": NOW}
    return Item.objects.create(session=session, kind="slides", **moments)


def mail(to: str, *names: str, **more: Any) -> dict[str, Any]:
    """A mail as Postmark posts it."""
    files = [
        {
            "Name": name,
            "Content": base64.b64encode((ZOO / name).read_bytes()).decode(),
            "ContentType": "application/octet-stream",
        }
        for name in names
    ]
    given = {
        "FromFull": {"Email": "ana@example.org", "Name": "Ana"},
        "ToFull": [{"Email": to, "Name": ""}],
        "OriginalRecipient": to,
        "Subject": "Slides",
        "MessageID": "abc",
        "Headers": [{"Name": "Message-ID", "Value": "<1@example.org>"}],
        "Attachments": files,
        "TextBody": "Here",
    }
    return given | more


def post(body: dict[str, Any], authorised: str = AUTHORISED, provider: str = "postmark") -> Any:
    return Client(enforce_csrf_checks=True).post(
        f"/mails/in/{provider}/",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": authorised},
    )


def work_off() -> None:
    for job in Job.objects.filter(kind="found"):
        tasks.take_found(job.pk)
    tasks.answer_mails(NOW)


def test_an_attachment_becomes_the_sessions_slides(item: Item) -> None:
    assert post(mail(mailed.address_of(item), "one-page.pdf")).status_code == 200
    work_off()
    original = Original.objects.get()
    assert (original.recording.session, original.kind, original.filename) == (
        item.session,
        "slides",
        "one-page.pdf",
    )
    told = Message.objects.get(kind="files")
    assert (told.email, told.facts["kept"], told.facts["refused"]) == (
        "ana@example.org",
        ["one-page.pdf"],
        [],
    )
    assert Found.objects.get().sender == ""
    assert not [each for each in store.staging_folder().iterdir() if each.suffix != ".lock"]


def test_a_name_that_a_database_cannot_keep_costs_no_file(item: Item) -> None:
    attached = [mailed.Attached("sli\0des.pdf", (ZOO / "one-page.pdf").read_bytes())]
    assert mailed.accept(item=item, key="1", sender="ana@example.org", attached=attached, now=NOW) == 1
    assert Found.objects.get().name == "slides.pdf"


def test_the_same_mail_twice_is_one_and_one_answer(item: Item) -> None:
    for _time in range(2):
        post(mail(mailed.address_of(item), "one-page.pdf", "whole.mp4", "page.mp4"))
    work_off()
    work_off()
    assert {each.kind for each in Original.objects.all()} == {"slides", "video"}
    told = Message.objects.get(kind="files")
    assert told.facts["kept"] == ["one-page.pdf", "whole.mp4"]
    assert told.facts["refused"][0][1].startswith("This is a web page.")
    assert Found.objects.doubtful().count() == 1


def test_what_is_refused_waits_for_a_person_with_its_copy(item: Item, as_organiser: Client) -> None:
    post(mail(mailed.address_of(item), "page.mp4"))
    work_off()
    found = Found.objects.get()
    tasks.remove_stale(NOW + timedelta(days=3))
    assert store.staging_folder().joinpath(found.path).exists()
    as_organiser.post(f"/organise/found/{found.uuid}/leave/")
    assert not store.staging_folder().joinpath(found.path).exists()


@pytest.mark.parametrize("change", ["secret", "number", "domain", "other", "late"])
def test_a_wrong_address_is_dropped_without_a_word(
    item: Item, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = mailed.address_of(item)
    local = good.partition("@")[0]
    to = {
        "secret": f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@files.example.org",
        "number": good.replace(f"item-{item.pk}-", f"item-{item.pk + 1}-"),
        "domain": f"{local}@elsewhere.example.org",
        "other": "info@files.example.org",
        "late": good,
    }[change]
    if change == "late":
        monkeypatch.setattr(mailed, "OPEN_FOR", timedelta(days=10))
    assert post(mail(to, "one-page.pdf")).status_code == 200
    assert not Found.objects.exists()
    work_off()
    assert not Message.objects.exists()


def test_spam_is_dropped(item: Item) -> None:
    spam = {"Headers": [{"Name": "X-Spam-Status", "Value": "Yes"}, {"Name": "X-Spam-Score", "Value": "9"}]}
    post(mail(mailed.address_of(item), "one-page.pdf", **spam))
    assert not Found.objects.exists()


def test_only_so_many_and_so_large(item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailed, "MOST_FILES", 1)
    monkeypatch.setattr(mailed, "MOST_BYTES", 2000)
    post(mail(mailed.address_of(item), "whole.mp4", "one-page.pdf", "captions.vtt"))
    assert [each.name for each in Found.objects.all()] == ["one-page.pdf"]
    monkeypatch.setattr(mail_in, "MOST_BYTES", 100)
    assert post(mail(mailed.address_of(item), "one-page.pdf")).status_code == 413


def test_who_may_post(item: Item, settings: Any) -> None:
    body = mail(mailed.address_of(item), "one-page.pdf")
    assert post(body, authorised="Basic eDp5").status_code == 400
    assert post(body, provider="nobody").status_code == 404
    assert Client().get("/mails/in/postmark/").status_code == 405
    assert post({"Attachments": 5}).status_code == 400
    settings.MAIL_IN = ""
    assert post(body).status_code == 404
    assert mailed.address_of(item) == ""
    assert not Found.objects.exists()


def test_the_files_page_shows_the_addresses(item: Item, as_organiser: Client, settings: Any) -> None:
    path = f"/organise/sessions/{item.session.slug}/files/"
    assert mailed.address_of(item) in as_organiser.get(path).content.decode()
    settings.MAIL_IN = ""
    assert "Or mail them" not in as_organiser.get(path).content.decode()
