"""What machines follow of the archive: all that is public, or a community's, or a series'. Nothing closed is there."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from recordings.catalogue.models import NEWEST, Recording, RecordingQuerySet
from seminars.people.models import Community
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.words import Words


class Missing(Exception):
    """There is no such collection, or not for everybody."""


@dataclass(frozen=True)
class Collection:
    """Recordings that are followed together. uuid: for ever, whatever becomes of addresses. page: its path.

    kind: "site", "community" or "series". owner: whose it is. accent: #rrggbb. logo: key of a picture, or "".
    """

    kind: str
    slug: str
    uuid: UUID
    name: Words
    about: Words
    owner: Words
    page: str
    language: str
    chosen: Q
    made_at: datetime | None = None
    accent: str = "#1f5f8b"
    logo: str = ""
    contact: str = ""

    def recordings(self, *, now: datetime) -> RecordingQuerySet:
        """Return what everybody may see of it at `now` (aware UTC), the newest first."""
        return Recording.objects.kept(now=now).visible_to(NOBODY).filter(self.chosen).order_by(*NEWEST)

    @property
    def base(self) -> str:
        """The path below which its feeds and pages are, without a slash at its end."""
        return {"community": f"/communities/{self.slug}", "series": f"/series/{self.slug}"}.get(self.kind, "")


def collection_of(kind: str, slug: str = "") -> Collection:
    """Return what everybody may follow. kind: "site", "community" or "series". One query. Raises Missing."""
    if kind == "community":
        community = Community.objects.visible_to(NOBODY).filter(slug=slug).first()
        return _of_community(community)
    if kind == "series":
        rows = Series.objects.visible_to(NOBODY).select_related("community")
        return _of_series(rows.filter(slug=slug).first())
    name = {settings.LANGUAGE_CODE: settings.SITE_NAME}
    with translation.override(settings.LANGUAGE_CODE):  # not in the language of whoever asks
        words = _("Recordings of seminars: to hear and to watch, with slides and captions.")
    about = {settings.LANGUAGE_CODE: words}
    return Collection(
        "site", "", _of_site(), name, about, name, reverse("archive"), settings.LANGUAGE_CODE, Q()
    )


def _of_site() -> UUID:
    """Return what the whole archive is known by: what came out in it first, which never goes; before, its host.

    So it is the same at another host, after a restore, and where a bag of all was imported.
    """
    first = (
        Recording.objects.published().order_by("published_at", "uuid").values_list("uuid", flat=True).first()
    )
    host = urlsplit(settings.MERIDIAN_URL).hostname or "localhost"
    return uuid5(first, "archive") if first else uuid5(NAMESPACE_DNS, host)


def _of_community(community: Community | None) -> Collection:
    if community is None:
        raise Missing
    return Collection(
        kind="community",
        slug=community.slug,
        uuid=community.uuid,
        name=community.name,
        about=community.summary,
        owner=community.name,
        page=reverse("community", args=[community.slug]),
        language=community.language,
        chosen=Q(session__series__community=community),
        made_at=community.made_at,
        accent=community.accent,
        logo=community.logo,
        contact=community.contact,
    )


def _of_series(series: Series | None) -> Collection:
    if series is None:
        raise Missing
    return replace(
        _of_community(series.community),
        kind="series",
        slug=series.slug,
        uuid=series.uuid,
        name=series.title,
        about=series.abstract,
        page=reverse("series", args=[series.slug]),
        language=series.language,
        chosen=Q(session__series=series),
        made_at=series.made_at,
    )
