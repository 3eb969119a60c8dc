"""Discussion papers as pages: from reports to a numbered paper, reviewed by link, told once, and read for good."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from seminars.followups.papers.models import Paper, PaperComment, PaperReview, PaperVersion
from seminars.followups.reports.models import Report
from seminars.notifications import papers as telling
from seminars.notifications.letters import Pointless
from seminars.notifications.models import Message
from seminars.people.models import Community, Joining, Membership, User
from seminars.sessions.models import Session
from tests.factories import NOW, make_member, make_series, make_session
from tests.seminars.followups.papers.test_papers import begun, kept, out

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
LATER = NOW + timedelta(days=1)


def held(community: Community, **given: Any) -> Session:
    """A past session with a report that is out."""
    past = {"wall": NOW.replace(tzinfo=None) - timedelta(days=30), "published_at": NOW - timedelta(days=60)}
    session = make_session(make_series(community), **past | given)
    Report.objects.create(
        session=session,
        uuid=UUID(int=session.pk),
        answers={"results": "Mentors <b>should</b> pay.", "arguments": "- one\n- two"},
        published_at=NOW,
        changed_at=NOW,
    )
    return session


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.fixture
def desk(community: Community, as_organiser: Client) -> str:
    """The address at which a paper is written that was begun from a session's report."""
    session = held(community)
    start = f"/organise/communities/{community.slug}/papers/new/"
    assert "has a report" in page(as_organiser, start)
    answer = as_organiser.post(start, {"title": "Who pays?", "language": "en", "sessions": [session.pk]})
    assert answer["Location"] == f"/organise/papers/{Paper.objects.get().uuid}/"
    return answer["Location"]


def test_the_draft_says_what_the_report_says(desk: str, as_organiser: Client) -> None:
    assert "Mentors \\<b\\>should\\</b\\> pay." in Paper.objects.get().body
    assert "<b>should" not in page(as_organiser, f"{desk}look/")
    assert as_organiser.get(f"{desk}draft.pdf").content.startswith(b"%PDF")


def test_other_sessions_are_chosen_for_it(desk: str, community: Community, as_organiser: Client) -> None:
    other = held(community)
    before = Paper.objects.get()
    assert "Choose other sessions" in page(as_organiser, desk)
    assert "has a report" in page(as_organiser, f"{desk}sessions/")
    chosen = {"seen": before.revision, "sessions": [other.pk], "add": "on"}
    assert as_organiser.post(f"{desk}sessions/", chosen | {"sessions": []}).status_code == 422
    assert as_organiser.post(f"{desk}sessions/", chosen)["Location"] == desk
    after = Paper.objects.get()
    assert after.body.startswith(before.body.rstrip())
    assert after.body.count("should") == 2
    assert list(after.sessions.values_list("pk", flat=True)) == [other.pk]
    stale = as_organiser.post(f"{desk}sessions/", chosen)
    assert stale.status_code == 422
    assert "Somebody else changed the paper" in stale.content.decode()


def test_it_is_reviewed_without_an_account(desk: str, organiser: User, as_organiser: Client) -> None:
    due = (NOW + timedelta(days=14)).date().isoformat()
    who = {"name": "Rev Iewer", "email": "rev@example.org", "due": due}
    assert as_organiser.post(f"{desk}reviews/", who).status_code == 302
    assert Message.objects.get(kind=telling.REVIEW).email == "rev@example.org"
    link, reviewer = f"/reviews/{PaperReview.objects.get().token}/", Client()
    assert "Who pays?" in page(reviewer, link)
    assert reviewer.get(f"{link}draft.pdf").content.startswith(b"%PDF")
    said = {"place": "one", "text": "Which one?"}
    assert reviewer.post(f"{link}comment/", said).status_code == 302
    assert reviewer.post(f"{link}comment/", {"place": "not there", "text": "x"}).status_code == 422
    assert reviewer.post(f"{link}judge/", {"words": "Fine"}).status_code == 422
    assert reviewer.post(f"{link}judge/", {"verdict": "small", "words": "Nearly."}).status_code == 302
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        assert telling.look(now=timezone.now()) == 1
        assert telling.look(now=timezone.now()) == 0
    assert Message.objects.get(kind=telling.ANSWERED).email == organiser.email
    assert "Which one?" in page(as_organiser, f"{desk}reviews/")
    as_organiser.post(f"{desk}comments/{PaperComment.objects.get().pk}/", {"answer": "The first."})
    assert "The first." in page(reviewer, link)
    message = Message.objects.get(kind=telling.ANSWERED)
    assert telling.answered_facts(message, NOW)["review"].words == "Nearly."
    Membership.objects.filter(person__user=organiser).delete()
    with pytest.raises(Pointless):  # who plans no more works on no draft
        telling.answered_facts(message, NOW)


