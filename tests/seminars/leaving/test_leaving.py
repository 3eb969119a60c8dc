"""To be forgotten: seven days, then nothing of address and name is left anywhere, while counts and archive stay.

Also what is handed over before.
"""

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings import tasks as recordings_tasks
from recordings.search.models import SearchDocument
from seminars.calendars import tokens
from seminars.calendars.models import Entry, FeedToken, Follow
from seminars.changes.models import Change
from seminars.leaving.erasing import erase_due
from seminars.leaving.handing_over import document
from seminars.leaving.tables import whole_of
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, post
from seminars.people.accounts import orders
from seminars.people.accounts.models import Erasure
from seminars.people.models import Community, Membership, Person, Role, User
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.polls.models import DatePoll, Voice
from seminars.sessions.registration.models import Registration
from seminars.sessions.registration.registering import register
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.speakers import set_speakers
from seminars.sessions.speaking.models import Engagement
from tests.conftest import signed_in
from tests.factories import NOW, make_community, make_member, make_series, make_session, make_user
from tests.seminars.web.accounts.signing import by_code

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Zubeida Okonkwo-Lind", "zubeida.okonkwo@gram.example"
LATER = NOW + timedelta(days=8)


def leave_traces(user: User, community: Community, series: Series, ahead: Session) -> None:
    """What somebody leaves beside their account: a group, a vote, a contact address, a series followed."""
    ListeningSite.objects.create(
        session=ahead, place="Hall", city="Puri", zone="Asia/Kolkata", contact=NAME, email=EMAIL,
        expected=5, token="s", made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    poll = DatePoll.objects.create(
        community=community, title="When?", language="en", zone="UTC", minutes=60, token="p", made_at=NOW
    )
    Voice.objects.create(poll=poll, name=NAME, key="v", made_at=NOW, changed_at=NOW)
    Community.objects.filter(pk=community.pk).update(contact=EMAIL)
    Follow.objects.create(user=user, series=series, made_at=NOW)


@pytest.fixture
def world(community: Community, organiser: User, data: Path) -> dict[str, Any]:
    """Somebody who has been everywhere: member, guest, speaker, voter, reader, contact."""
    user = make_user(EMAIL, name=NAME, zone="Asia/Kolkata")
    person = Person.objects.get(user=user)
    Person.objects.filter(pk=person.pk).update(about={"en": f"{NAME} works on savings."}, affiliation="Gram")
    make_member(community, user)
    series = make_series(community, slug="talks")
    past = make_session(series, wall=datetime(2026, 10, 6, 15, 0), title={"en": "Past"})
    agreed = make_session(series, wall=datetime(2026, 10, 13, 15, 0), title={"en": "Agreed"})
    ahead = make_session(series, wall=datetime(2026, 12, 8, 15, 0), title={"en": "Ahead"})
    for session in (past, agreed):
        who = [(person, "speaker", "Gram"), (Person.objects.get(user=organiser), "host", "")]
        set_speakers(session=session, speakers=who, now=NOW, actor_id=organiser.pk)
    Engagement.objects.create(
        session=agreed, person=person, asked_at=NOW, may_record=True, may_publish=True, consented_at=NOW
    )
    Engagement.objects.create(session=past, person=person, asked_at=NOW, words=f"Yours, {NAME}")
    for session in (past, ahead):
        register(session=session, email=EMAIL, person=person, now=NOW, name=NAME, language="en", zone="")
    leave_traces(user, community, series, ahead)
    token = tokens.make(user=user, name=f"{NAME}'s phone", now=NOW)
    for due in (NOW, NOW + timedelta(days=1)):
        with transaction.atomic():
            post(
                kind="moved", subject=f"series:{due:%d}", revision=1, due_at=due, now=NOW,
                letters=[Letter(Recipient(EMAIL, person.pk), {"who": NAME})],
            )  # fmt: skip
    Message.objects.filter(subject=f"series:{NOW:%d}").update(state="sent", sent_at=NOW)
    Change.objects.create(
        at=NOW,
        kind="invited",
        subject="community:x",
        after={"email": EMAIL, "name": NAME},
        note=f"{NAME}, Ada",
    )
    for path in ("/series/talks/calendar.ics", f"/me/calendar/{token.token}.ics"):
        assert Client().get(path).status_code == 200
    box = data / "mail"
    box.mkdir(exist_ok=True)
    end = "\n" + "-" * 79 + "\n"
    (box / "a.log").write_text(f"To: {EMAIL}\n\nHello{end}To: other@example.org\n\nStays{end}")
    return {
        "user": user,
        "person": person,
        "past": past,
        "agreed": agreed,
        "ahead": ahead,
        "token": token.token,
    }


def asked(user: User, *, keep: bool) -> Erasure:
    return orders.ask(user=user, keep_names=keep, now=NOW)


def rows_with(word: str) -> list[str]:
    """Every row of every table in which `word` stands, whatever the column, but the search index's own tables."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = str(value)
                    if word.casefold() in text.casefold() or json.dumps(word)[1:-1] in text:
                        found.append(f"{table}.{name}: {text[:200]}")
    return found


def files_with(word: str, folder: Path) -> list[str]:
    """Every file below `folder` in which `word` stands."""
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        if word.encode().lower() in data.replace(b"\r\n ", b"").lower():
            found.append(str(path))
    return found


def test_nothing_is_left(world: dict[str, Any], data: Path, django_capture_on_commit_callbacks: Any) -> None:
    assert len(rows_with(EMAIL)) > 8, "the world holds too little to test with"
    assert len(rows_with(NAME)) > 8
    assert files_with(EMAIL, data)
    assert files_with(NAME, data)
    asked(world["user"], keep=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_due(now=LATER) == 1
    recordings_tasks.sweep()
    assert rows_with(EMAIL) == []
    assert rows_with(NAME) == []
    assert files_with(EMAIL, data) == []
    assert files_with(NAME, data) == []
    assert "Stays" in (data / "mail" / "a.log").read_text()


def test_counts_and_the_archive_stay(world: dict[str, Any]) -> None:
    before = {
        session: Registration.objects.filter(session=world[session]).count() for session in ("past", "ahead")
    }
    sent = Message.objects.filter(state="sent").count()
    asked(world["user"], keep=False)
    erase_due(now=LATER)
    after = {
        session: Registration.objects.filter(session=world[session]).count() for session in ("past", "ahead")
    }
    assert after == before == {"past": 1, "ahead": 1}
    assert Registration.objects.get(session=world["past"]).stands
    assert Registration.objects.get(session=world["ahead"]).withdrawn_at == LATER
    assert Message.objects.filter(state="sent").count() == sent
    assert not Message.objects.filter(state="waiting", kind="moved").exists()
    assert [each.person.name for each in world["past"].speakers.order_by("order")] == [
        "Name removed",
        "Organiser",
    ]
    audit = Change.objects.get(kind="erased")
    assert audit.after["registrations"] == 2


def test_by_consent_the_name_stays_on_that_recording_alone(world: dict[str, Any]) -> None:
    asked(world["user"], keep=True)
    erase_due(now=LATER)
    assert [each.person.name for each in world["agreed"].speakers.order_by("order")] == [NAME, "Organiser"]
    assert [each.person.name for each in world["past"].speakers.order_by("order")] == [
        "Name removed",
        "Organiser",
    ]
    kept = Person.objects.get(name=NAME)
    assert (kept.user, kept.email, kept.about, kept.zone) == (None, "", {}, "")
    assert rows_with(EMAIL) == []
    tables = {each.split(".")[0] for each in rows_with(NAME)}
    assert tables == {"seminars_person", "seminars_entry"}
    assert [each.session for each in Entry.objects.filter(text__contains=NAME[:8])] == [world["agreed"]]
    feed = Client().get("/series/talks/calendar.ics").content.replace(b"\r\n ", b"").decode()
    assert feed.count(NAME) == 1


def test_an_address_of_a_calendar_says_that_it_has_ended(world: dict[str, Any]) -> None:
    asked(world["user"], keep=False)
    erase_due(now=LATER)
    assert Client().get(f"/me/calendar/{world['token']}.ics").status_code == 410
    assert FeedToken.objects.get().revoked_at == LATER


def test_every_sign_in_ends(world: dict[str, Any]) -> None:
    client = signed_in(world["user"])
    assert client.get("/me/").status_code == 200
    asked(world["user"], keep=False)
    erase_due(now=LATER)
    assert client.get("/me/").status_code == 302
    Client().post("/accounts/login/", {"login": EMAIL})
    assert "There is no account" in mail.outbox[-1].subject


def test_another_with_the_same_name_keeps_theirs(world: dict[str, Any], community: Community) -> None:
    twin = make_user("twin@example.org", name=NAME)
    make_member(community, twin)
    register(
        session=world["ahead"],
        email=twin.email,
        person=twin.person,
        now=NOW,
        name=NAME,
        language="en",
        zone="",
    )
    asked(world["user"], keep=False)
    erase_due(now=LATER)
    assert Person.objects.get(user=twin).name == NAME
    assert Registration.objects.get(email=twin.email).name == NAME


def test_nothing_happens_before_seven_days_nor_after_a_change_of_mind(world: dict[str, Any]) -> None:
    order = asked(world["user"], keep=False)
    assert erase_due(now=NOW + timedelta(days=6, hours=23)) == 0
    link = f"/me/stay/{orders.token_of(order)}/"
    assert Client().get(link).status_code == 200
    assert Erasure.objects.standing().exists()
    assert "Your account stays" in Client().post(link).content.decode()
    assert Client().get(link).status_code == 410
    assert erase_due(now=LATER) == 0
    assert Person.objects.get(name=NAME).user == world["user"]


def test_twice_is_once(world: dict[str, Any]) -> None:
    assert asked(world["user"], keep=False) == asked(world["user"], keep=True)
    assert (erase_due(now=LATER), erase_due(now=LATER)) == (1, 0)


def test_the_site_s_version_rises_before_any_other(db: None) -> None:
    """Also for somebody who never spoke: whoever writes waits there first, so that none wait in a ring."""
    asked(make_user("quiet@example.org", name="Quiet"), keep=False)
    with CaptureQueriesContext(connection) as queries:
        assert erase_due(now=LATER) == 1
    raised = [each["sql"] for each in queries if each["sql"].startswith('UPDATE "seminars_version"')]
    assert "'site'" in raised[0]
    assert "'speaker:" in raised[1]


def test_who_leads_alone_hands_over_first(world: dict[str, Any], stopped: Any) -> None:
    led = make_community(slug="alone")
    make_member(led, world["user"], role=Role.MANAGER)
    client = by_code(EMAIL)
    assert 'href="/organise/communities/alone/members/"' in client.get("/me/data/leave/").content.decode()
    assert client.post("/me/data/leave/", {"sure": "on"}).status_code == 422
    assert not Erasure.objects.exists()
    make_member(led, make_user("second@example.org"), role=Role.MANAGER)
    assert client.post("/me/data/leave/", {"sure": "on"}).status_code == 302
    Membership.objects.filter(community=led).exclude(person=world["person"]).delete()
    assert erase_due(now=LATER) == 0, "the other manager left meanwhile"


def test_the_page_says_what_goes_and_a_mail_takes_it_back(world: dict[str, Any], stopped: Any) -> None:
    client = by_code(EMAIL)
    page = client.get("/me/data/leave/").content.decode()
    assert "1 membership, with your parts in series." in page
    assert "2 registrations, counted without a name" in page
    assert "Agreed" in page
    assert client.post("/me/data/leave/", {}).status_code == 422
    assert client.post("/me/data/leave/", {"sure": "on", "keep_names": "on"}).status_code == 302
    order = Erasure.objects.get()
    assert (order.keep_names, order.due_at) == (True, NOW + timedelta(days=7))
    assert Message.objects.get(kind="erasure").email == EMAIL
    assert "Keep my account" in client.get("/me/data/").content.decode()
    client.post("/me/data/keep/")
    assert not Erasure.objects.standing().exists()


def test_a_forged_link_keeps_nobody(world: dict[str, Any]) -> None:
    order = asked(world["user"], keep=False)
    assert Client().post(f"/me/stay/{orders.token_of(order)}x/").status_code == 410
    assert Erasure.objects.standing().exists()


def test_everything_is_handed_over_but_no_secret(world: dict[str, Any], stopped: Any) -> None:
    answer = by_code(EMAIL).post("/me/data/export/")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    given = json.loads(text)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="meridian-2026-11-16.json"'
    assert given["account"]["email"] == EMAIL
    assert given["person"]["name"] == NAME
    assert [each["community_id"] for each in given["membership"]] == ["savings"]
    assert {each["session_id"] for each in given["registration"]} == {world["past"].slug, world["ahead"].slug}
    assert given["follow"][0]["series_id"] == "talks"
    assert {each["kind"] for each in given["message"]} == {"moved"}
    assert set(given["message"][0]) == {"kind", "subject", "state", "due_at", "sent_at"}
    assert given["feedtoken"][0]["name"] == f"{NAME}'s phone"
    secrets = [world["token"], *Registration.objects.values_list("token", flat=True), world["user"].password]
    assert [each for each in secrets if each in text] == []


def test_nobody_else_s_rows_are_handed_over(world: dict[str, Any], organiser: User) -> None:
    text = "".join(document(whole_of(organiser), now=NOW))
    assert EMAIL not in text
    assert "Past" not in text


def test_a_long_life_costs_no_more_questions(world: dict[str, Any]) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked_for:
            list(document(whole_of(world["user"]), now=NOW))
        counts.append(len(asked_for))
        series = make_series()
        for _session in range(4):
            register(
                session=make_session(series), email=EMAIL, person=world["person"], now=NOW,
                name=NAME, language="en", zone="",
            )  # fmt: skip
    assert counts[1] - counts[0] <= 4, "one for each session's slug, which is written beside it"


def test_every_table_can_be_asked(world: dict[str, Any]) -> None:
    assert EmailAddress in set(apps.get_models())
    assert SearchDocument.objects.filter(text__icontains=NAME).count() == 0
