"""Django's door to the models of every area. Nobody imports it."""

from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event, FormerAddress
from recordings.catalogue.models import Arrival, Found, Original, Recording
from recordings.preservation.fixity.models import Copy, Verification
from recordings.preservation.harvesting.models import HarvestRecord
from recordings.providers.models import Account, Link, Offer
from recordings.renditions.models import Rendition
from recordings.search.models import (
    SearchCard,
    SearchDocument,
    SearchDrawer,
    SearchText,
    SearchTokens,
    SearchWord,
)
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
    "HarvestRecord",
    "Link",
    "Offer",
    "Original",
    "Recording",
    "Rendition",
    "SearchCard",
    "SearchDocument",
    "SearchDrawer",
    "SearchText",
    "SearchTokens",
    "SearchWord",
    "SlidePage",
    "SlideTime",
    "Timeline",
    "Upload",
    "Verification",
]
