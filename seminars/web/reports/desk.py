"""Where a report is written: one set of pages, entered by an organiser's door and by a note-taker's secret link.

Everything works by buttons; the script saves a moment after each word and shows what others write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.followups.reports.fields import plain
from seminars.followups.reports.filing import file_of, take_file
from seminars.followups.reports.forming import adopt as adopt_form
from seminars.followups.reports.forming import form_of
from seminars.followups.reports.issuing import is_behind, publish, take_back
from seminars.followups.reports.markdown import LARGEST, Damaged
from seminars.followups.reports.models import Report
from seminars.followups.reports.starting import start_of
from seminars.followups.reports.writing import Author, Written, begin, choose, write, written_in
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale
from seminars.web.reports.form import fresh_hand, given_of, number, rows_of
from seminars.web.reports.history import told
from seminars.web.reports.paper import paper_of


@dataclass(frozen=True)
class Desk:
    """Who sits down to write which report, and by which door. key: what its addresses take, a short name or a token.

    back: the address of the page they came from. plans: whether they also plan the series, and may change its form.
    """

    session: Session
    author: Author
    door: str
    key: str
    back: str
    plans: bool = False

    def at(self, deed: str = "") -> str:
        """The address of a deed, by the names in `DEEDS`."""
        return reverse(f"{self.door}_{deed}" if deed else self.door, args=[self.key])

    def report(self) -> Report | None:
        """The report as it is now, with its form; None before anybody has written."""
        return Report.objects.select_related("form").filter(session=self.session).first()


View = Callable[[HttpRequest, Desk], HttpResponse]


def page(request: HttpRequest, desk: Desk, *, status: int = 200, **given: Any) -> HttpResponse:
    """Return the page. given: `typed`, `wrong` and `hand` of a form as it was sent; other things it names."""
    report = desk.report()
    form, rows = rows_of(desk.session, report, typed=given.pop("typed", None), wrong=given.pop("wrong", None))
    newest = form_of(desk.session.series)
    context = {
        "desk": desk,
        "session": desk.session,
        "community": desk.session.series.community,
        "report": report,
        "form": form,
        "rows": rows,
        "hand": fresh_hand(),
        "known": report.revision if report else 0,
        "beside": sum(len(row.beside) for row in rows),
        "behind": report is not None and is_behind(report),
        "newer_form": report is not None and report.form_id != (newest.pk if newest else None),
        "urls": {deed: desk.at(deed) for deed in DEEDS},
    }
    return render(request, "seminars/reports/write.html", context | given, status=status)


def desk_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the form, or save all of it."""
    if request.method != "POST":
        return page(request, desk)
    done, answer = _saved(request, desk)
    if answer is None:
        messages.success(request, _("Saved. It is not out yet.") if not done.report.is_out else _("Saved."))
    return answer or redirect(desk.at())


