"""Reports and papers as files of their own: Markdown for who works on with them, PDF for who prints them."""

from functools import partial

from django.utils.translation import override

from recordings.preservation.sticks.names import Names
from recordings.preservation.sticks.pieces import Piece, text_piece
from seminars.followups.papers.drawing import draw
from seminars.followups.papers.models import Paper, PaperVersion
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.notifications.posting import language_of
from seminars.sessions.models import Session
from seminars.web.paper_sheets import line_of, sheet_of
from seminars.web.reports.paper import held, paper_out
from seminars.words import say


def report_pieces(names: Names, session: Session, report: Report) -> tuple[Piece, Piece]:
    """Return the report as Markdown and as PDF. Load `form` with it, and `series__community` with the session."""
    text = text_piece(names.take("reports", f"{session.slug}.md"), partial(report_text, session, report))
    return text, Piece(
        names.take("reports", f"{session.slug}.pdf"), lambda: [bytes(paper_out(session, report).content)]
    )


def report_text(session: Session, report: Report) -> str:
    """Return a report that is out as Markdown, in its own language."""
    with override(report.language):
        lines = [f"# {say(session.heading, report.language)}", "", held(session, report.language), ""]
        for part in parts_of(report):
            lines += [f"## {part.label}", "", part.text, ""]
    return "\n".join(lines)


def paper_pieces(names: Names, paper: Paper, version: PaperVersion) -> tuple[Piece, Piece]:
    """Return a version of a paper as Markdown and as PDF."""
    name = f"{paper.slug}-v{version.version}"
    text = text_piece(names.take("papers", f"{name}.md"), partial(paper_text, paper, version))
    return text, Piece(names.take("papers", f"{name}.pdf"), partial(_drawn, paper, version))


def paper_text(paper: Paper, version: PaperVersion) -> str:
    """Return a version as Markdown: its head, then its own text."""
    language = language_of(version.language)
    with override(language):
        head = [f"# {version.title}", "", f"{paper.label} · {line_of(version, language)}"]
    authors = [f"- {line}" for line in version.authors.splitlines()]
    rest = [version.summary, "", version.body] if version.summary else [version.body]
    return "\n".join([*head, "", *authors, "", *rest, "", str(version.get_licence_display()), ""])


def _drawn(paper: Paper, version: PaperVersion) -> list[bytes]:
    with override(language_of(version.language)):
        return [draw(sheet_of(paper, version))]
