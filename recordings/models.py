"""Django's door to the models of every area. Nobody imports it."""

from recordings.assets.models import Asset
from recordings.catalogue.models import Arrival, Found, Original, Recording
from recordings.renditions.models import Rendition
from recordings.search.models import SearchDocument
from recordings.uploading.models import Upload

__all__ = ["Arrival", "Asset", "Found", "Original", "Recording", "Rendition", "SearchDocument", "Upload"]
