"""See a discussion paper through its review, let it out, and say what becomes of it later."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from seminars import clock
from seminars.access import edited_paper_or_404
from seminars.changes.refusing import UserError
from seminars.followups.papers import publishing, reviewing
from seminars.followups.papers.models import Paper, PaperComment, PaperReview, PaperState
from seminars.notifications.papers import mail_review
from seminars.people.models import Joining
from seminars.web.forms.discussion_papers import PublishForm, ReasonForm, ReviewerForm, SuccessorForm
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.visitors import visitor_of

ENDS = time(23, 59)
"""When the last day of a review is over, by the clock of the community."""


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who was asked, what they said; ask another."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    form = ReviewerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(paper, form.cleaned_data, actor(request), timezone.now())
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Asked. The mail with the link is on its way."))
            return redirect("paper_reviews", paper.uuid)
    rows = list(paper.reviews.prefetch_related("comments"))
    now = timezone.now()
    context = {
        "paper": paper,
        "community": paper.community,
        "form": form,
        "reviews": [(each, each.is_late(now)) for each in rows],
        "open": sum(1 for row in rows for each in row.comments.all() if each.settled_at is None),
    }
    return render(
        request, "seminars/organise/paper_reviews.html", context, status=422 if form.errors else 200
    )


@for_organisers
@require_POST
def end(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """End a reviewer's link."""
    review = _review(request, uuid, pk)
    reviewing.revoke(review=review, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("The link has ended. What was written stays."))
    return redirect("paper_reviews", uuid)


@for_organisers
@require_POST
def remind(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Send a reviewer the link once more."""
    review = _review(request, uuid, pk)
    with transaction.atomic():
        sent = review.revoked_at is None and mail_review(review, now=timezone.now())
    if sent:
        messages.success(request, _("The mail with the link is on its way."))
    else:
        messages.error(request, _("A mail with this link left only minutes ago, or waits to leave."))
    return redirect("paper_reviews", uuid)


@for_organisers
@require_POST
def settle(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Say what was done about a comment, or open it again."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    comment = get_object_or_404(PaperComment, review__paper=paper, pk=pk)
    if "reopen" in request.POST:
        reviewing.reopen(comment=comment)
    else:
        try:
            reviewing.settle(comment=comment, answer=request.POST.get("answer", ""), now=timezone.now())
        except UserError as refused:
            say_refusal(request, refused)
    return redirect(f"{request.path.partition('comments/')[0]}reviews/#comment-{pk}")


@for_organisers
@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Approve the text as it was looked at."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    seen = request.POST.get("seen", "")
    try:
        reviewing.approve(
            paper=paper,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
    return redirect("publish_paper", uuid)


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a version out."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    form = _publish_form(request, paper)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            version = publishing.publish(
                paper=paper,
                seen=given["seen"],
                changes=given.get("changes", ""),
                tell=given["tell"],
                for_everybody=given.get("for_everybody", False),
                now=timezone.now(),
                actor_id=actor(request),
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("It is out: %(label)s.") % {"label": version.paper.label})
            return redirect("paper", version.paper.slug)
    return _ways(request, paper, form=form)


@for_organisers
@require_POST
def supersede(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say which paper took its place."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    form = SuccessorForm(request.POST, papers=_successors(paper))
    if form.is_valid():
        by = Paper.objects.get(community=paper.community, uuid=form.cleaned_data["by"])
        try:
            publishing.supersede(paper=paper, by=by, now=timezone.now(), actor_id=actor(request))
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("paper", paper.slug)
    return _ways(request, paper, successor=form)


@for_organisers
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take it back; its address goes on saying so."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            publishing.withdraw(
                paper=paper, reason=form.cleaned_data["reason"], now=timezone.now(), actor_id=actor(request)
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(
                request, _("Withdrawn. Its address goes on saying what was here, and why it went.")
            )
            return redirect("organise_papers", paper.community.slug)
    return _ways(request, paper, reason=form)


@for_organisers
@require_POST
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Delete a draft that never came out."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    try:
        publishing.discard(paper=paper)
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("publish_paper", uuid)
    messages.success(request, _("The draft is deleted."))
    return redirect("organise_papers", paper.community.slug)


def _review(request: HttpRequest, uuid: UUID, pk: int) -> PaperReview:
    paper = edited_paper_or_404(uuid, visitor_of(request))
    return get_object_or_404(
        PaperReview.objects.select_related("paper__community", "person__user"), paper=paper, pk=pk
    )


def _ask(paper: Paper, given: dict[str, Any], actor_id: int, now: datetime) -> None:
    """Ask, and write the mail down with it."""
    due_at = clock.to_instant(datetime.combine(given["due"], ENDS), paper.community.home_zone)
    with transaction.atomic():
        review = reviewing.ask(
            paper=paper, name=given["name"], email=given["email"], due_at=due_at, now=now, actor_id=actor_id
        )
        mail_review(review, now=now)


def _publish_form(request: HttpRequest, paper: Paper) -> PublishForm:
    return PublishForm(
        request.POST
        if request.method == "POST"
        and request.resolver_match
        and request.resolver_match.url_name == "publish_paper"
        else None,
        first=paper.published_at is None,
        closed=paper.community.joining == Joining.CLOSED,
        initial={
            "seen": paper.revision,
            "tell": paper.published_at is None,
            "for_everybody": paper.for_everybody,
        },
    )


def _successors(paper: Paper) -> list[Paper]:
    rows = Paper.objects.filter(community=paper.community, published_at__isnull=False).exclude(pk=paper.pk)
    return list(
        rows.exclude(state__in=[PaperState.SUPERSEDED, PaperState.WITHDRAWN])
        .defer("body")
        .order_by("-published_at")
    )


def _ways(
    request: HttpRequest,
    paper: Paper,
    *,
    form: PublishForm | None = None,
    successor: SuccessorForm | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    """The page of what can be done with the paper as a whole, with a form as it was sent."""
    successors = _successors(paper)
    sent = form if form and form.is_bound else successor or reason
    context = {
        "paper": paper,
        "community": paper.community,
        "form": form or _publish_form(request, paper),
        "successor": successor or (SuccessorForm(papers=successors) if successors else None),
        "reason": reason or ReasonForm(),
        "waiting": paper.reviews.filter(revoked_at=None, answered_at=None).count(),
        "open": PaperComment.objects.filter(review__paper=paper, settled_at=None).count(),
    }
    status = 422 if sent is not None and sent.errors else 200
    return render(request, "seminars/organise/publish_paper.html", context, status=status)


_ONE = "organise/papers/<uuid:uuid>/"
urlpatterns = [
    path(f"{_ONE}reviews/", reviews, name="paper_reviews"),
    path(f"{_ONE}reviews/<int:pk>/end/", end, name="end_paper_review"),
    path(f"{_ONE}reviews/<int:pk>/mail/", remind, name="mail_paper_review"),
    path(f"{_ONE}comments/<int:pk>/", settle, name="settle_paper_comment"),
    path(f"{_ONE}approve/", approve, name="approve_paper"),
    path(f"{_ONE}publish/", publish, name="publish_paper"),
    path(f"{_ONE}supersede/", supersede, name="supersede_paper"),
    path(f"{_ONE}withdraw/", withdraw, name="withdraw_paper"),
    path(f"{_ONE}discard/", discard, name="discard_paper"),
]