def _published(desk: str, as_organiser: Client) -> str:
    """The address of the paper once it is written, approved and out."""
    text = {
        "seen": 1,
        "title": "Who pays?",
        "authors": "A. Diallo",
        "summary": "Mentors.",
        "language": "en",
        "doi": "",
    }
    text |= {"body": "## Found\n\nAll.", "licence": "cc-by-4.0"}
    assert as_organiser.post(desk, text).status_code == 302
    clash = as_organiser.post(desk, text | {"body": "## Other"})
    assert clash.status_code == 409
    assert "## Found" in clash.content.decode()
    assert "## Other" in clash.content.decode()
    assert as_organiser.post(f"{desk}publish/", {"seen": 2, "tell": "on"}).status_code == 422
    as_organiser.post(f"{desk}approve/", {"seen": 2})
    answer = as_organiser.post(f"{desk}publish/", {"seen": 2, "tell": "on"})
    return answer["Location"]


def test_members_are_told_once_that_it_is_out(
    desk: str, community: Community, organiser: User, as_organiser: Client
) -> None:
    member = make_member(community)
    _published(desk, as_organiser)
    with time_machine.travel(NOW + timedelta(minutes=12), tick=False):
        assert telling.look(now=timezone.now()) == 2  # the member and the organiser, who is one too
        assert telling.look(now=timezone.now()) == 0
    assert member.person.user is not None
    mails = Message.objects.filter(kind=telling.OUT)
    assert {each.email for each in mails} == {member.person.user.email, organiser.email}
    message = mails.get(email=organiser.email)
    assert telling.out_facts(message, NOW)["version"].title == "Who pays?"


def test_everybody_finds_and_reads_it(desk: str, community: Community, as_organiser: Client) -> None:
    address, reader = f"/papers/{community.slug}-2026-1/", Client()
    assert _published(desk, as_organiser) == address
    shown = page(reader, address)
    assert "DP 2026/1" in shown
    assert "A. Diallo (2026). Who pays?" in shown
    assert reader.get(f"{address}paper.pdf")["Content-Type"] == "application/pdf"
    assert reader.get(f"{address}versions/2/").status_code == 404
    session = Session.objects.get()
    for place in ("/papers/", f"/communities/{community.slug}/papers/", f"/sessions/{session.slug}/"):
        assert address in page(reader, place), place
    assert "1 paper on what was found" in page(reader, f"/communities/{community.slug}/")
    for feed in ("/papers/changes.atom", f"/communities/{community.slug}/papers/changes.atom"):
        assert "DP 2026/1: Who pays?" in page(reader, feed)


def test_old_versions_and_ends_keep_their_addresses(community: Community, as_organiser: Client) -> None:
    session = held(community)
    first = out(begun([session]))
    out(kept(first.paper, body="## Newer"), changes="Numbers.", now=LATER)
    address = f"/papers/{first.paper.slug}/"
    assert "Newer" in page(Client(), address)
    assert "This is an older version" in page(Client(), f"{address}versions/1/")
    desk = f"/organise/papers/{first.paper.uuid}/"
    other = out(begun([session], title="The other")).paper
    for each in Paper.objects.all():
        kept(each, title="A draft of a title")
    assert as_organiser.post(f"{desk}supersede/", {"by": "nonsense"}).status_code == 422
    as_organiser.post(f"{desk}supersede/", {"by": str(other.uuid)})
    shown = page(Client(), address)
    assert "took the place of this paper" in shown
    assert "The other" in shown
    shown += page(Client(), f"/papers/{other.slug}/")
    assert as_organiser.post(f"{desk}withdraw/", {"reason": ""}).status_code == 422
    as_organiser.post(f"{desk}withdraw/", {"reason": "A wrong figure."})
    for path in (address, f"{address}versions/1/", f"{address}paper.pdf"):
        gone = page(Client(), path, 410)
        assert "A wrong figure." in gone
        shown += gone
    assert "A draft of a title" not in shown
    as_organiser.post(f"{desk}discard/")
    assert Paper.objects.filter(pk=first.paper.pk).exists()


def test_nothing_but_the_wanted_text_comes_back(community: Community, as_organiser: Client) -> None:
    paper = kept(begun([held(community)]), body="## Second text")
    desk = f"/organise/papers/{paper.uuid}/"
    assert "Fine." in page(as_organiser, f"{desk}drafts/1/")
    assert "Fine." in page(as_organiser, f"{desk}?from=1")
    assert "Second text" in page(as_organiser, f"{desk}?from=x")
    assert as_organiser.get(f"{desk}?from=99").status_code == 404


def test_who_does_not_want_it_gets_no_mail(community: Community) -> None:
    Community.objects.filter(pk=community.pk).update(joining=Joining.CLOSED)
    version = out(begun([held(community)]))
    member = make_member(community)
    assert telling.look(now=LATER) >= 1
    assert member.person.user is not None
    message = Message.objects.get(kind=telling.OUT, email=member.person.user.email)
    member.delete()
    with pytest.raises(telling.Pointless):
        telling.out_facts(message, LATER)
    assert PaperVersion.objects.get(pk=version.pk).told_at == LATER


def test_lists_ask_the_same_however_long_they_are(community: Community) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            out(begun([held(community)]))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(Client(), "/papers/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
