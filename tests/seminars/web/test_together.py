"""The pages where members find each other: who sees them, what they show, and how often they ask the database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.notifications.models import Message
from seminars.people.directory.listing import enter
from seminars.people.directory.models import DirectoryEntry
from seminars.people.introducing import introducing
from seminars.people.introducing.models import Introduction, Note, Party
from seminars.people.models import Community, Membership, User
from seminars.people.welcoming.models import Welcome
from seminars.series.resources.models import Resource, ResourceState
from seminars.sessions.models import Session
from seminars.sessions.silence.models import SilenceRule
from seminars.sessions.suggesting.models import Suggestion, Vote
from tests.factories import NOW, make_member, make_series, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
DIRECTORY = "/communities/savings/directory/"
RESOURCES = "/communities/savings/resources/"
TOPICS = "/communities/savings/suggestions/"
ORGANISE = "/organise/communities/savings/"


def listed(community: Community, name: str, user: User | None = None, **columns: Any) -> DirectoryEntry:
    member = Membership.objects.filter(community=community, person__user=user).first() if user else None
    given = {"zone": "Africa/Maputo", "offers": "housing", "seeks": "lamps"} | columns
    return enter(membership=member or make_member(community, user), now=NOW, name=name, **given)


def asked(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_directory_is_for_members(
    community: Community, as_member: Client, as_stranger: Client, as_nobody: Client, as_administrator: Client
) -> None:
    entry = listed(community, "Rosa Hidden")
    for address in (DIRECTORY, f"{DIRECTORY}{entry.pk}/"):
        page = as_member.get(address)
        assert "Rosa Hidden" in page.content.decode()
        assert entry.membership.person.email not in page.content.decode()
        assert "no-store" in page["Cache-Control"] or "no-cache" in page["Cache-Control"]
        assert as_stranger.get(address).status_code == as_administrator.get(address).status_code == 404
        assert as_nobody.get(address).status_code == 302


def test_what_one_chooses_from_stands_by_name(community: Community, as_member: Client) -> None:
    for name, sector, tags in (("Zoe", "energy", ["sw"]), ("Åsa", "água", ["de", "es"])):
        listed(community, name, sector=sector, languages=tags)
    page = as_member.get(DIRECTORY).content.decode()
    for words in (("água", "energy"), ("German", "Spanish", "Swahili")):
        places = [page.index(f">{each}</option>") for each in words]
        assert places == sorted(places)


def test_one_enters_changes_and_leaves(community: Community, as_member: Client, member: User) -> None:
    mine = f"{DIRECTORY}mine/"
    assert 'value="Member"' in as_member.get(mine).content.decode()
    sent = {"name": "", "zone": "Asia/Kolkata", "offers": "Phones", "tongue_1": "hi", "tongue_2": "hi"}
    assert as_member.post(mine, sent).status_code == 302
    entry = DirectoryEntry.objects.get()
    assert (entry.name, entry.tags, entry.writable) == ("", ["hi"], False)
    assert "A member" in as_member.get(DIRECTORY).content.decode()
    assert as_member.post(mine, {"offers": "x" * 1001}).status_code == 422
    as_member.post(f"{mine}leave/")
    assert not DirectoryEntry.objects.exists()


def test_whose_sign_in_ended_is_led_back_to_the_page_with_the_button(as_nobody: Client) -> None:
    """What the button sends to shows no page of its own."""
    page = f"http://testserver{DIRECTORY}mine/"
    for sent_from, back in (
        (page, f"{DIRECTORY}mine/"),
        ("https://evil.example/", f"{DIRECTORY}mine/leave/"),
    ):
        answer = as_nobody.post(f"{DIRECTORY}mine/leave/", headers={"Referer": sent_from})
        assert answer.headers["Location"] == f"/accounts/login/?next={back}"


def test_members_are_found(community: Community, as_member: Client) -> None:
    listed(community, "Rosa", zone="America/Mexico_City", sector="food", languages=["es"])  # 06:00 there
    listed(community, "Celso", zone="Africa/Maputo", sector="housing", offers="Pilots")
    found = {}
    for query in (
        "q=pilots",
        "sector=food",
        "language=es",
        "zone=Africa/Maputo",
        "hours=awake",
        "hours=shared",
    ):
        words = as_member.get(f"{DIRECTORY}?{query}").content.decode()
        found[query] = [name for name in ("Rosa", "Celso") if f">{name}</a>" in words]
    assert found == {
        "q=pilots": ["Celso"],
        "sector=food": ["Rosa"],
        "language=es": ["Rosa"],
        "zone=Africa/Maputo": ["Celso"],
        "hours=awake": ["Celso"],
        "hours=shared": ["Celso"],
    }
    assert as_member.get(f"{DIRECTORY}?zone=nowhere&page=x&hours=never").status_code == 200


def test_whom_to_meet_is_said_with_the_reason(community: Community, as_member: Client, member: User) -> None:
    listed(community, "Celso")
    listed(community, "Me", member, zone="Asia/Kolkata", seeks="housing", offers="lamps")
    words = as_member.get(DIRECTORY).content.decode()
    assert "Offers what you seek: housing. Seeks what you offer: lamp. Lives by another clock." in words


@pytest.mark.parametrize("address", [DIRECTORY, RESOURCES, TOPICS, "/communities/savings/introductions/"])
def test_lists_ask_little_however_many(
    community: Community, as_member: Client, member: User, address: str
) -> None:
    own = listed(community, "Me", member, seeks="housing")

    def fill(number: int) -> None:
        for each in range(number):
            other = listed(community, f"M{each}", zone="Asia/Manila")
            introducing.write_to(
                community=community, writer=other.membership.person, entry=own, text="Hello", now=NOW
            )
            fields: dict[str, Any] = {"community": community, "title": "T"}
            given = {"posted_at": NOW, "changed_at": NOW, "published_at": NOW, "url": "https://example.org/"}
            Resource.objects.create(state="published", **fields, **given)
            Suggestion.objects.create(made_at=NOW, confirmed_at=NOW, **fields)

    fill(2)
    few = asked(as_member, address)
    fill(8)
    many = asked(as_member, address)
    assert many <= few
    assert many <= 20


def test_two_write_to_each_other_by_secret_links(
    community: Community, as_member: Client, member: User, as_nobody: Client, as_stranger: Client
) -> None:
    listed(community, "Me", member)
    entry = listed(community, "Celso")
    sent = as_member.post(f"{DIRECTORY}{entry.pk}/", {"text": "May I ask you?"})
    mine = Party.objects.get(person=member.person)
    assert sent["Location"] == f"/introductions/{mine.token}/"
    assert "Waits for Celso." in as_member.get(sent["Location"]).content.decode()
    other = introducing.other_of(mine)
    assert other is not None
    theirs = f"/introductions/{other.token}/"
    page = as_nobody.get(theirs)
    assert "May I ask you?" in page.content.decode()
    assert member.email not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert ">Celso</a>" in as_member.get("/communities/savings/introductions/").content.decode()
    as_nobody.post(f"{theirs}write/", {"text": "Of course"})
    assert "You know each other." in as_member.get(sent["Location"]).content.decode()
    assert entry.membership.person.email not in as_member.get(sent["Location"]).content.decode()
    as_nobody.post(f"{theirs}share/", {"do": "show"})
    assert entry.membership.person.email in as_member.get(sent["Location"]).content.decode()
    assert as_nobody.post(f"{theirs}stop/").status_code == 200
    assert as_member.post(f"{sent['Location']}write/", {"text": "Again"}).status_code == 422
    assert Note.objects.count() == 2
    assert as_nobody.get("/introductions/unknown/").status_code == 404


def test_who_is_written_to_sees_the_name_of_the_directory_until_they_answer(
    community: Community, as_member: Client, member: User
) -> None:
    own, celso = listed(community, "Me", member), listed(community, "Celso")
    writer = celso.membership.person
    introducing.write_to(community=community, writer=writer, entry=own, text="Hello", now=NOW)
    listing, page = "/communities/savings/introductions/", Party.objects.get(person=member.person).token
    for address in (listing, f"/introductions/{page}/"):
        words = as_member.get(address).content.decode()
        assert ("Celso" in words, writer.name in words) == (True, False)
    as_member.post(f"/introductions/{page}/write/", {"text": "Yes"})
    assert writer.name in as_member.get(listing).content.decode()


def test_a_mail_program_stops_it_at_one_click(community: Community, member: User) -> None:
    listed(community, "Me", member)
    entry = listed(community, "Celso")
    mine = introducing.write_to(community=community, writer=member.person, entry=entry, text="Hello", now=NOW)
    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.post(f"/introductions/{mine.token}/stop/", {"List-Unsubscribe": "One-Click"}).status_code
        == 200
    )
    assert Introduction.objects.get().ended_at == NOW


def test_a_facilitator_introduces_by_name_or_address(
    community: Community, as_organiser: Client, as_member: Client
) -> None:
    one, other = (
        make_user("rosa@v.example", name="Rosa Ruiz"),
        make_user("celso@h.example", name="Celso Sitoe"),
    )
    for user in (one, other):
        make_member(community, user)
    address = f"{ORGANISE}introductions/"
    sent = {"one": "rosa ruiz", "other": "celso@h.example", "words": "You both build."}
    refused = as_organiser.post(address, sent)
    assert (refused.status_code, "is not in the directory" in refused.content.decode()) == (400, True)
    assert as_organiser.post(address, sent | {"one": "Nobody"}).status_code == 400
    assert as_organiser.post(address, sent | {"agreed": "on"}).status_code == 302
    assert "They know each other." in as_organiser.get(address).content.decode()
    assert as_member.post(address, sent).status_code == 404
    assert as_organiser.get(f"{address}?one={10**30}").status_code == 200


def test_a_report_reaches_the_organisers(
    community: Community, as_organiser: Client, as_nobody: Client, member: User
) -> None:
    listed(community, "Me", member)
    mine = introducing.write_to(
        community=community, writer=member.person, entry=listed(community, "Celso"), text="Buy this", now=NOW
    )
    other, note = introducing.other_of(mine), Note.objects.get()
    assert other is not None
    assert "Buy this" not in as_organiser.get(f"{ORGANISE}introductions/").content.decode()
    as_nobody.post(f"/introductions/{other.token}/report/{note.pk}/", {"why": "An advertisement"})
    page = as_organiser.get(f"{ORGANISE}introductions/").content.decode()
    assert "Buy this" in page
    assert "An advertisement" in page
    as_organiser.post(f"{ORGANISE}introductions/{note.pk}/", {"do": "hush"})
    assert "Buy this" not in as_organiser.get(f"{ORGANISE}introductions/").content.decode()
    assert member.person.memberships.get(community=community).hush


def test_a_resource_from_post_to_list(
    community: Community, as_member: Client, as_organiser: Client, as_nobody: Client, as_stranger: Client
) -> None:
    sent = {"kind": "opportunity", "title": "A grant", "url": "example.org/grant", "language": "en"}
    sent |= {"due_on": "2026-11-20", "zone": "Africa/Maputo"}
    assert as_nobody.post(f"{RESOURCES}new/", sent).status_code == 302
    assert as_stranger.post(f"{RESOURCES}new/", sent).status_code == 404
    assert as_member.post(f"{RESOURCES}new/", sent).status_code == 302
    made = Resource.objects.get()
    assert (made.state, made.url) == (ResourceState.WAITING, "https://example.org/grant")
    assert "A grant" not in as_nobody.get(RESOURCES).content.decode()
    assert "waits for the moderator" in as_member.get(RESOURCES).content.decode()
    assert as_organiser.get(f"{ORGANISE}resources/").content.decode().count("A grant") >= 1
    as_organiser.post(f"{ORGANISE}resources/{made.uuid}/", {"do": "take"})
    words = as_nobody.get(RESOURCES).content.decode()
    assert "Deadline Fri, 20 Nov 2026" in words or "Deadline Fri 20 Nov 2026" in words
    feed = as_nobody.get(f"{RESOURCES}changes.atom")
    assert (feed.status_code, b"A grant" in feed.content) == (200, True)
    assert (
        as_nobody.get(f"{RESOURCES}changes.atom", headers={"if-none-match": feed["ETag"]}).status_code == 304
    )
    assert as_stranger.post(f"{RESOURCES}{made.uuid}/withdraw/").status_code == 404
    as_member.post(f"{RESOURCES}{made.uuid}/withdraw/")
    assert b"A grant" not in as_nobody.get(f"{RESOURCES}changes.atom").content


def test_passed_deadlines_fold_away(community: Community, as_nobody: Client) -> None:
    given = {"posted_at": NOW, "changed_at": NOW, "published_at": NOW, "url": "https://example.org/"}
    day = NOW - timedelta(days=3)
    fields = {"due_on": day.date(), "due_at": day, "zone": "UTC", "state": "published", "title": "Too late"}
    Resource.objects.create(community=community, **given, **fields)
    words = as_nobody.get(RESOURCES).content.decode()
    assert "Too late" in words.partition("<details")[2]
    assert "Too late" not in words.partition("<details")[0]


def test_anybody_suggests_and_votes_by_a_proved_address(
    community: Community, as_nobody: Client, as_member: Client
) -> None:
    sent = {"title": "Savings by phone", "why": "What works?", "name": "Ana", "email": "ana@example.org"}
    answers = [
        as_nobody.post(TOPICS, sent | {"email": email}) for email in ("ana@example.org", "member@example.org")
    ]
    assert {each.status_code for each in answers} == {302}
    assert "Savings by phone" not in as_nobody.get(TOPICS).content.decode().partition('id="new"')[0]
    token = Vote.objects.get(email="ana@example.org").token
    assert "Confirm" in as_nobody.get(f"/suggestions/{token}/").content.decode()
    as_nobody.post(f"/suggestions/{token}/", {"do": "confirm"})
    assert "Savings by phone" in as_nobody.get(TOPICS).content.decode()
    found = Suggestion.objects.out().get()
    as_member.post(f"{TOPICS}{found.uuid}/")
    as_member.post(f"{TOPICS}{found.uuid}/")
    assert found.votes.filter(confirmed_at__isnull=False).count() == 2
    assert "You want it, too" in as_member.get(TOPICS).content.decode()
    trapped = as_nobody.post(f"{TOPICS}{found.uuid}/", {"email": "x@example.org", "website": "x"})
    assert trapped.status_code == 422
    assert Message.objects.filter(kind="suggestion-link").count() == 2


def test_others_suggest_only_where_they_may(
    closed_community: Community, as_nobody: Client, as_stranger: Client, as_member: Client
) -> None:
    address = f"/communities/{closed_community.slug}/suggestions/"
    assert {as_nobody.get(address).status_code, as_stranger.get(address).status_code} == {404}
    assert as_member.post(address, {"title": "Ours"}).status_code == 302
    assert Suggestion.objects.out().get().title == "Ours"


def test_an_organiser_makes_it_a_session(
    community: Community, as_member: Client, as_organiser: Client
) -> None:
    series = make_series(community, slug="after-hours")
    as_member.post(f"{TOPICS}?series=after-hours", {"title": "Phones", "why": "What works?", "name": "Mem"})
    found = Suggestion.objects.get()
    address = f"{ORGANISE}suggestions/{found.uuid}/session/"
    page = as_organiser.get(address).content.decode()
    assert 'value="Phones"' in page
    assert "What works?" in page
    sent = {"title": "Phones", "abstract": "What works?", "precision": "day", "credit": "on"}
    made = as_organiser.post(address, sent | {"date": "2027-02-03", "time": "15:00", "minutes": "1:00"})
    session = Session.objects.get()
    assert made["Location"] == f"/organise/sessions/{session.slug}/"
    assert (session.series, session.speakers.get().person.name) == (series, "Member")
    assert "It is planned" in as_member.get(TOPICS).content.decode()


def test_an_organiser_declines_and_puts_together(
    community: Community, as_member: Client, as_organiser: Client
) -> None:
    for title in ("Phones", "Telephones", "Football"):
        as_member.post(TOPICS, {"title": title})
    found = {each.title: each for each in Suggestion.objects.all()}
    base = f"{ORGANISE}suggestions/"
    as_organiser.post(f"{base}{found['Phones'].uuid}/merge/", {"into": found["Telephones"].pk})
    as_organiser.post(f"{base}{found['Football'].uuid}/decline/", {"answer": "Another place"})
    states = dict(Suggestion.objects.values_list("title", "state"))
    assert states == {"Phones": "merged", "Telephones": "open", "Football": "declined"}
    assert "Not now: Another place" in as_member.get(TOPICS).content.decode()
    assert "Telephones" in as_organiser.get(base).content.decode()


def test_silence_and_welcome_are_kept(community: Community, as_organiser: Client, as_manager: Client) -> None:
    address = f"{ORGANISE}silence/"
    assert "needs 3 past sessions" in as_organiser.get(address).content.decode()
    assert as_manager.post(address, {"sessions": "5"}).status_code == 302
    rule = SilenceRule.objects.get()
    assert (rule.sessions, rule.mails) == (5, False)
    assert as_manager.post(address, {"sessions": "99"}).status_code == 400
    address = f"{ORGANISE}welcome/"
    looked = as_organiser.post(address, {"do": "look", "words_en": "Come as you are."})
    assert "Come as you are." in re.sub(
        r"<textarea.*?</textarea>", "", looked.content.decode(), flags=re.DOTALL
    )
    assert not Welcome.objects.exists()
    as_organiser.post(address, {"do": "save", "words_en": "Come as you are.", "on": "on"})
    assert (Welcome.objects.get().words, Welcome.objects.get().on_since) == ({"en": "Come as you are."}, NOW)
