"""Django's door to the administrators' pages: what is kept can be looked at here, and changed on the archive's own."""

from django.contrib import admin

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
from seminars.web.administration import Facts, FactsInline


class _OriginalInline(FactsInline):
    model = Original


@admin.register(Recording)
class RecordingAdmin(Facts):
    list_display = ("slug", "session", "language", "recorded_on", "published_at", "withdrawn_at")
    list_filter = ("language",)
    search_fields = ("slug", "title", "session__slug")
    list_select_related = ("session",)
    inlines = (_OriginalInline,)


@admin.register(Original)
class OriginalAdmin(Facts):
    list_display = (
        "filename",
        "recording",
        "kind",
        "language",
        "origin",
        "asset",
        "added_by",
        "added_at",
        "superseded_at",
    )
    list_filter = ("kind", "language")
    search_fields = ("filename", "recording__slug", "source_url")
    list_select_related = ("recording", "asset", "added_by")


@admin.register(Asset)
class AssetAdmin(Facts):
    list_display = ("sha256", "media_type", "size", "kept_at", "verified_at", "damaged_at")
    list_filter = ("media_type", ("damaged_at", admin.EmptyFieldListFilter))
    search_fields = ("sha256",)


@admin.register(Rendition)
class RenditionAdmin(Facts):
    list_display = ("original", "recipe", "recipe_version", "asset", "made_at")
    list_filter = ("recipe",)
    search_fields = ("original__recording__slug",)
    list_select_related = ("original", "asset")


@admin.register(Arrival)
class ArrivalAdmin(Facts):
    list_display = ("recording", "url", "kind", "state", "bytes_done", "bytes_total", "asked_by", "asked_at")
    list_filter = ("state", "kind")
    search_fields = ("recording__slug", "url")
    list_select_related = ("recording", "asked_by")


@admin.register(SearchDocument)
class SearchDocumentAdmin(Facts):
    list_display = ("recording", "field", "language", "seconds", "text")
    list_filter = ("field", "language")
    search_fields = ("recording__slug", "text")
    list_select_related = ("recording",)


@admin.register(SearchDrawer, SearchText)
class SearchPieceAdmin(Facts):
    list_display = ("recording", "only_for")
    search_fields = ("recording__slug",)
    list_select_related = ("recording", "only_for")


@admin.register(SearchTokens)
class SearchTokensAdmin(Facts):
    list_display = ("text",)
    search_fields = ("text__recording__slug",)
    list_select_related = ("text",)


@admin.register(SearchWord)
class SearchWordAdmin(Facts):
    list_display = ("word", "number")
    search_fields = ("word",)


@admin.register(SearchCard)
class SearchCardAdmin(Facts):
    list_display = ("recording", "year", "seconds", "captions", "slides", "papers")
    list_filter = ("year", "captions", "slides")
    search_fields = ("recording__slug",)
    list_select_related = ("recording",)


@admin.register(CaptionDraft)
class CaptionDraftAdmin(Facts):
    list_display = ("original", "state", "revision", "begun_at", "changed_at", "closed_at")
    list_filter = ("state",)
    search_fields = ("original__recording__slug",)
    list_select_related = ("original",)


@admin.register(CaptionAside)
class CaptionAsideAdmin(Facts):
    list_display = ("draft", "key", "author", "person", "at", "settled_at")
    search_fields = ("draft__original__recording__slug",)
    list_select_related = ("draft", "author", "person")


@admin.register(Upload)
class UploadAdmin(Facts):
    list_display = (
        "filename",
        "session",
        "kind",
        "state",
        "offset",
        "length",
        "actor",
        "made_at",
        "expires_at",
    )
    list_filter = ("state", "kind")
    search_fields = ("filename", "session__slug")
    list_select_related = ("session", "actor")
    exclude = ("lease",)


@admin.register(Found)
class FoundAdmin(Facts):
    list_display = ("name", "source", "state", "session", "community", "found_at", "decided_by")
    list_filter = ("state", "source")
    search_fields = ("name", "key", "session__slug")
    list_select_related = ("session", "community", "decided_by")


@admin.register(Account)
class AccountAdmin(Facts):
    list_display = ("provider", "community", "looked_at", "next_at", "trouble")
    list_filter = ("provider",)
    list_select_related = ("community",)


@admin.register(Link)
class LinkAdmin(Facts):
    list_display = ("url", "session", "state", "looked_at", "next_at")
    list_filter = ("platform", "state")
    search_fields = ("url", "session__slug")
    list_select_related = ("session",)


@admin.register(Offer)
class OfferAdmin(Facts):
    list_display = ("title", "account", "kind", "state", "session", "began_at", "expires_at")
    list_filter = ("state", "kind")
    search_fields = ("title", "key", "session__slug")
    list_select_related = ("account", "session")


@admin.register(Copy)
class CopyAdmin(Facts):
    list_display = ("asset", "disk", "made_at", "verified_at", "damaged_at")
    list_filter = ("disk", ("damaged_at", admin.EmptyFieldListFilter))
    search_fields = ("asset__sha256",)
    list_select_related = ("asset",)


@admin.register(Verification)
class VerificationAdmin(Facts):
    list_display = ("asset", "at", "place", "outcome", "note")
    list_filter = ("outcome", "place")
    search_fields = ("asset__sha256",)
    list_select_related = ("asset",)


@admin.register(Event)
class EventAdmin(Facts):
    list_display = ("recording", "kind", "at", "actor")
    list_filter = ("kind",)
    search_fields = ("recording__slug",)
    list_select_related = ("recording", "actor")


@admin.register(FormerAddress)
class FormerAddressAdmin(Facts):
    list_display = ("slug", "recording", "left_at")
    search_fields = ("slug", "recording__slug")
    list_select_related = ("recording",)


class _SlideTimeInline(FactsInline):
    model = SlideTime


class _ChapterInline(FactsInline):
    model = Chapter


@admin.register(SlidePage)
class SlidePageAdmin(Facts):
    list_display = ("slides", "number", "title", "language", "asset")
    search_fields = ("slides__recording__slug", "title", "text")
    list_select_related = ("slides", "asset")


@admin.register(Timeline)
class TimelineAdmin(Facts):
    list_display = ("video", "slides", "revision", "found_at", "corrected_at", "corrected_by")
    search_fields = ("video__recording__slug",)
    list_select_related = ("video", "slides", "corrected_by")
    inlines = (_SlideTimeInline,)


@admin.register(Chapters)
class ChaptersAdmin(Facts):
    list_display = ("recording", "origin", "revision", "changed_at")
    list_filter = ("origin",)
    search_fields = ("recording__slug",)
    list_select_related = ("recording",)
    inlines = (_ChapterInline,)


@admin.register(HarvestRecord)
class HarvestRecordAdmin(Facts):
    list_display = ("recording", "datestamp", "deleted", "set_spec", "looked_at")
    list_filter = ("deleted",)
    search_fields = ("recording__slug", "set_spec")
    list_select_related = ("recording",)
