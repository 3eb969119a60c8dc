"""Several hands write one report. Every text is kept; two over the same one stand side by side until somebody chooses.

A text is taken when its writer saw what is there now, or when the field says the same as then. Different fields never
meet: each has its own revision. `Writing` rows are only ever added.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.followups.reports.fields import LANGUAGE, Field, fields_said, is_language, plain, wrong_with
from seminars.followups.reports.forming import form_of
from seminars.followups.reports.models import Report, Standing, Writing
from seminars.sessions.models import Session

MOST_UNKNOWN = 20
"""Fields that the form does not know, in one report."""


PAGE = "page-"
"""How the name of a hand begins that is an open form: one person's, unlike a file, which several can send on."""


class Author(NamedTuple):
    """Who writes: an account, or a person behind a secret link."""

    user_id: int | None = None
    person_id: int | None = None


NOBODY = Author()


class Given(NamedTuple):
    """What somebody wrote into a field, and at which revision of the report they saw it. label: of an unknown field."""

    text: str
    seen: int
    label: str = ""


@dataclass
class Written:
    """What became of it. taken: names of fields that say something new. beside: texts that stand beside another.

    wrong: messages by field; these were not stored.
    """

    report: Report
    taken: list[str] = field(default_factory=list)
    beside: list[Writing] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)


def written_in(report: Report) -> dict[str, tuple[str, int]]:
    """Return text and revision of each field that was ever written in, the language (`LANGUAGE`) among them."""
    if report.notes:
        return {name: (text, revision) for name, (text, revision) in report.notes.items()}
    found = dict(report.answers) | {LANGUAGE: report.language}
    return {name: (text, report.revision) for name, text in found.items()}


def fields_of(report: Report | None, session: Session, language: str = "") -> list[Field]:
    """Return what its form asks, then what it does not know but says, labels in `language` (else the report's).

    Hidden fields are among them where there is something in them. Load `form` with the report.
    """
    if report is None:
        form = form_of(session.series)
        known = fields_said(form.fields if form else None, language or session.language)
        return [each for each in known if not each.hidden]
    there = {name for name, (text, _revision) in written_in(report).items() if text} - {LANGUAGE}
    known = fields_said(report.fields_stored, language or report.language)
    shown = [each for each in known if not each.hidden or each.name in there]
    names = {each.name for each in known}
    own = [Field(name, report.labels.get(name) or name, "text") for name in sorted(there - names)]
    return shown + own


def begin(*, session: Session, start: Mapping[str, str], now: datetime) -> Report:
    """Return the session's report, made if there is none. start: what its fields say at first, at revision 0."""
    known = Report.objects.select_related("form").filter(session=session).first()
    if known is not None:
        return known
    first = {LANGUAGE: session.language} | {name: plain(text) for name, text in start.items() if plain(text)}
    try:
        with transaction.atomic():
            return Report.objects.create(
                session=session,
                uuid=uuid4(),
                form=form_of(session.series),
                language=session.language,
                notes={name: [text, 0] for name, text in first.items()},
                revision=0,
                changed_at=now,
            )
    except IntegrityError:  # another hand was faster
        return Report.objects.select_related("form").get(session=session)


def write(
    *,
    report: Report,
    given: Mapping[str, Given],
    hand: str,
    now: datetime,
    author: Author = NOBODY,
    by_file: bool = False,
) -> Written:
    """Return what became of each text of `given`, by field name; the report is brought up to date.

    hand: of one opened form or one file: its later text takes the place of its own earlier one that stands beside
    another. A text that is wrong stops no other one. Nothing of this is out yet: see `issuing.publish`.
    """
    with transaction.atomic():
        current = _held(report)
        done = Written(current)
        kinds = {each.name: each.kind for each in fields_said(current.fields_stored, "en")}
        new: list[Writing] = []
        for name, each in given.items():
            text = plain(each.text)
            if wrong := _wrong(current, kinds, name, text, known=name in written_in(current)):
                done.wrong[name] = wrong
                continue
            made = _placed(current, name, text, each.seen, hand)
            if made is not None:
                made.author_id, made.person_id, made.at, made.by_file = *author, now, by_file
                new.append(made)
            if each.label and name not in kinds and name != LANGUAGE:
                current.labels[name] = each.label
        _store(current, new, now)
    done.taken = [each.field for each in new if each.standing == Standing.TAKEN]
    done.beside = open_in(current)
    _bring_up(report, current)
    return done


def open_in(report: Report) -> list[Writing]:
    """Return the texts that stand beside another, until somebody chooses. One query."""
    rows = report.writings.filter(standing=Standing.OPEN).select_related("author__person", "person")
    return list(rows.order_by("field", "id"))


