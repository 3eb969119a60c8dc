"""Django's door to the models of every area. Nobody imports it."""

from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event, FormerAddress
from recordings.catalogue.models import Arrival, Found, Original, Recording
from recordings.preservation.fixity.models import Copy, Verification
from recordings.providers.models import Account, Link, Offer
from recordings.renditions.models import Rendition
from recordings.search.models import SearchDocument
from recordings.slides.models import Chapter, Chapters, SlidePage, SlideTime, Timeline
from recordings.transcripts.models import CaptionAside, CaptionDraft
from recordings.uploading.models import Upload

__all__ = [
    "Account",
    "Arrival",
    "Asset",
    "CaptionAside",
    "CaptionDraft",
    "Chapter",
    "Chapters",
    "Copy",
    "Event",
    "FormerAddress",
    "Found",
    "Link",
    "Offer",
    "Original",
    "Recording",
    "Rendition",
    "SearchDocument",
    "SlidePage",
    "SlideTime",
    "Timeline",
    "Upload",
    "Verification",
]
