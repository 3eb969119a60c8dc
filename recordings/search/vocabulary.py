"""The words of the archive, to mend typing mistakes by, kept with the recordings that hold them."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from recordings.search.models import SearchWord
from recordings.search.spelling import is_mendable, slips

AT_ONCE = 500  # SQLite takes a limited number of values in a question


def replace(before: set[str], after: set[str]) -> None:
    """Count a recording under its words of now instead of those of before; a word that nothing holds is forgotten.

    Call it in the transaction in which the recording's words change, so that the numbers stay right.
    """
    add(sorted(word for word in after - before if is_mendable(word)))
    take(sorted(word for word in before - after if is_mendable(word)))


def add(words: list[str]) -> None:
    """Count one recording more for each of these words. In their order, so that two writers never wait in a ring."""
    for some in _parts(words):
        rows = [SearchWord(word=word, tokens=" ".join(sorted(slips(word)))) for word in some]
        SearchWord.objects.bulk_create(rows, ignore_conflicts=True)
        _locked(some).update(number=F("number") + 1)


def take(words: list[str]) -> None:
    """Count one recording less for each of these words."""
    for some in _parts(words):
        held = _locked(some)
        held.update(number=F("number") - 1)
        held.filter(number=0).delete()


def _locked(words: list[str]) -> QuerySet[SearchWord]:
    rows = SearchWord.objects.filter(word__in=words)
    list(rows.select_for_update().order_by("word").values_list("pk", flat=True))
    return rows


def _parts(words: list[str]) -> Iterable[list[str]]:
    return (words[at : at + AT_ONCE] for at in range(0, len(words), AT_ONCE))
