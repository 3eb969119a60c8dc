"""What came of a session, a series, a community: figures and plots, tables, and a report to print for a donor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from seminars import clock
from seminars.access import organised_community_or_404, organised_series_or_404
from seminars.people.models import Community
from seminars.results.figures import Number
from seminars.results.measuring import Held, measure
from seminars.results.periods import ALL, Period, period_of, quarter_at
from seminars.results.saying import LONGEST, keep_words, words_of
from seminars.series.models import Series
from seminars.sessions.models import Session, SessionQuerySet
from seminars.web.organise.gate import for_organisers
from seminars.web.organise.sessions import session_of
from seminars.web.result_papers import paper_of
from seminars.web.results import period_words, plots_of, rows_of, session_rows
from seminars.web.tables import csv_answer
from seminars.web.visitors import visitor_of
from seminars.words import say

LISTED = 50
PAGES = ("results", "figures", "sessions", "report", "paper")


class WordsForm(forms.Form):
    """What a community says beside its figures."""

    words = forms.CharField(
        label=gettext_lazy("Your words for the report"),
        help_text=gettext_lazy("What came of it that no number tells. They are printed above the figures."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=LONGEST,
    )


@dataclass(frozen=True)
class Scope:
    """Of what results are shown. kind: the word in names of addresses. within: series or session, if it is one."""

    kind: str
    slug: str
    community: Community
    sessions: SessionQuerySet
    series: Series | None = None
    session: Session | None = None

    def to(self, name: str, period: Period) -> str:
        """Return the address of one of its pages."""
        page = f"{self.kind}_results" + ("" if name == "results" else f"_{name}")
        return f"{reverse(page, args=[self.slug])}?period={period.key}"

    @property
    def zone(self) -> str:
        """By whose clock a quarter begins."""
        return str(self.community.home_zone)

    @property
    def title(self) -> Any:
        """Its words by language."""
        if self.session:
            return self.session.heading
        return self.series.title if self.series else self.community.name


def of_community(request: HttpRequest, slug: str) -> Scope:
    """All sessions of a community, for who plans for it."""
    community = organised_community_or_404(slug, visitor_of(request))
    return Scope("community", slug, community, Session.objects.filter(series__community=community))


def of_series(request: HttpRequest, slug: str) -> Scope:
    """All sessions of a series, for who may change it."""
    series = organised_series_or_404(slug, visitor_of(request))
    return Scope("series", slug, series.community, Session.objects.filter(series=series), series)


def of_session(request: HttpRequest, slug: str) -> Scope:
    """One session, for who may change it."""
    found = session_of(request, slug)
    sessions = Session.objects.filter(pk=found.pk)
    return Scope("session", slug, found.series.community, sessions, found.series, found)


Finder = Callable[[HttpRequest, str], Scope]
Answer = Callable[[HttpRequest, Scope, Period, datetime], HttpResponse]


def asked(request: HttpRequest, scope: Scope, now: datetime) -> tuple[Period, list[Period]]:
    """Return the period that is asked for, or that of the last session, and all there are. Raises Http404."""
    if scope.session:
        return ALL, []
    held = scope.sessions.published().filter(ends_at__lte=now, series__external=False)
    span = held.aggregate(first=Min("starts_at"), last=Max("starts_at"))
    days = [clock.to_wall(each, scope.zone).date() for each in (span["first"], now) if each]
    there = periods_of(days[0], days[-1]) if span["first"] else []
    if key := request.GET.get("period", ""):
        try:
            return period_of(key), there
        except ValueError as wrong:
            raise Http404(str(wrong)) from wrong
    last = span["last"] and clock.to_wall(span["last"], scope.zone).date()
    return (quarter_at(last) if last else ALL), there


def periods_of(first: date, last: date) -> list[Period]:
    """Return all the time, each year and each quarter from `last` back to `first`."""
    found, current = [ALL], quarter_at(last)
    begin = quarter_at(first)
    while (current.year, current.quarter) >= (begin.year, begin.quarter):
        if found[-1] is ALL or found[-1].year != current.year:
            found.append(Period(current.year))
        found.append(current)
        current = current.before  # type: ignore[assignment]  # a quarter has one
    return found


def page(finder: Finder) -> Callable[..., HttpResponse]:
    """Return the page of figures, plots and sessions; organisers keep their words for the report on it."""

    @for_organisers
    @require_http_methods(["GET", "HEAD", "POST"])
    def results(request: HttpRequest, slug: str) -> HttpResponse:
        scope, now = finder(request, slug), timezone.now()
        period, there = asked(request, scope, now)
        form = WordsForm(
            request.POST if request.method == "POST" else None,
            initial={"words": words_of(scope.community, scope.series, period)},
        )
        if request.method == "POST" and not scope.session and form.is_valid():
            keep_words(
                community=scope.community,
                series=scope.series,
                period=period,
                words=form.cleaned_data["words"],
                now=now,
            )
            messages.success(request, _("Saved."))
            return redirect(scope.to("results", period))
        context = figures_of(scope, period, now) | {
            "form": form,
            "periods": [(each.key, period_words(each)) for each in there],
        }
        return render(request, "seminars/organise/results.html", context, status=400 if form.errors else 200)

    return results


def read(finder: Finder, answer: Answer) -> Callable[..., HttpResponse]:
    """Return the view of what is read only: the report, or a file of it, of the period that is asked for."""

    @for_organisers
    @require_safe
    def shown(request: HttpRequest, slug: str) -> HttpResponse:
        scope, now = finder(request, slug), timezone.now()
        period, _there = asked(request, scope, now)
        return answer(request, scope, period, now)

    return shown


def report(request: HttpRequest, scope: Scope, period: Period, now: datetime) -> HttpResponse:
    """Return the report, as a page to print."""
    context = figures_of(scope, period, now, outward=True)
    return render(request, "seminars/organise/results_report.html", context)


def paper(_request: HttpRequest, scope: Scope, period: Period, now: datetime) -> HttpResponse:
    """Return the report as a PDF."""
    figures = figures_of(scope, period, now, outward=True)
    return paper_of(scope.community, figures, f"{scope.slug}-{period.key}")


def table(_request: HttpRequest, scope: Scope, period: Period, now: datetime) -> HttpResponse:
    """Return the figures as CSV, each with how it was counted."""
    context = figures_of(scope, period, now)
    rows: list[list[str | int | None]] = []
    for label, lines in context["groups"]:
        rows += [[label, row.label, _plain(row.number), _plain(row.earlier), row.how] for row in lines]
    for plot in context["plots"]:
        rows += [[plot.title, *cells[:2], None, plot.about] for cells in plot.rows if plot.key != "time"]
    before = context["before_is"] or _("Before")
    heads = [_("Group"), _("Figure"), period.key, before, _("How it was counted")]
    return csv_answer(f"{scope.slug}-{period.key}.csv", heads, rows)


def sessions_table(_request: HttpRequest, scope: Scope, period: Period, now: datetime) -> HttpResponse:
    """Return the figures of each session as CSV."""
    found = measure(sessions=scope.sessions, period=period, zone=scope.zone, now=now)
    rows = map(cells_of, found.held)
    return csv_answer(f"{scope.slug}-{period.key}-sessions.csv", session_heads(), rows)


def session_heads() -> list[str]:
    """Return the heads of the table of sessions."""
    counted = [_("Registered"), _("Waiting"), _("Took part live"), _("Countries"), _("Later use")]
    return [_("Date"), _("Title"), *counted, _("Days to the archive"), _("Promises due"), _("Promises kept")]


def cells_of(held: Held) -> list[str | int | None]:
    """Return one session as a line of that table."""
    session, language = held.session, get_language() or "en"
    counted = [held.registered, held.waiting, held.counts.people, len(held.countries), held.used]
    day = session.local_date.isoformat() if session.local_date else ""
    days = "" if held.days is None else f"{held.days:.1f}"
    kept = held.promises.kept + held.promises.moved
    return [day, say(session.heading, language), *counted, days, held.promises.due, kept]


def figures_of(scope: Scope, period: Period, now: datetime, *, outward: bool = False) -> dict[str, Any]:
    """Return what the page, the report and the paper show. outward: nothing under three, for others will read it."""
    found = measure(sessions=scope.sessions, period=period, zone=scope.zone, now=now)
    earlier = period.before
    before = measure(sessions=scope.sessions, period=earlier, zone=scope.zone, now=now) if earlier else None
    rows = session_rows(found, outward=outward)
    return {
        "scope": scope,
        "community": scope.community,
        "series": scope.series,
        "session": scope.session,
        "title": scope.title,
        "period": period,
        "period_is": period_words(period),
        "before_is": period_words(earlier) if earlier else "",
        "earlier": earlier,
        "later": period.after if period.until and _begins(period.until, scope.zone) <= now else None,
        "groups": rows_of(found, before, outward=outward),
        "plots": plots_of(found, outward=outward),
        "found": found,
        "rows": rows,
        "latest": rows[: -LISTED - 1 : -1],
        "more": max(0, len(rows) - LISTED),
        "asked": found.asked,
        "words": words_of(scope.community, scope.series, period),
        **{f"{name}_url": scope.to(name, period) for name in PAGES},
    }


def _begins(day: date, zone: str) -> datetime:
    return clock.to_instant(datetime.combine(day, time()), zone)


def _plain(value: Number) -> str | int | None:
    """A number as spreadsheets of every language read it."""
    return f"{value:.2f}" if isinstance(value, float) else value


def _addresses() -> list[URLPattern]:
    """The same pages for each kind of scope."""
    found = []
    for kind, plural, finder in (
        ("community", "communities", of_community),
        ("series", "series", of_series),
        ("session", "sessions", of_session),
    ):
        base = f"organise/{plural}/<slug:slug>/results"
        found += [
            path(f"{base}/", page(finder), name=f"{kind}_results"),
            path(f"{base}/figures.csv", read(finder, table), name=f"{kind}_results_figures"),
            path(f"{base}/sessions.csv", read(finder, sessions_table), name=f"{kind}_results_sessions"),
            path(f"{base}/report/", read(finder, report), name=f"{kind}_results_report"),
            path(f"{base}/report.pdf", read(finder, paper), name=f"{kind}_results_paper"),
        ]
    return found


urlpatterns = _addresses()
