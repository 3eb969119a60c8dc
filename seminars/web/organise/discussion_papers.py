"""Write a discussion paper: begun from reports, edited, looked at, with every text that was ever saved."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from seminars.access import edited_paper_or_404, organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.followups.papers import marking, writing
from seminars.followups.papers.drawing import draw
from seminars.followups.papers.models import TEXT, Paper, PaperDraft, PaperVersion
from seminars.followups.papers.outline import Headings, Part, Source, said
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.web.forms.discussion_papers import BeginForm, OtherSourcesForm, PaperForm
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.stale import Versions, again, differences
from seminars.web.paper_sheets import sessions_of, sheet_of, source_line
from seminars.web.visitors import visitor_of
from seminars.words import say

OFFERED = 80
"""Past sessions to choose from, the latest first."""
SHOWN_DRAFTS = 50


@for_organisers
@require_safe
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    """The papers of a community that are being written, and those that are out."""
    community = organised_community_or_404(slug, visitor_of(request))
    rows = Paper.objects.filter(community=community).defer("body", "summary")
    context = {
        "community": community,
        "working": rows.filter(published_at=None).order_by("-changed_at", "-pk"),
        "out": rows.out(),
    }
    return render(request, "seminars/organise/papers.html", context)


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a paper from sessions and what their reports say."""
    community = organised_community_or_404(slug, visitor_of(request))
    offered = _offered(community)
    language = get_language() or "en"
    choices = [(str(each.pk), _choice(each, language)) for each in offered]
    initial = {"language": community.language, "sessions": request.GET.getlist("session")}
    form = BeginForm(request.POST if request.method == "POST" else None, sessions=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            paper = _begin(
                community, _chosen(offered, form.cleaned_data["sessions"]), form.cleaned_data, actor(request)
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The draft is here, made of what the reports say."))
            return redirect("edit_paper", paper.uuid)
    form.fields["sessions"].help_text = _("What their reports say is the first draft.")
    context = {"community": community, "form": form, "offered": offered}
    return render(request, "seminars/organise/begin_paper.html", context, status=422 if form.errors else 200)


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write the text. Of two people who write at once neither loses a word."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    if request.method != "POST":
        return _desk(request, paper, PaperForm(initial=_initial(request, paper)))
    form = PaperForm(request.POST)
    if not form.is_valid():
        return _desk(request, paper, form)
    try:
        writing.keep(
            paper=paper,
            seen=form.cleaned_data["seen"],
            fields=form.text(),
            now=timezone.now(),
            actor_id=actor(request),
        )
    except writing.PaperStale as stale:
        again(form, stale.current.revision)
        return _desk(
            request, paper, form, Versions([], differences(form, PaperForm.initial_of(stale.current)))
        )
    except UserError as refused:
        show_refusal(form, refused)
        return _desk(request, paper, form)
    messages.success(request, _("Saved."))
    return redirect("look_at_paper" if "look" in request.POST else "edit_paper", paper.uuid)


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Draw on other sessions, as long as nothing is out; what the reports of new ones say may go to the end."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    before = list(sessions_of(paper))
    known = {each.pk for each in before}
    offered = before + [each for each in _offered(paper.community) if each.pk not in known]
    choices = [(str(each.pk), _choice(each, get_language() or "en")) for each in offered]
    initial = {"sessions": [str(key) for key in known], "seen": paper.revision}
    form = OtherSourcesForm(request.POST or None, sessions=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = _chosen(offered, form.cleaned_data["sessions"])
        new = [_source(each, paper.language) for each in chosen if each.pk not in known]
        try:
            writing.draw_on(
                paper=paper,
                sessions=chosen,
                added=said(new, _headings(paper.language)) if new and form.cleaned_data["add"] else "",
                seen=form.cleaned_data["seen"],
                now=timezone.now(),
                actor_id=actor(request),
            )
        except writing.PaperStale:
            form.add_error(
                None, _("Somebody else changed the paper meanwhile. Load this page again, then choose.")
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("edit_paper", paper.uuid)
    context = _around(paper) | {"form": form}
    return render(
        request, "seminars/organise/paper_sources.html", context, status=422 if form.errors else 200
    )


@for_organisers
@require_safe
def look(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The draft as it will be read."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    context = _around(paper) | {
        "summary": marking.html(paper.summary),
        "body": marking.html(paper.body),
        "sessions": sessions_of(paper),
    }
    return render(request, "seminars/organise/paper_look.html", context)


@for_organisers
@require_safe
def draft_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The draft as a PDF, marked as a draft."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    text = {name: getattr(paper, name) for name in TEXT}
    version = PaperVersion(paper=paper, version=0, out_at=paper.changed_at, **text)
    with override(paper.language):
        response = HttpResponse(draw(sheet_of(paper, version)), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="draft.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@for_organisers
@require_safe
def draft(request: HttpRequest, uuid: UUID, revision: int) -> HttpResponse:
    """The text as it was once saved."""
    paper = edited_paper_or_404(uuid, visitor_of(request))
    kept = get_object_or_404(PaperDraft.objects.select_related("by__person"), paper=paper, revision=revision)
    context = _around(paper) | {"draft": kept}
    return render(request, "seminars/organise/paper_draft.html", context)


def _desk(
    request: HttpRequest, paper: Paper, form: PaperForm, versions: Versions | None = None
) -> HttpResponse:
    context = _around(paper) | {
        "form": form,
        "versions": versions,
        "sessions": sessions_of(paper),
        "drafts": paper.drafts.select_related("by__person").defer("body", "summary")[:SHOWN_DRAFTS],
        "open_comments": _open_comments(paper),
    }
    status = 409 if versions else 422 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/paper.html", context, status=status)


def _around(paper: Paper) -> dict[str, Any]:
    """What every page of the desk names."""
    return {"paper": paper, "community": paper.community}


def _initial(request: HttpRequest, paper: Paper) -> dict[str, Any]:
    """The form's values: as they are now, or an old text that is to be taken up again."""
    initial = PaperForm.initial_of(paper)
    revision = request.GET.get("from", "")
    if not (revision.isascii() and revision.isdigit() and len(revision) < 10):
        return initial
    old = PaperDraft.objects.filter(paper=paper, revision=int(revision)).first()
    if old is None:
        raise Http404
    return initial | {name: getattr(old, name) for name in TEXT}


def _open_comments(paper: Paper) -> int:
    return sum(
        1
        for review in paper.reviews.prefetch_related("comments")
        for each in review.comments.all()
        if each.settled_at is None
    )


def _offered(community: Community) -> list[Session]:
    rows = Session.objects.filter(series__community=community, series__external=False).published()
    rows = rows.filter(cancelled_at=None, withdrawn_at=None, starts_at__lte=timezone.now(), lead=None)
    return list(
        rows.select_related("series__community", "report__form").order_by("-starts_at", "-pk")[:OFFERED]
    )


def _chosen(offered: list[Session], wanted: Collection[str]) -> list[Session]:
    """In the order in which they were held."""
    return sorted(
        (each for each in offered if str(each.pk) in wanted),
        key=lambda each: (each.starts_at or each.made_at, each.pk),
    )


def _choice(session: Session, language: str) -> str:
    words = source_line(session, language)
    report = getattr(session, "report", None)
    return _("%(session)s (has a report)") % {"session": words} if report and report.is_out else words


def _headings(language: str) -> Headings:
    with override(language):
        return Headings(
            question=_("What we asked"),
            said=_("What was said"),
            conclusions=_("What follows from it"),
            next=pgettext("heading of a paper", "What is next"),
            nothing=_("No report of this session is out."),
        )


def _begin(community: Community, sessions: list[Session], given: dict[str, Any], actor_id: int) -> Paper:
    language = given["language"]
    return writing.begin(
        community=community,
        sessions=sessions,
        sources=[_source(each, language) for each in sessions],
        title=given["title"],
        language=language,
        words=_headings(language),
        now=timezone.now(),
        actor_id=actor_id,
    )


def _source(session: Session, language: str) -> Source:
    report: Report | None = getattr(session, "report", None)
    written = parts_of(report) if report else []
    parts = tuple(Part(each.label, each.kind, each.text) for each in written)
    return Source(say(session.heading, language), parts)


urlpatterns = [
    path("organise/communities/<slug:slug>/papers/", papers, name="organise_papers"),
    path("organise/communities/<slug:slug>/papers/new/", begin, name="begin_paper"),
    path("organise/papers/<uuid:uuid>/", edit, name="edit_paper"),
    path("organise/papers/<uuid:uuid>/sessions/", sources, name="paper_sources"),
    path("organise/papers/<uuid:uuid>/look/", look, name="look_at_paper"),
    path("organise/papers/<uuid:uuid>/draft.pdf", draft_file, name="paper_draft_file"),
    path("organise/papers/<uuid:uuid>/drafts/<int:revision>/", draft, name="paper_draft"),
]
