"""A search of the archive as Atom. Public, or a person's own by the secret of their calendar.

Who polls it has the archive searched, which is quick; what was found is described only where that may have changed.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Recording
from recordings.preservation.changing import facts_of
from recordings.preservation.describing import describe_all
from recordings.search.narrowing import Archive
from recordings.search.querying import followed
from recordings.web.archive_news import piece_of
from recordings.web.facets import address, asked_in, chips_of
from seminars.calendars.atom import MOST, atom
from seminars.calendars.feeds import Subject
from seminars.calendars.models import Calendar, FeedToken
from seminars.calendars.scopes import digest_of
from seminars.notifications.posting import language_of
from seminars.people.models import Community
from seminars.people.visitors import NOBODY, Visitor
from seminars.web.feeds import PRIVATE, missing, refusal
from seminars.web.polled import polled_by


@require_safe
def archive_feed(request: HttpRequest) -> HttpResponse:
    """What everybody may see."""
    return answered(request, NOBODY, settings.LANGUAGE_CODE)


@require_safe
def own_archive_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the owner of a calendar's secret may see: 404 where it never was one, 410 once it is replaced."""
    found = (
        FeedToken.objects.filter(digest=digest_of(token), calendar=Calendar.SESSIONS)
        .select_related("user")
        .first()
    )
    if found is None or (found.revoked_at is None and not found.user.is_active):
        return missing()
    if found.revoked_at is not None:
        return refusal(_("This calendar has a new address: its owner replaced this one."), 410)
    visitor = Visitor(found.user_id, is_admin=False)
    response = answered(request, visitor, language_of(found.user.language))
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def answered(request: HttpRequest, visitor: Visitor, language: str) -> HttpResponse:
    """Return the document, in the language of the site or of its owner, whoever fetches it; 304 where they have it.

    What it says depends on what was found, in which order, and on the communities whose papers the visitor may read.
    """
    q, chosen, _as_typed = asked_in(request.GET)
    archive = Archive(Recording.objects.kept(now=timezone.now()).visible_to(visitor), visitor)
    keys = followed(q, archive, chosen=chosen, most=MOST)
    found = Recording.objects.filter(pk__in=keys).order_by("pk")
    mine = Community.objects.of_member(visitor).order_by("pk").values_list("pk", flat=True)
    with translation.override(language):
        chosen_words = [chip.words for chip in chips_of(archive, chosen, q)]
    words = " · ".join([*([f"“{q[:80]}”"] if q else []), *chosen_words])
    whole = request.get_full_path()

    def written() -> bytes:
        rows = found.select_related("session__series__community").in_bulk()
        with translation.override(language):
            name = _("%(words)s in the archive") % {"words": words} if words else _("Archive")
            page = settings.MERIDIAN_URL + reverse("archive") + address(q, chosen)
            described = describe_all([rows[key] for key in keys if key in rows], visitor=visitor)
            return atom(
                Subject(name=name, page=page, language=language),
                [piece_of(each, language) for each in described],
                address=settings.MERIDIAN_URL + whole,
                language=language,
                heading=name,
            )

    return polled_by(request, whole, facts_of(found, keys, words, language, list(mine)), written)


urlpatterns = [
    path("archive/feed/", archive_feed, name="followed_search"),
    path("me/archive/<slug:token>.atom", own_archive_feed, name="own_archive_feed"),
]