@require_POST
def autosave(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save what was typed since, and tell what others wrote; as JSON, for the script of the page."""
    report = desk.report()
    given = given_of(request.POST, desk.session, report)
    known, wrong = number(request.POST.get("known")), {}
    if given:
        done = _write(request, desk)
        report, wrong = done.report, done.wrong
    if report is None:
        return JsonResponse({"known": 0, "fields": {}, "beside": {}, "wrong": {}})
    _form, rows = rows_of(desk.session, report)
    return JsonResponse(
        {
            "known": report.revision,
            "fields": {
                name: each for name, each in written_in(report).items() if each[1] > known or name in given
            },
            "beside": {
                row.name: render_to_string(
                    "seminars/reports/_beside.html",
                    {"row": row, "urls": {"choose": desk.at("choose")}},
                    request,
                )
                for row in rows
                if row.beside
            },
            "wrong": wrong,
        }
    )


@require_POST
def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save the form, then choose between two texts of a field."""
    _done, answer = _saved(request, desk, ask=False)
    if answer is not None:
        return answer
    pk, _colon, take = str(request.POST.get("choose", "")).partition(":")
    pk, _colon, seen = pk.partition("@")
    report = desk.report()
    try:
        if report is None:
            raise UserError({"": _("There is nothing to choose from.")})
        choose(
            report=report,
            writing_id=number(pk),
            take=take,
            seen=number(seen),
            now=timezone.now(),
            author=desk.author,
        )
    except UserError as refused:
        return page(request, desk, wrong=refused.fields, status=409)
    messages.success(request, _("Chosen. The other text stays in the history."))
    return redirect(desk.at())


@require_POST
def put_out(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save the form, then put the report out."""
    done, answer = _saved(request, desk)
    if answer is not None:
        return answer
    try:
        publish(report=done.report, now=timezone.now(), actor_id=desk.author.user_id)
    except Stale:
        return page(
            request,
            desk,
            wrong={"": _("Somebody else changed this session just now. Save again.")},
            status=409,
        )
    except UserError as refused:
        return page(request, desk, wrong=refused.fields, status=400)
    messages.success(request, _("The report is out, on a page of its own and on the session's page."))
    return redirect(desk.at())


@require_POST
def withdraw(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take the report back; its page says why."""
    report = desk.report()
    try:
        if report is None:
            raise UserError({"": _("The report is not out.")})
        reason = str(request.POST.get("reason", ""))
        take_back(report=report, reason=reason, now=timezone.now(), actor_id=desk.author.user_id)
    except UserError as refused:
        for words in refused.fields.values():
            messages.error(request, words)
    else:
        messages.success(request, _("The report is taken back. Its address says why."))
    return redirect(desk.at())


@require_safe
def as_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the report as a Markdown file, to be filled in without a connection."""
    response = HttpResponse(file_of(desk.session, desk.report()), content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="report-{desk.session.slug}.md"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def take_in(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take in a file that was filled in; what is wrong with it is said with its line."""
    sent = request.FILES.get("file")
    if sent is None:
        return page(request, desk, file_wrong=_("Choose a file."), status=422)
    try:
        taken = take_file(
            session=desk.session, content=sent.read(LARGEST + 1), now=timezone.now(), author=desk.author
        )
    except Damaged as wrong:
        return page(request, desk, file_wrong=str(wrong), status=422)
    done = taken.written
    messages.success(
        request, _("The file is taken in. Fields that say something new: %(n)d.") % {"n": len(done.taken)}
    )
    for words, labels in (
        (_("Not on the form, and kept as fields of their own: %(labels)s."), taken.unknown),
        (_("Not in the file, and left as they were: %(labels)s."), taken.missing),
        ("%(labels)s", list(done.wrong.values())),
    ):
        if labels:
            messages.warning(request, words % {"labels": ", ".join(labels)})
    return redirect(desk.at() + ("#beside" if done.beside else ""))


@require_safe
def as_paper(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give what is written as a PDF to print."""
    return paper_of(desk.session, desk.report(), empty=False)


@require_safe
def as_empty_paper(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the form as a PDF with empty lines, to be filled in by hand."""
    return paper_of(desk.session, desk.report(), empty=True)


@require_safe
def history(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who wrote what, and when, the latest first."""
    context = told(desk.report(), desk.session, number(request.GET.get("page")) or 1)
    context |= {"desk": desk, "session": desk.session, "community": desk.session.series.community}
    return render(request, "seminars/reports/history.html", context | {"back": desk.at()})


@require_POST
def adopt(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the report follow the form of its series as it is now."""
    report = desk.report()
    if report is not None:
        adopt_form(report=report)
        messages.success(
            request, _("The report has the form of its series now. Nothing that it says is gone.")
        )
    return redirect(desk.at())


DEEDS: dict[str, tuple[str, View]] = {
    "autosave": ("autosave/", autosave),
    "choose": ("choose/", decide),
    "publish": ("publish/", put_out),
    "take_back": ("take-back/", withdraw),
    "file": ("report.md", as_file),
    "upload": ("upload/", take_in),
    "paper": ("report.pdf", as_paper),
    "form": ("form.pdf", as_empty_paper),
    "history": ("history/", history),
    "adopt": ("adopt/", adopt),
}


def doors(before: str, door: str, guard: Callable[[View], Callable[..., HttpResponse]]) -> list[URLPattern]:
    """Return the addresses of all deeds below `before`, named after `door`. guard: makes the desk, or turns away."""
    found = [path(before, guard(desk_page), name=door)]
    return found + [
        path(before + route, guard(view), name=f"{door}_{deed}") for deed, (route, view) in DEEDS.items()
    ]


# Below: how it is done.


def _write(request: HttpRequest, desk: Desk) -> Written:
    now = timezone.now()
    report = desk.report() or begin(session=desk.session, start=start_of(desk.session), now=now)
    given = given_of(request.POST, desk.session, report)
    hand = plain(request.POST.get("hand", ""))[:40]
    return write(report=report, given=given, hand=hand, now=now, author=desk.author)


def _saved(request: HttpRequest, desk: Desk, *, ask: bool = True) -> tuple[Written, HttpResponse | None]:
    """Save the whole form; with the page to show again where something is wrong, or a text stands beside another."""
    typed = given_of(request.POST, desk.session, desk.report())
    done = _write(request, desk)
    if done.wrong:
        return done, page(
            request, desk, typed=typed, wrong=done.wrong, hand=request.POST.get("hand", ""), status=400
        )
    if ask and any(each.hand == request.POST.get("hand") for each in done.beside):
        return done, page(request, desk, status=409)
    return done, None
