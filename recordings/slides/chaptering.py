"""Chapters that follow from the slides, and chapters that people write. What a person has changed is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from recordings.catalogue.models import Recording
from recordings.slides.models import Chapter, Chapters, Origin
from recordings.slides.reading import Mark, Shown, timeline_of

SHORTEST = 20.0  # seconds
LONGEST = 200  # characters of a title


class Stale(Exception):
    """Somebody else has changed the chapters meanwhile; nothing was written."""


def chapters_from(shown: Sequence[Shown]) -> list[Mark]:
    """Return chapters by the titles of the slides, none shorter than SHORTEST; [] where no slide was found.

    Where no slide is seen, the chapter goes on; pages of one title are one chapter; what is too short is joined to a
    neighbour.
    """
    marks: list[Mark] = []
    for each in shown:
        if each.page is not None and (not marks or marks[-1].title != each.title):
            marks.append(Mark(each.start, each.title))
    if not marks:
        return []
    if marks[0].start >= SHORTEST:
        marks.insert(0, Mark(0.0, _("Beginning")))
    marks[0] = Mark(0.0, marks[0].title)
    return _long_enough(marks, shown[-1].end)


def _long_enough(marks: list[Mark], end: float) -> list[Mark]:
    """Return the chapters with the too short ones joined to a neighbour, the shortest first."""
    marks = list(marks)
    while len(marks) > 1:
        lengths = [
            until - mark.start
            for mark, until in zip(marks, [*(m.start for m in marks[1:]), end], strict=True)
        ]
        at = min(range(len(marks)), key=lengths.__getitem__)
        if lengths[at] >= SHORTEST:
            break
        # To the shorter of its neighbours; of the two titles the first, unless its part is much the shorter.
        if at == len(marks) - 1 or (at > 0 and lengths[at - 1] <= lengths[at + 1]):
            at -= 1
        first = lengths[at] * 2 >= lengths[at + 1]
        marks[at : at + 2] = [Mark(marks[at].start, marks[at].title if first else marks[at + 1].title)]
    return [
        mark
        for before, mark in zip([None, *marks], marks, strict=False)
        if not before or before.title != mark.title
    ]


def follow(recording: Recording, *, now: datetime) -> bool:
    """Return whether the chapters are those of the slides now; ones that a person has changed stay.

    Where they become others, their revision rises: who has the earlier ones before their eyes is told when they save.
    """
    with translation.override(recording.language):
        marks = chapters_from(timeline_of(recording))
    with transaction.atomic():
        there = Chapters.objects.select_for_update().filter(recording=recording).first()
        if there and there.origin == Origin.HAND:
            return False
        if not marks and there is None:
            return False
        if there is None:
            there = Chapters(recording=recording, revision=0)
        elif _rows_of(there) == [(mark.start, mark.title[:LONGEST], Origin.FOUND) for mark in marks]:
            return True
        there.revision += 1
        there.changed_at = now
        there.save()
        _write(there, ((mark, Origin.FOUND) for mark in marks))
    return True


def write(
    *, recording: Recording, marks: Sequence[Mark], revision: int, now: datetime, by_hand: bool = True
) -> Chapters:
    """Return the chapters, now these. revision: of those that the person saw, 0: there were none. Raises Stale."""
    with transaction.atomic():
        Recording.objects.select_for_update().get(pk=recording.pk)
        there = Chapters.objects.select_for_update().filter(recording=recording).first()
        if revision != (there.revision if there else 0):
            raise Stale
        if there is None:
            there = Chapters(recording=recording, revision=0)
        before = {(row.start, row.title): row.origin for row in there.rows.all()} if there.pk else {}
        there.origin = Origin.HAND if by_hand else Origin.FOUND
        there.revision += 1
        there.changed_at = now
        there.save()
        _write(there, ((mark, before.get((mark.start, mark.title), there.origin)) for mark in marks))
    return there


def forget(*, recording: Recording, now: datetime) -> None:
    """Give up what people wrote: the chapters follow the slides again."""
    with transaction.atomic():
        there = Chapters.objects.select_for_update().filter(recording=recording).first()
        if there is not None:
            there.origin, there.changed_at = Origin.FOUND, now
            there.revision += 1
            there.save()
        follow(recording, now=now)


def _rows_of(chapters: Chapters) -> list[tuple[float, str, str]]:
    return list(chapters.rows.order_by("start").values_list("start", "title", "origin"))


def _write(chapters: Chapters, marks: Iterable[tuple[Mark, str]]) -> None:
    chapters.rows.all().delete()
    Chapter.objects.bulk_create(
        Chapter(chapters=chapters, start=mark.start, title=mark.title[:LONGEST], origin=origin)
        for mark, origin in marks
    )
