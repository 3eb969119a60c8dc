"""Reads the pictures of pages from the store."""

from django.utils.translation import gettext
from PIL import Image

from recordings.assets import store
from recordings.assets.models import Asset
from seminars.queue import jobs
from seminars.queue.enqueue import nudge


def read(asset: Asset) -> Image.Image:
    """Return the picture of a page, in colours.

    Raises jobs.Transient for one that is damaged or gone: it is looked at then, and brought back or drawn anew.
    """
    try:
        with Image.open(store.path_of(asset.sha256), formats=["WEBP"]) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as wrong:
        nudge(store.LOOK_DOOR, asset_id=asset.pk)
        words = gettext("The picture of a slide is damaged or gone. It is made again first: try again later.")
        raise jobs.Transient(words, f"{asset.sha256}: {wrong}") from wrong
