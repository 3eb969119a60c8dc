"""Django's door to the models of every area. Nobody imports it."""

from recordings.assets.models import Asset
from recordings.catalogue.models import Arrival, Original, Recording
from recordings.renditions.models import Rendition
from recordings.search.models import SearchDocument

__all__ = ["Arrival", "Asset", "Original", "Recording", "Rendition", "SearchDocument"]
