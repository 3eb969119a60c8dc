"""Which files of a recording stand: current ones, and those in whose place a later one came."""

from collections.abc import Sequence

from recordings.catalogue.models import Original


def stands(original: Original, others: Sequence[Original]) -> bool:
    """Return whether it is current, or a later one of its kind and language took its place.

    others: all files of the recording. One that was taken off with none in its place was a mistake: its address goes on
    answering whoever has it, and is given to nobody.
    """
    if original.superseded_at is None:
        return True
    same = (each for each in others if (each.kind, each.language) == (original.kind, original.language))
    return any((each.added_at, each.pk) > (original.added_at, original.pk) for each in same)
