"""Which files are a recording's: as they came, editions made from them, pages of its slides."""

from django.db.models import Q, QuerySet

from recordings.assets.models import Asset, AssetQuerySet
from recordings.catalogue.models import Recording

PATHS = ("originals__recording", "renditions__original__recording", "slide_pages__slides__recording")
"""From a file to its recordings; a test knows every table that points at files."""


def files_of(recordings: "QuerySet[Recording]") -> AssetQuerySet:
    """Return the files of these recordings, each once."""
    found = Q()
    for path in PATHS:
        found |= Q(pk__in=Asset.objects.filter(**{f"{path}__in": recordings}).values("pk"))
    return Asset.objects.filter(found)


def recordings_with(asset: Asset) -> list[Recording]:
    """Return the recordings of which a file is a part."""
    found = Q()
    for path in PATHS:
        found |= Q(pk__in=Asset.objects.filter(pk=asset.pk).values(path))
    return list(Recording.objects.filter(found).order_by("pk"))
