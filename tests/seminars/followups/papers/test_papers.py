"""Papers: begun from sessions, written by several, reviewed by named people, out in versions that never change."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.followups.papers import publishing, reviewing, writing
from seminars.followups.papers.models import Paper, PaperReview, PaperSession, PaperState, PaperVersion
from seminars.followups.papers.outline import Headings, Part, Source
from seminars.notifications.models import Message
from seminars.notifications.papers import REVIEW, mail_review, review_facts
from seminars.people.models import Joining
from seminars.people.visitors import NOBODY, Visitor
from seminars.sessions.models import Material, MaterialState, Session
from tests.factories import NOW, make_community, make_member, make_series, make_session, make_user

pytestmark = pytest.mark.django_db
WORDS = Headings("Asked", "Said", "Follows", "Next", "Nothing.")


def begun(sessions: list[Session] | None = None, **given: Any) -> Paper:
    """A draft of sessions of one community."""
    sessions = sessions or [make_session()]
    return writing.begin(
        community=sessions[0].series.community,
        sessions=sessions,
        sources=[Source("A room", (Part("Results", "text", "Fine."),))],
        now=NOW,
        actor_id=None,
        **{"title": "Mentors", "language": "en", "words": WORDS, **given},
    )


def out(paper: Paper | None = None, **given: Any) -> PaperVersion:
    """A version that is out."""
    paper = paper or begun()
    paper.refresh_from_db()
    if paper.state != PaperState.APPROVED:
        reviewing.approve(paper=paper, seen=paper.revision, now=NOW, actor_id=None)
    return publishing.publish(paper=paper, seen=paper.revision, **{"now": NOW, "actor_id": None, **given})


def kept(paper: Paper, seen: int | None = None, **fields: str) -> Paper:
    """The paper with other words."""
    return writing.keep(paper=paper, seen=seen or paper.revision, fields=fields, now=NOW, actor_id=None)


def draw_on(paper: Paper, sessions: list[Session], added: str = "", seen: int | None = None) -> Paper:
    """The paper, drawing on other sessions."""
    return writing.draw_on(
        paper=paper, sessions=sessions, added=added, seen=seen or paper.revision, now=NOW, actor_id=None
    )


class TestWriting:
    """Begin and keep."""

    def test_a_draft_begins_with_what_reports_say(self) -> None:
        paper = begun()
        assert "Fine." in paper.body
        assert paper.state == PaperState.DRAFT
        assert paper.label == ""
        assert list(paper.drafts.values_list("revision", "title")) == [(1, "Mentors")]

    def test_nothing_typed_is_lost_between_two_hands(self) -> None:
        paper = begun()
        first = kept(paper, body="## First")
        with pytest.raises(writing.PaperStale) as stale:
            kept(paper, seen=1, body="## Second")
        assert stale.value.current.body == "## First"
        assert kept(first, seen=2, body="## Both").revision == 3
        assert list(paper.drafts.values_list("body", flat=True))[:2] == ["## Both", "## First"]

    def test_the_same_again_writes_nothing(self) -> None:
        paper = begun()
        assert kept(paper, seen=99, title=" Mentors ").revision == 1
        assert paper.drafts.count() == 1

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"title": " "}, "title"),
            ({"doi": "x"}, "doi"),
            ({"body": "x" * 400_001}, "body"),
            ({"licence": "mine"}, "licence"),
        ],
    )  # fmt: skip
    def test_bad_input_is_named(self, fields: dict[str, str], wrong: str) -> None:
        paper = begun()
        with pytest.raises(UserError) as refused:
            kept(paper, **fields)
        assert list(refused.value.fields) == [wrong]
        assert Paper.objects.get().revision == 1

    def test_it_needs_sessions_of_its_own_community(self) -> None:
        with pytest.raises(ValueError, match="own community"):
            begun([make_session(), make_session()])
        with pytest.raises(UserError) as refused:
            begun([make_session()] * 41)
        assert list(refused.value.fields) == ["sessions"]


class TestSources:
    """On which sessions it draws."""

    def test_others_are_chosen_and_their_words_come_to_the_end(self) -> None:
        first = make_session()
        second = make_session(first.series)
        paper = begun([first])
        drawn = draw_on(paper, [second], "### Another room\n\nMore.")
        assert drawn.body.endswith("### Another room\n\nMore.")
        assert "Fine." in drawn.body
        assert (drawn.revision, drawn.drafts.count()) == (2, 2)
        assert list(PaperSession.objects.values_list("session_id", flat=True)) == [second.pk]

    def test_without_words_the_text_stays_as_it_is(self) -> None:
        first = make_session()
        paper = begun([first])
        assert draw_on(paper, [first, make_session(first.series)]).revision == 1
        assert PaperSession.objects.count() == 2

    def test_none_and_those_of_what_is_out_are_refused(self) -> None:
        paper = begun()
        with pytest.raises(UserError) as refused:
            draw_on(paper, [])
        assert list(refused.value.fields) == ["sessions"]
        with pytest.raises(writing.PaperStale):
            draw_on(paper, [each.session for each in PaperSession.objects.all()], seen=7)
        out(paper)
        paper.refresh_from_db()
        with pytest.raises(UserError):
            draw_on(paper, [each.session for each in PaperSession.objects.all()])


class TestReviewing:
    """Ask, comment, judge."""

    def asked(self, paper: Paper, email: str = "Rev@Example.org", days: int = 14) -> PaperReview:
        return reviewing.ask(
            paper=paper,
            name="Rev Iewer",
            email=email,
            due_at=NOW + timedelta(days=days),
            now=NOW,
            actor_id=None,
        )

    def test_asked_twice_is_one_with_the_new_deadline(self) -> None:
        paper = begun()
        first = self.asked(paper)
        again = self.asked(paper, "rev@example.org ", days=20)
        assert (again.pk, again.due_at) == (first.pk, NOW + timedelta(days=20))
        paper.refresh_from_db()
        assert paper.state == PaperState.REVIEW

    def test_who_has_answered_can_be_asked_anew_and_may_say_the_same(self) -> None:
        paper = begun()
        review = reviewing.judge(review=self.asked(paper), verdict="large", words="Thin.", now=NOW)
        again = self.asked(paper)
        assert (again.pk, again.answered_at, again.words) == (review.pk, None, "Thin.")
        with transaction.atomic():
            assert mail_review(again, now=NOW)
        message = Message.objects.get(kind=REVIEW)
        assert review_facts(message, NOW)["review"] == again
        reviewing.judge(review=again, verdict="large", words="Thin.", now=NOW + timedelta(days=1))
        again.refresh_from_db()
        assert (again.answered_at, again.told_at) == (NOW + timedelta(days=1), None)

    @pytest.mark.parametrize(
        ("email", "days"),
        [("nobody", 3), ("a@b.example, c@d.example", 3), ("a@b.example", -1), ("a@b.example", 400)],
    )
    def test_bad_addresses_and_days_are_refused(self, email: str, days: int) -> None:
        with pytest.raises(UserError):
            self.asked(begun(), email, days)
        assert not PaperReview.objects.exists()

    def test_comments_and_a_verdict(self) -> None:
        review = self.asked(begun())
        one = reviewing.comment(review=review, place="Fine.", text="Why?", revision=1, now=NOW)
        assert (
            reviewing.comment(review=review, place="Fine.", text="Why?\n", revision=1, now=NOW).pk == one.pk
        )
        reviewing.settle(comment=one, answer="Because.", now=NOW)
        assert not reviewing.take_back(review=review, pk=one.pk)
        with pytest.raises(UserError):
            reviewing.judge(review=review, verdict="", words="", now=NOW)
        reviewing.judge(review=review, verdict="small", words="Good.", now=NOW)
        review.refresh_from_db()
        assert (review.verdict, review.answered_at) == ("small", NOW)
        assert review.comments.get().answer == "Because."

    def test_links_end(self) -> None:
        review = self.asked(begun())
        assert reviewing.opened(review.token, now=NOW) == review
        with pytest.raises(reviewing.UnknownReview):
            reviewing.opened("wrong", now=NOW)
        with pytest.raises(reviewing.ReviewEnded):
            reviewing.opened(review.token, now=NOW + timedelta(days=100))
        reviewing.revoke(review=review, now=NOW, actor_id=None)
        with pytest.raises(reviewing.ReviewEnded):
            reviewing.opened(review.token, now=NOW)

    def test_a_change_takes_approval_back(self) -> None:
        paper = begun()
        reviewing.approve(paper=paper, seen=1, now=NOW, actor_id=None)
        assert kept(paper, summary="New").state == PaperState.DRAFT
        with pytest.raises(UserError):  # not what was looked at
            reviewing.approve(paper=paper, seen=1, now=NOW, actor_id=None)


class TestPublishing:
    """Numbers, versions, ends."""

    def test_papers_are_numbered_within_the_year_of_their_community(self) -> None:
        session = make_session()
        labels = [out(begun([session], title=title)).paper.label for title in ("A", "B")]
        assert labels == ["DP 2026/1", "DP 2026/2"]
        assert out().paper.label == "DP 2026/1"  # another community counts for itself
        assert out(begun([session]), now=NOW + timedelta(days=400)).paper.label == "DP 2027/1"

    def test_a_version_never_changes_and_the_next_says_what_is_new(self) -> None:
        first = out()
        paper = kept(first.paper, body="## Other")
        assert paper.state == PaperState.DRAFT
        with pytest.raises(UserError) as refused:
            out(paper)
        assert list(refused.value.fields) == ["changes"]
        second = out(paper, changes="Numbers corrected.", now=NOW + timedelta(days=1))
        assert (second.version, second.paper.label) == (2, first.paper.label)
        first.refresh_from_db()
        assert first.body != second.body == "## Other"

    def test_only_an_approved_text_that_was_looked_at_comes_out(self) -> None:
        paper = begun()
        with pytest.raises(UserError):
            publishing.publish(paper=paper, seen=1, now=NOW, actor_id=None)
        reviewing.approve(paper=paper, seen=1, now=NOW, actor_id=None)
        with pytest.raises(UserError):
            publishing.publish(paper=paper, seen=7, now=NOW, actor_id=None)
        assert not PaperVersion.objects.exists()

    def test_its_sessions_show_it_and_say_when_it_went(self) -> None:
        community = make_community()
        sessions = [make_session(make_series(community)) for _ in range(2)]
        paper = out(begun(sessions)).paper
        shown = Material.objects.filter(kind="paper")
        assert {each.session_id for each in shown} == {each.pk for each in sessions}
        assert {each.path for each in shown} == {f"/papers/{paper.slug}/"}
        publishing.withdraw(paper=paper, reason="A wrong figure.", now=NOW, actor_id=None)
        assert {each.state for each in shown.all()} == {MaterialState.WITHDRAWN}
        with pytest.raises(UserError):
            kept(paper, body="x")
        kinds = Change.objects.filter(subject=writing.subject_of(paper)).values_list("kind", flat=True)
        assert list(kinds.order_by("id")) == [
            "paper-begun",
            "paper-approved",
            "paper-published",
            "paper-withdrawn",
        ]

    def test_another_paper_takes_its_place(self) -> None:
        session = make_session()
        old, new = out(begun([session])).paper, out(begun([session])).paper
        with pytest.raises(UserError):
            publishing.supersede(paper=old, by=old, now=NOW, actor_id=None)
        with pytest.raises(UserError):
            publishing.supersede(paper=old, by=begun([session]), now=NOW, actor_id=None)
        publishing.supersede(paper=old, by=new, now=NOW, actor_id=None)
        old.refresh_from_db()
        assert (old.state, old.replaced_by) == (PaperState.SUPERSEDED, new)
        with pytest.raises(UserError):  # no circles
            publishing.supersede(paper=new, by=old, now=NOW, actor_id=None)

    def test_what_was_out_is_never_deleted(self) -> None:
        draft, paper = begun(), out().paper
        publishing.discard(paper=draft)
        with pytest.raises(UserError):
            publishing.discard(paper=paper)
        assert list(Paper.objects.all()) == [paper]


class TestSeeing:
    """Who reads and who writes."""

    def test_a_closed_community_s_paper_is_its_members_unless_it_is_for_everybody(self) -> None:
        closed = make_community(joining=Joining.CLOSED)
        paper = out(begun([make_session(make_series(closed))])).paper
        begun([make_session(make_series(closed))])  # a draft is nobody's
        member, stranger = make_member(closed).person.user, make_user()
        assert member is not None
        seen = {
            who: list(Paper.objects.visible_to(visitor))
            for who, visitor in {
                "nobody": NOBODY,
                "stranger": Visitor(stranger.pk),
                "member": Visitor(member.pk),
                "admin": Visitor(stranger.pk, is_admin=True),
            }.items()
        }
        assert seen == {"nobody": [], "stranger": [], "member": [paper], "admin": [paper]}
        assert not Paper.objects.edited_by(Visitor(member.pk)).exists()
        Paper.objects.filter(pk=paper.pk).update(for_everybody=True)
        assert list(Paper.objects.visible_to(NOBODY)) == [paper]
