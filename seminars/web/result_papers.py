"""The report for a donor as a PDF: the page's words, drawn on A4."""

from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seminars.people.membership.logos import path_of
from seminars.people.models import Community
from seminars.results.drawing import draw
from seminars.web.accents import accent_of
from seminars.web.plots import Plot
from seminars.web.results import UNKNOWN, SessionRow
from seminars.web.times import locale_of
from seminars.words import say

MOST_SESSIONS = 400


def paper_of(community: Community, context: dict[str, Any], name: str) -> HttpResponse:
    """Return the report as a file. context: what the report's page shows. name: of the file, without its ending."""
    response = HttpResponse(
        draw(facts_of(community, context), logo=_logo(community)), content_type="application/pdf"
    )
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def facts_of(community: Community, context: dict[str, Any]) -> dict[str, Any]:
    """Return what the template names, in the active language."""
    language = get_language() or "en"
    return {
        "language": language.split("-")[0],
        "accent": accent_of(community.accent).light,
        "community": say(community.name, language),
        "of": say(community.name, language) if context["series"] else "",
        "title": say(context["title"], language),
        "period": context["period_is"],
        "words": [each for each in context["words"].splitlines() if each.strip()],
        "now": context["period_is"],
        "then": context["before_is"],
        "groups": [
            {
                "label": label,
                "rows": [
                    {"label": row.label, "value": row.value, "before": row.before, "how": row.how}
                    for row in rows
                ],
            }
            for label, rows in context["groups"]
        ],
        "plots": [_drawn(each) for each in context["plots"] if each.numbers],
        "sessions_are": _("Sessions"),
        "heads": [
            _("Date"),
            _("Title"),
            _("Registered"),
            _("Took part live"),
            _("Countries"),
            _("Later use"),
        ],
        "sessions": [_line(each, language) for each in context["rows"][-MOST_SESSIONS:]],
        "note": _(
            "Counted on the server, without cookies, pixels or profiles. Numbers under three are left out."
        ),
        "address": settings.MERIDIAN_URL,
    }


def _drawn(plot: Plot) -> dict[str, Any]:
    most = max(plot.numbers) or 1
    rows = [
        {"name": cells[0], "number": cells[1], "share": round(100 * number / most, 1)}
        for cells, number in zip(plot.rows, plot.numbers, strict=True)
    ]
    return {"title": plot.title, "rows": rows}


def _line(row: SessionRow, language: str) -> list[str]:
    session = row.held.session
    day = session.local_date
    said = format_date(day, "d MMM y", locale=locale_of(language)) if day else UNKNOWN
    return [said, say(session.heading, language), row.registered, row.live, row.countries, row.used]


def _logo(community: Community) -> bytes:
    path = path_of(community.logo) if community.logo else None
    return path.read_bytes() if path and path.exists() else b""
