"""A report as a PDF to print: its words in its own language, drawn on A4."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from seminars.followups.reports.drawing import LINES, Asked, Paper, draw
from seminars.followups.reports.fields import KINDS, LANGUAGE, Field
from seminars.followups.reports.issuing import path_of
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import ReportPart, parts_of
from seminars.followups.reports.writing import fields_of, written_in
from seminars.sessions.models import Session
from seminars.web.accents import accent_of
from seminars.web.times import Reader, city, locale_of, when_of
from seminars.words import say


def paper_of(session: Session, report: Report | None, *, empty: bool) -> HttpResponse:
    """Return what is written as a file, drafts too; empty: the form with lines to write on, and no answers."""
    written = {name: text for name, (text, _at) in written_in(report).items()} if report else {}
    language = written.get(LANGUAGE) or session.language
    with override(language):
        fields = fields_of(report, session, language)
        if empty:
            asked = [_empty(each) for each in fields]
        else:
            said = [
                ReportPart(each.name, str(each.label), each.kind, written.get(each.name, ""))
                for each in fields
            ]
            asked = [_filled(each) for each in said if each.text]
        return _file(session, language, asked, "form" if empty else "report")


def paper_out(session: Session, report: Report) -> HttpResponse:
    """Return what is out as a file. Load `form` with the report."""
    with override(report.language):
        return _file(session, report.language, [_filled(each) for each in parts_of(report)], "report")


# Below: how it is done.


def _empty(field: Field) -> Asked:
    words = str(KINDS[field.kind]) if field.kind in ("list", "quotes") else ""
    return Asked(str(field.label), words, field.kind, (), LINES[field.kind])


def _filled(part: ReportPart) -> Asked:
    lines = part.lines if part.kind in ("list", "quotes") else part.text.split("\n")
    return Asked(part.label, "", part.kind, tuple(each for each in lines if each.strip()), 0)


def _file(session: Session, language: str, asked: list[Asked], name: str) -> HttpResponse:
    community = session.series.community
    title = say(session.heading, language)
    series = say(session.series.title, language)
    address = settings.MERIDIAN_URL + path_of(session)
    paper = Paper(
        language=language.split("-")[0],
        accent=accent_of(community.accent).light,
        community=say(community.name, language),
        heading=_("Session report"),
        title=title,
        lines=tuple(each for each in (series if series != title else "", held(session, language)) if each),
        fields=asked,
        address=address,
        foot=address,
    )
    response = HttpResponse(draw(paper), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{session.slug}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def held(session: Session, language: str) -> str:
    """Return when and where it was, in words of `language`: "2 November 2026, 09:00–10:00 · Room 1.205"."""
    locale = locale_of(language)
    spoken = when_of(session, Reader(session.zone, "profile", locale), timezone.now()).own
    there = "" if session.all_day or not session.local_date else city(session.zone, locale)
    return " · ".join(each for each in (spoken, there, session.room) if each)