def choose(
    *,
    report: Report,
    writing_id: int,
    take: str,
    seen: int,
    now: datetime,
    author: Author = NOBODY,
) -> Report:
    """Return the report after somebody chose between what a field says and a text beside it.

    take: "this" (the text beside it), "both" (one after the other), "there" (what the field says). seen: the field's
    revision that they looked at. Raises UserError where the field says something else by now, or it was chosen already.
    """
    with transaction.atomic():
        current = _held(report)
        beside = _beside(current, writing_id)
        text, revision = written_in(current).get(beside.field, ("", 0))
        if revision > seen:
            raise UserError({"": _("Somebody has written on since. Look at both again, then choose.")})
        if take not in ("this", "both", "there"):
            raise UserError({"": _("Choose one of the two texts.")})
        new = []
        if take != "there":
            chosen = (
                beside.text if take == "this" else joined(kind_of(current, beside.field), text, beside.text)
            )
            if wrong := wrong_with(kind_of(current, beside.field), chosen):
                raise UserError({"": wrong})
            if chosen != text:
                made = Writing(report=current, field=beside.field, text=chosen, seen=seen, hand=uuid4().hex)
                made.author_id, made.person_id, made.at = *author, now
                new.append(made)
        Writing.objects.filter(pk=beside.pk).update(standing=Standing.SETTLED, settled_at=now)
        _store(current, new, now, always=True)
    _bring_up(report, current)
    return report


def kind_of(report: Report, name: str) -> str:
    """Return the kind of a field; "line" for the language, "text" for what the form does not know."""
    kinds = {each.name: each.kind for each in fields_said(report.fields_stored, "en")}
    return "line" if name == LANGUAGE else kinds.get(name, "text")


def joined(kind: str, one: str, other: str) -> str:
    """Return two texts of a field, one after the other."""
    between = "\n" if kind in ("list", "quotes") else " / " if kind == "line" else "\n\n"
    return between.join(each for each in (one, other) if each)


# Below: how it is done.


def _held(report: Report) -> Report:
    """The report as it is now, held until the transaction ends; an old one gets rows for what it says."""
    current = Report.objects.select_for_update(of=("self",)).select_related("form").get(pk=report.pk)
    if not current.notes:
        found = written_in(current)
        current.notes = {name: [text, revision] for name, (text, revision) in found.items()}
        Report.objects.filter(pk=current.pk).update(notes=current.notes)
    if not current.writings.exists():
        Writing.objects.bulk_create(
            Writing(report=current, field=name, text=text, revision=revision, at=current.changed_at)
            for name, (text, revision) in written_in(current).items()
        )
    return current


def _placed(report: Report, name: str, text: str, seen: int, hand: str) -> Writing | None:
    """Where a text goes: into the field, beside what is there, or nowhere since it says nothing new."""
    there, revision = written_in(report).get(name, ("", 0))
    mine = report.writings.filter(field=name, hand=hand, standing=Standing.OPEN).first()
    if text == there:
        if mine:
            _mark(mine, Standing.REPLACED)
        return None
    made = Writing(report=report, field=name, text=text, seen=seen, hand=hand)
    if revision <= seen or _is_own(report, name, hand):
        return made
    if mine is not None and mine.text == text:
        return None
    if mine is not None:
        _mark(mine, Standing.REPLACED)
    if _was(report, name, seen) == text:
        return None  # they left it as they found it, and somebody else has changed it since
    made.standing = Standing.OPEN
    return made


def _is_own(report: Report, name: str, hand: str) -> bool:
    """Whether the same open form wrote what the field says: the answer to its last text was lost on the way."""
    last = report.writings.filter(field=name, standing=Standing.TAKEN).order_by("-revision", "-id").first()
    return last is not None and hand.startswith(PAGE) and last.hand == hand


def _was(report: Report, name: str, revision: int) -> str:
    """What a field said at an earlier revision of the report."""
    rows = report.writings.filter(field=name, standing=Standing.TAKEN, revision__lte=revision)
    return rows.order_by("-revision", "-id").values_list("text", flat=True).first() or ""


def _mark(writing: Writing, standing: Standing) -> None:
    writing.standing = standing
    writing.save(update_fields=["standing"])


def _store(report: Report, new: list[Writing], now: datetime, *, always: bool = False) -> None:
    if not new and not always:
        return
    report.revision += 1
    for each in new:
        each.revision = report.revision
        if each.standing == Standing.TAKEN:
            report.notes[each.field] = [each.text, report.revision]
    Writing.objects.bulk_create(new)
    report.changed_at = now
    report.save(update_fields=["notes", "labels", "revision", "changed_at"])


def _wrong(report: Report, kinds: Mapping[str, str], name: str, text: str, *, known: bool) -> str:
    if name == LANGUAGE:
        return "" if is_language(text) else _("Choose a language from the list.")
    unknown = written_in(report).keys() - kinds.keys() - {LANGUAGE}
    if name not in kinds and not known and len(unknown) >= MOST_UNKNOWN:
        return _("These are more fields of your own than a report can hold. Put them below another heading.")
    return wrong_with(kinds.get(name, "text"), text)


def _beside(report: Report, writing_id: int) -> Writing:
    """The open text of this number, or the one that took its place while the form was open."""
    found = report.writings.filter(pk=writing_id).first()
    if found is not None and found.standing == Standing.REPLACED:
        later = report.writings.filter(field=found.field, hand=found.hand, standing=Standing.OPEN)
        found = later.last()
    if found is None or found.standing != Standing.OPEN:
        raise UserError({"": _("This was decided already. Here is what the report says now.")})
    return found


def _bring_up(report: Report, current: Report) -> None:
    for name in ("notes", "labels", "revision", "changed_at", "form", "language", "answers"):
        setattr(report, name, getattr(current, name))
