"""/reviews/<token>/: the page of somebody who reviews a discussion paper, by their secret link, without an account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.followups.papers import marking, reviewing
from seminars.followups.papers.drawing import draw
from seminars.followups.papers.models import TEXT, PaperReview, PaperVersion
from seminars.web.forms.discussion_papers import CommentForm, JudgementForm
from seminars.web.organise.gate import show_refusal
from seminars.web.paper_sheets import sheet_of
from seminars.web.secret_links import behind_link


def opened(request: HttpRequest, token: str) -> PaperReview | HttpResponse:
    """Return the review of a link that works, or the page that says that it ended. Raises ObjectDoesNotExist."""
    try:
        return reviewing.opened(token, now=timezone.now())
    except reviewing.UnknownReview as unknown:
        raise ObjectDoesNotExist from unknown
    except reviewing.ReviewEnded as ended:
        context = {"ended": {"why": ended.why, "contact": ""}}
        return render(request, "seminars/speak_ended.html", context, status=410)


@behind_link(opened)
@require_safe
def review(request: HttpRequest, found: PaperReview) -> HttpResponse:
    """The paper as it is now, and what they said of it."""
    return _page(request, found)


@behind_link(opened)
@require_safe
def review_file(request: HttpRequest, found: PaperReview) -> HttpResponse:
    """The paper as a PDF, to read it elsewhere."""
    paper = found.paper
    version = PaperVersion(
        paper=paper, version=0, out_at=paper.changed_at, **{name: getattr(paper, name) for name in TEXT}
    )
    response = HttpResponse(draw(sheet_of(paper, version)), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="draft.pdf"'
    return response


@behind_link(opened)
@require_http_methods(["POST"])
def comment(request: HttpRequest, found: PaperReview) -> HttpResponse:
    """Comment on a paragraph, or on the whole."""
    form = CommentForm(request.POST, places=_places(found))
    if form.is_valid():
        try:
            reviewing.comment(
                review=found,
                place=form.cleaned_data["place"],
                text=form.cleaned_data["text"],
                revision=found.paper.revision,
                now=timezone.now(),
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Your comment is kept. The authors see it."))
            return redirect("paper_review", found.token)
    return _page(request, found, comment=form, status=422)


@behind_link(opened)
@require_POST
def remove_comment(request: HttpRequest, found: PaperReview, pk: int) -> HttpResponse:
    """Take a comment back that nobody has settled."""
    if reviewing.take_back(review=found, pk=pk):
        messages.success(request, _("The comment is gone."))
    else:
        messages.error(request, _("The authors have answered it: it stays."))
    return redirect("paper_review", found.token)


@behind_link(opened)
@require_http_methods(["POST"])
def judge(request: HttpRequest, found: PaperReview) -> HttpResponse:
    """Say what they think of the whole."""
    form = JudgementForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            reviewing.judge(review=found, verdict=given["verdict"], words=given["words"], now=timezone.now())
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Thank you. The authors are told; you can still change it."))
            return redirect("paper_review", found.token)
    return _page(request, found, judgement=form, status=422)


def _places(found: PaperReview) -> list[str]:
    return marking.paragraphs(found.paper.body)


def _page(request: HttpRequest, found: PaperReview, *, status: int = 200, **given: Any) -> HttpResponse:
    paper = found.paper
    context = {
        "review": found,
        "paper": paper,
        "community": paper.community,
        "summary": marking.html(paper.summary),
        "body": marking.html(paper.body),
        "comments": found.comments.all(),
        "comment": CommentForm(places=_places(found)),
        "judgement": JudgementForm(initial={"verdict": found.verdict, "words": found.words}),
        "late": found.is_late(timezone.now()),
    }
    return render(request, "seminars/review_paper.html", context | given, status=status)


_ONE = "reviews/<str:token>/"
urlpatterns = [
    path(_ONE, review, name="paper_review"),
    path(f"{_ONE}draft.pdf", review_file, name="paper_review_file"),
    path(f"{_ONE}comment/", comment, name="comment_on_paper"),
    path(f"{_ONE}comments/<int:pk>/remove/", remove_comment, name="remove_paper_comment"),
    path(f"{_ONE}judge/", judge, name="judge_paper"),
]
