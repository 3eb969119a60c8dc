"""What was typed on the page of slide times: rows of times and pages, or of times and titles, with what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.http import QueryDict
from django.utils.translation import gettext as _

from recordings.slides import moments
from recordings.slides.models import Origin, SlideTime
from recordings.slides.reading import Mark, Page

UNSURE = 0.5
BLANKS = 3


@dataclass
class Row:
    """A row as it is typed: `what` is the number of a page, empty for none, or a title."""

    start: str = ""
    what: str = ""
    removed: bool = False
    wrong: str = ""
    confidence: float = 1.0
    by_hand: bool = False
    page: Page | None = None
    seconds: float = 0.0

    @property
    def unsure(self) -> bool:
        """Whether a person should look."""
        return not self.by_hand and self.confidence < UNSURE and bool(self.start)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed: such rows are there to add one."""
        return not self.start.strip() and not self.what.strip()


def rows_of_times(times: Sequence[SlideTime], pages: Sequence[Page]) -> list[Row]:
    """Return the rows of what is known."""
    known = {page.number: page for page in pages}
    return [
        Row(
            moments.say(each.start),
            str(each.page or ""),
            confidence=each.confidence,
            by_hand=each.origin == Origin.HAND,
            page=known.get(each.page or 0),
            seconds=each.start,
        )
        for each in times
    ]


def rows_of_marks(marks: Sequence[Mark]) -> list[Row]:
    """Return the rows of chapters."""
    return [Row(moments.say(each.start), each.title, seconds=each.start) for each in marks]


def typed(post: QueryDict) -> list[Row]:
    """Return the rows as they were sent."""
    removed = set(post.getlist("remove"))
    rows = zip_longest(post.getlist("start"), post.getlist("what"), fillvalue="")
    found = [Row(start[:20], what[:200], str(index) in removed) for index, (start, what) in enumerate(rows)]
    return [row for row in found if not row.empty]


def times_in(
    rows: Sequence[Row], pages: int, end: float, *, begins: bool = True
) -> list[tuple[float, int | None]] | None:
    """Return the times of these rows, in order; None where one is wrong: it says so itself.

    pages: so many the deck has. end: seconds; nothing starts after it. begins: the rows are those from the beginning.
    A row with the page of the row before it is none.
    """
    found: list[tuple[float, int | None]] = []
    for start, row in _in_order(rows, end):
        number = row.what.strip()
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None
        if number and (page is None or not 1 <= page <= pages):
            row.wrong = _("There is no slide %(number)s. The deck has %(pages)s.") % {
                "number": number,
                "pages": pages,
            }
        elif not found or found[-1][1] != page:
            found.append((start, page))
    if any(row.wrong for row in rows):
        return None
    if begins and (not found or found[0][0] > 0):
        return [(0.0, None), *(found[1:] if found and found[0][1] is None else found)]
    return found


def marks_in(rows: Sequence[Row], end: float) -> list[Mark] | None:
    """Return the chapters of these rows, in order; None where one is wrong: it says so itself."""
    found = []
    for start, row in _in_order(rows, end):
        title = " ".join(row.what.split())
        if not title:
            row.wrong = _("Write a title, or remove the chapter.")
        found.append(Mark(start, title))
    return None if any(row.wrong for row in rows) else found


def _in_order(rows: Sequence[Row], end: float) -> list[tuple[float, Row]]:
    """Return the rows that stay, by their start; those without a good one say what is wrong."""
    found: dict[float, Row] = {}
    for row in rows:
        if row.removed:
            continue
        try:
            start = moments.read(row.start)
        except moments.NoMoment:
            row.wrong = _("Write a time as 1:23 or 1:02:03.")
            continue
        if end and start >= end:
            row.wrong = _("The recording ends before that, at %(end)s.") % {"end": moments.say(end)}
        elif start in found:
            row.wrong = _("Another row starts at the same time.")
        else:
            found[start] = row
            row.seconds = start
    return sorted(found.items(), key=lambda each: each[0])
