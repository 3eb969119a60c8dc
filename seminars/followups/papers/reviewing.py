"""Review a paper: named people are asked with a deadline, comment by a secret link, say what they think of it."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.followups.papers.models import Paper, PaperComment, PaperReview, PaperState, Verdict
from seminars.followups.papers.writing import refuse_closed, scope_of, subject_of
from seminars.people.addresses import is_address
from seminars.people.models import Person

LONGEST = 5000
MOST_REVIEWERS = 20
MOST_COMMENTS = 200
LATEST = timedelta(days=180)
KEPT = timedelta(days=60)
"""So long after its deadline the link still opens: late reviews are reviews."""


class UnknownReview(Exception):
    """No such link was ever made."""


class ReviewEnded(Exception):
    """The link was good once; `why` says in words why it no longer is."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask(
    *, paper: Paper, name: str, email: str, due_at: datetime, now: datetime, actor_id: int | None
) -> PaperReview:
    """Return the review that is asked for; asked twice, it is the same one with the new deadline.

    due_at, now: aware UTC. The draft is in review from then on. Who has answered is asked anew; what they said stays
    until they say something else. Raises UserError by field.
    """
    refuse_closed(paper)
    name, email = " ".join(name.split()), email.strip().lower()
    wrong = {}
    if not name or len(name) > 120:
        wrong["name"] = _("Give a name of at most 120 characters.")
    if not is_address(email):
        wrong["email"] = _("Give an e-mail address, such as name@example.org.")
    if not now < due_at <= now + LATEST:
        wrong["due"] = _("Choose a day within the next half year.")
    raise_if(wrong)
    with transaction.atomic():
        current = Paper.objects.select_for_update().get(pk=paper.pk)
        valid = current.reviews.filter(revoked_at=None)
        known = valid.select_for_update().filter(email=email).first()  # an answer that comes now waits
        if known is None and valid.count() >= MOST_REVIEWERS:
            raise UserError(
                {"email": _("At most %(most)d people review a paper.") % {"most": MOST_REVIEWERS}}
            )
        review = known or _make(current, name, email, due_at, now, actor_id)
        if known and (known.due_at != due_at or known.answered_at):
            known.due_at, known.reminded_at, known.answered_at, known.told_at = due_at, None, None, None
            known.save(update_fields=["due_at", "reminded_at", "answered_at", "told_at"])
        if current.state in {PaperState.DRAFT, PaperState.APPROVED}:
            Paper.objects.filter(pk=current.pk).update(state=PaperState.REVIEW)
            paper.state = PaperState.REVIEW
    return review


def revoke(*, review: PaperReview, now: datetime, actor_id: int | None) -> None:
    """End a reviewer's link; what they wrote stays."""
    with transaction.atomic():
        if PaperReview.objects.filter(pk=review.pk, revoked_at=None).update(revoked_at=now):
            _record(review, "paper-review-ended", now, actor_id)


def opened(token: str, *, now: datetime) -> PaperReview:
    """Return the review of `token`, with its paper. now: aware UTC. Raises UnknownReview, ReviewEnded."""
    rows = PaperReview.objects.select_related("paper__community", "person__user")
    review = rows.filter(token=token).first()
    if review is None:
        raise UnknownReview
    if review.revoked_at:
        raise ReviewEnded(_("The editors ended this link."))
    if review.paper.is_closed:
        raise ReviewEnded(_("The work on this paper is over."))
    if now >= review.due_at + KEPT:
        raise ReviewEnded(_("This link is too old."))
    return review


def comment(*, review: PaperReview, place: str, text: str, revision: int, now: datetime) -> PaperComment:
    """Return a comment on the paragraph that begins with `place` ("": on the whole). Raises UserError."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    raise_if(_wrong("text", text) or ({} if text else {"text": _("Write your comment.")}))
    same = review.comments.filter(place=place[:300], text=text).first()
    if same:  # a double click
        return same
    if review.comments.count() >= MOST_COMMENTS:
        raise UserError(
            {
                "text": _("You have written %(most)d comments: put the rest in your words on the whole.")
                % {"most": MOST_COMMENTS}
            }
        )
    return PaperComment.objects.create(
        review=review, revision=revision, place=place[:300], text=text, made_at=now
    )


def take_back(*, review: PaperReview, pk: int) -> bool:
    """Return whether a comment that nobody has settled is gone."""
    return bool(review.comments.filter(pk=pk, settled_at=None).delete()[0])


def judge(*, review: PaperReview, verdict: str, words: str, now: datetime) -> PaperReview:
    """Return the review with what the reviewer thinks of the whole; it can be changed. Raises UserError by field."""
    words = words.replace("\r\n", "\n").replace("\x00", "").strip()
    wrong = _wrong("words", words)
    if verdict not in Verdict.values or not verdict:
        wrong["verdict"] = _("Choose what you think of the paper.")
    raise_if(wrong)
    if review.answered_at and (review.verdict, review.words) == (verdict, words):
        return review
    with transaction.atomic():
        review.verdict, review.words, review.answered_at, review.told_at = verdict, words, now, None
        review.save(update_fields=["verdict", "words", "answered_at", "told_at"])
        _record(review, "paper-reviewed", now, None)
    return review


def settle(*, comment: PaperComment, answer: str, now: datetime) -> None:
    """Say what was done about a comment; its reviewer sees it. Raises UserError."""
    answer = answer.replace("\r\n", "\n").replace("\x00", "").strip()
    raise_if(_wrong("answer", answer))
    PaperComment.objects.filter(pk=comment.pk).update(answer=answer, settled_at=now)


def reopen(*, comment: PaperComment) -> None:
    """Let a comment stand open again."""
    PaperComment.objects.filter(pk=comment.pk).update(settled_at=None)


def approve(*, paper: Paper, seen: int, now: datetime, actor_id: int | None) -> None:
    """Approve the text as it stands at revision `seen`. Raises UserError where it changed or is not in work."""
    with transaction.atomic():
        rows = Paper.objects.filter(
            pk=paper.pk, revision=seen, state__in=[PaperState.DRAFT, PaperState.REVIEW]
        )
        if not rows.update(state=PaperState.APPROVED):
            raise UserError(
                {"": _("Somebody else changed this meanwhile. Look at it again before you approve.")}
            )
        record(
            kind="paper-approved",
            subject=subject_of(paper),
            scopes=scope_of(paper),
            now=now,
            actor_id=actor_id,
        )
    paper.state = PaperState.APPROVED


def _make(
    paper: Paper, name: str, email: str, due_at: datetime, now: datetime, actor_id: int | None
) -> PaperReview:
    person = Person.objects.filter(user__email__iexact=email).first()
    try:
        with transaction.atomic():
            review = PaperReview.objects.create(
                paper=paper,
                person=person,
                name=name,
                email=email,
                token=secrets.token_urlsafe(24),
                asked_by_id=actor_id,
                asked_at=now,
                due_at=due_at,
            )
    except IntegrityError:  # a double click: the other one won
        return PaperReview.objects.get(paper=paper, email=email, revoked_at=None)
    _record(review, "paper-review-asked", now, actor_id)
    return review


def _record(review: PaperReview, kind: str, now: datetime, actor_id: int | None) -> None:
    paper = review.paper
    record(kind=kind, subject=subject_of(paper), scopes=[], now=now, actor_id=actor_id, note=review.name)


def _wrong(name: str, text: str) -> dict[str, str]:
    return {name: _("Use at most %(most)d characters.") % {"most": LONGEST}} if len(text) > LONGEST else {}
