"""A report as a file: taken with one, filled in elsewhere, and taken in again like any other hand's text."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from seminars.followups.reports.fields import (
    KINDS,
    LANGUAGE,
    LINE,
    Field,
    fields_said,
    is_language,
    plain,
    wrong_with,
)
from seminars.followups.reports.forming import form_of
from seminars.followups.reports.markdown import Damaged, Sheet, decode, dump, load
from seminars.followups.reports.models import Report
from seminars.followups.reports.starting import start_of
from seminars.followups.reports.writing import (
    NOBODY,
    Author,
    Given,
    Written,
    begin,
    fields_of,
    write,
    written_in,
)
from seminars.sessions.models import Session
from seminars.words import say


@dataclass(frozen=True)
class Taken:
    """What became of a file. unknown: labels of fields that the form does not know; they are in the report now.

    missing: labels of fields that the file does not have; they say what they said.
    """

    written: Written
    unknown: list[str]
    missing: list[str]


def file_of(session: Session, report: Report | None) -> str:
    """Return the report as Markdown, with what is written in it; a form to be filled in where nothing is."""
    written = (
        {name: text for name, (text, _at) in written_in(report).items()} if report else start_of(session)
    )
    language = written.get(LANGUAGE) or session.language
    sheet = Sheet(str(session.uid), report.revision if report else 0, language, written)
    with override(language):
        help_words = [
            _("Write below each heading. Leave the headings, and the line below each, as they are."),
            _("Then upload this file on the page of the report. What others wrote meanwhile is not lost."),
        ]
        heading = _("Session report")
        title = f"{heading}: {say(session.heading, language)}"
        hints = {kind: str(KINDS[kind]) for kind in ("number", "list", "quotes")}
        fields = fields_of(report, session, language)
        return dump(sheet, fields, title=title, help_words=help_words, hints=hints)


def take_file(*, session: Session, content: bytes, now: datetime, author: Author = NOBODY) -> Taken:
    """Return what became of a file that was filled in. content: its bytes.

    What was written on since the file was taken stands beside what the file says, until somebody chooses. Raises
    Damaged, with the line, and stores nothing, for a file that is not this report's or cannot be read.
    """
    text = decode(content)
    known = Report.objects.select_related("form").filter(session=session).first()
    fields = fields_of(known, session)
    sheet = load(text, _of_all_labels(known, session, text))
    _refuse_other(sheet, session, known)
    form = known.form if known else form_of(session.series)
    kinds = {each.name: each.kind for each in fields_said(form.fields if form else None, "en")}
    _refuse_wrong(sheet, kinds)
    names = {each.name for each in fields}
    given = {
        name: Given(answer, sheet.revision, "" if name in names else sheet.labels[name][:LINE])
        for name, answer in sheet.answers.items()
        if answer or name in names
    }
    given[LANGUAGE] = Given(sheet.language, sheet.revision)
    report = known or begin(session=session, start=start_of(session), now=now)
    hand = f"file-{hashlib.sha256(content).hexdigest()[:32]}"
    written = write(report=report, given=given, hand=hand, now=now, author=author, by_file=True)
    unknown = [sheet.labels[name] for name in given if name not in names and name != LANGUAGE]
    missing = [str(each.label) for each in fields if each.name not in sheet.answers]
    return Taken(written, unknown, missing)


# Below: how it is done.


def _of_all_labels(report: Report | None, session: Session, text: str) -> list[Field]:
    """The fields with the labels of the file's own language, in which its headings are written."""
    found = next((line for line in text.split("\n")[:12] if line.startswith("language:")), "")
    tag = found.partition(":")[2].strip()
    return fields_of(report, session, tag if is_language(tag) else "")


def _refuse_other(sheet: Sheet, session: Session, report: Report | None) -> None:
    if sheet.session != str(session.uid):
        raise Damaged(sheet.heads["session"], _("this is the report of another session. Upload it there."))
    if sheet.revision > (report.revision if report else 0):
        words = _(
            "this report has no revision %(number)d yet. Take the file afresh, and copy your words into it."
        )
        raise Damaged(sheet.heads["revision"], words % {"number": sheet.revision})
    if not is_language(sheet.language):
        words = _("the language is a short tag, such as en or sv.")
        raise Damaged(sheet.heads["language"], words)


def _refuse_wrong(sheet: Sheet, kinds: dict[str, str]) -> None:
    for name, answer in sheet.answers.items():
        if wrong := wrong_with(kinds.get(name, "text"), plain(answer)):
            raise Damaged(sheet.lines[name], wrong)
