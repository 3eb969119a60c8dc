"""A version of a discussion paper as a file, and as others cite it."""

from functools import lru_cache

from babel.dates import format_date
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from seminars.followups.papers.drawing import Sheet, draw
from seminars.followups.papers.models import Paper, PaperSession, PaperState, PaperVersion
from seminars.notifications.posting import language_of
from seminars.people.membership.logos import path_of
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.web.accents import accent_of
from seminars.web.times import locale_of
from seminars.words import say

RECIPE = 1
"""Raise it when the template changes, so that nobody keeps the old pages."""
_drawn = lru_cache(maxsize=8)(draw)
"""The same sheet gives the same bytes, so it may be kept, whoever asks."""


def pdf_of(request: HttpRequest, paper: Paper, version: PaperVersion, *, public: bool) -> HttpResponse:
    """Return a version as a file. public: caches may keep it."""
    etag = f'"{paper.uuid.hex}-{version.version}-{RECIPE}-{paper.state}-{bool(paper.replaced_by_id)}"'
    answered = get_conditional_response(request, etag=etag)
    if answered is None:
        with override(language_of(version.language)):
            answered = HttpResponse(_drawn(sheet_of(paper, version)), content_type="application/pdf")
        name = f"{paper.slug}-v{version.version}.pdf"
        answered.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answered.headers["ETag"] = etag
    answered.headers["Cache-Control"] = "public, max-age=300" if public else "private, no-cache"
    return answered


def sheet_of(paper: Paper, version: PaperVersion) -> Sheet:
    """Return what stands on it, in the active language."""
    language = language_of(version.language)
    community: Community = paper.community
    address = settings.MERIDIAN_URL + reverse("paper", args=[paper.slug or "draft"])
    log = [each for each in reversed(versions_of(paper)) if each.version <= version.version]
    return Sheet(
        language=version.language,
        accent=accent_of(community.accent).light,
        community=say(community.name, language),
        label=paper.label or _("Draft"),
        title=version.title,
        authors=tuple(version.authors.splitlines()),
        line=line_of(version, language),
        summary_is=_("Summary"),
        summary=version.summary,
        body=version.body,
        sources_are=_("Sessions behind it"),
        sources=tuple(source_line(each, language) for each in sessions_of(paper)),
        log_is=_("Versions"),
        log=tuple(f"{line_of(each, language)}. {each.changes}".rstrip(" .") for each in log if len(log) > 1),
        foot=tuple(filter(None, (str(version.get_licence_display()), doi_address(version.doi), address))),
        page_is=_("Page"),
        stamp=stamp_of(paper),
        logo=_logo(community),
    )


def line_of(version: PaperVersion, language: str) -> str:
    """Return "Version 2, 3 March 2026", in the active language."""
    if not version.version:
        return _("Draft")
    day = format_date(version.out_at.date(), "long", locale=locale_of(language))
    return _("Version %(number)d, %(day)s") % {"number": version.version, "day": day}


def source_line(session: Session, language: str) -> str:
    """Return a session as a paper names it: title, series, day."""
    day = session.local_date
    said = format_date(day, "long", locale=locale_of(language)) if day else ""
    names = dict.fromkeys([say(session.heading, language), say(session.series.title, language)])
    return ", ".join(filter(None, (*names, said)))


def sessions_of(paper: Paper) -> list[Session]:
    """Return the sessions that a paper draws on, the first held first."""
    rows = PaperSession.objects.filter(paper=paper).select_related("session__series__community")
    return [each.session for each in rows.order_by("session__starts_at", "session_id")]


def versions_of(paper: Paper) -> list[PaperVersion]:
    """Return its versions, the latest first."""
    return list(paper.versions.order_by("-version"))


def stamp_of(paper: Paper) -> str:
    """Return what every page of it must say besides its number."""
    if paper.state == PaperState.SUPERSEDED and paper.replaced_by:
        return _("Superseded by %(label)s") % {"label": paper.replaced_by.label}
    return "" if paper.published_at else _("Draft: not to be cited")


def doi_address(doi: str) -> str:
    """Return the address at which a DOI is resolved; "" without one."""
    return f"https://doi.org/{doi}" if doi else ""


def citation(paper: Paper, version: PaperVersion, language: str) -> str:
    """Return it in one line, as a list of references has it."""
    authors = "; ".join(line.split(",")[0].strip() for line in version.authors.splitlines())
    where = doi_address(version.doi) or settings.MERIDIAN_URL + reverse("paper", args=[paper.slug])
    series = pgettext("citation", "%(community)s discussion paper %(label)s") % {
        "community": say(paper.community.name, language),
        "label": paper.label,
    }
    lead = f"{authors or say(paper.community.name, language)} ({version.out_at.year})."
    title = version.title if version.title.endswith(("?", "!", ".")) else f"{version.title}."
    return f"{lead} {title} {series}, {line_of(version, language)}. {where}"


def bibtex(paper: Paper, version: PaperVersion, language: str) -> str:
    """Return it as a BibTeX entry."""
    names = [_braced(line.split(",")[0].strip()) for line in version.authors.splitlines()]
    fields = {
        "title": version.title,
        "author": " and ".join(names) or say(paper.community.name, language),
        "institution": say(paper.community.name, language),
        "type": "Discussion paper",
        "number": paper.label,
        "year": str(version.out_at.year),
        "doi": version.doi,
        "url": settings.MERIDIAN_URL + reverse("paper", args=[paper.slug]),
        "note": f"Version {version.version}",
    }
    lines = [f"  {name} = {{{_braced(value)}}}" for name, value in fields.items() if value]
    return f"@techreport{{{paper.slug},\n" + ",\n".join(lines) + "\n}\n"


def _braced(text: str) -> str:
    return text.replace("\\", "").replace("{", "").replace("}", "")


def _logo(community: Community) -> bytes:
    path = path_of(community.logo) if community.logo else None
    return path.read_bytes() if path and path.exists() else b""
