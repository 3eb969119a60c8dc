"""Editions and pictures of pages whose bytes are lost: made again of the file as it came, at their addresses."""

from datetime import datetime

from django.db.models import Q

from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.slides import ordering
from recordings.slides.paging import SLIDES_PDF


def remake(asset: Asset, *, now: datetime) -> bool:
    """Return whether all that a damaged file serves is being made again, by jobs. now: aware UTC.

    False where it is a file as it came, or where what it was made of is damaged too, or its making waits for a person.
    """
    if asset.originals.exists():
        return False
    decks = Original.objects.filter(
        Q(pages__asset=asset) | Q(renditions__asset=asset, renditions__recipe=SLIDES_PDF)
    )
    editions = Rendition.objects.filter(asset=asset).exclude(recipe=SLIDES_PDF)
    made_of = list(decks.select_related("asset").distinct())
    rows = list(editions.select_related("original__asset", "original__recording"))
    if any(each.asset.damaged_at for each in [*made_of, *(row.original for row in rows)]):
        return False
    remade = [making.remake(each, now=now) for each in rows]
    remade += [ordering.redraw(each, now=now) for each in made_of]
    return all(remade)
