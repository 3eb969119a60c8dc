"""Where many files are chosen, and sent in pieces: on the organisers' page and on a speaker's."""

from typing import Any

from django import template
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from recordings.catalogue import mailed
from recordings.catalogue.models import Found, OriginalKind, Recording
from recordings.providers.known import PAGES, PROVIDERS
from recordings.providers.models import Account, Link, LinkState, Offer
from recordings.uploading.models import Upload, UploadState
from recordings.web.files import SOURCES, too_large
from recordings.web.panel import works_of_uploads
from seminars.followups.kinds import is_file
from seminars.followups.models import Item
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.web.forms.inputs import language_choices
from seminars.web.visitors import visitor_of

register = template.Library()
SHOWN = 30


@register.inclusion_tag("recordings/_sending.html", takes_context=True)
def sending(
    context: dict[str, Any], endpoint: str, language: str, kinds: str = "", panel: str = ""
) -> dict[str, Any]:
    """Show it. endpoint: where uploads begin. kinds: which, with spaces between, or all. panel: what to load anew."""
    offered = kinds.split() or list(OriginalKind.values)
    return {
        "CSP_NONCE": context.get("CSP_NONCE"),
        "endpoint": endpoint,
        "panel": panel,
        "kinds": [choice for choice in OriginalKind.choices if choice[0] in offered],
        "languages": language_choices(),
        "sources": SOURCES,
        "language": language,
        "limit": settings.MAX_FILE_BYTES,
        "too_large": too_large(),
        "words": words(),
    }


def words() -> dict[str, str]:
    """Return what the script says."""
    return {
        "told": _("%a of %b files are kept."),
        "kind": _("What it is"),
        "language": _("Language"),
        "origin": _("Where the captions come from"),
        "progress": _("How much is uploaded"),
        "soon": _("less than a minute left"),
        "minutes": _("about %n min left"),
        "hours": _("about %n h left"),
        "queued": _("waits for its turn"),
        "paused": _(
            "Paused. You can also close this page: choose the file again within a week, and it goes on."
        ),
        "broken": _("The line dropped. What came so far is kept."),
        "offline": _("You are offline. It goes on by itself."),
        "checking": _("All of it is here. It is being checked."),
        "later": _("All of it is here. It is checked later; you can leave this page."),
        "kept": _("The file is kept. What can be made of it follows by itself."),
    }


@register.inclusion_tag("recordings/_caption_facts.html")
def caption_facts(language: str) -> dict[str, Any]:
    """Ask of captions in what language they are, and where they come from. language: chosen to begin with."""
    return {"languages": language_choices(), "language": language, "sources": SOURCES}


@register.inclusion_tag("recordings/_sent.html", takes_context=True)
def sent_files(context: dict[str, Any], session: Session) -> dict[str, Any]:
    """List what was sent and is not kept: unfinished, being checked, stopped, refused. One query, a few if checked."""
    open_ = Upload.objects.filter(session=session).exclude(state=UploadState.KEPT)
    rows = list(open_.order_by("made_at", "pk")[:100])
    works = works_of_uploads([each for each in rows if each.state == UploadState.CHECKING], timezone.now())
    for each in rows:
        each.percent = 100 * each.offset // each.length  # type: ignore[attr-defined]
        each.work = works.get(each.pk)  # type: ignore[attr-defined]
    return {"session": session, "sent": rows, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("recordings/_links.html", takes_context=True)
def linked_pages(context: dict[str, Any], session: Session) -> dict[str, Any]:
    """List the pages elsewhere where the session's recording can be watched meanwhile. One query."""
    links = Link.objects.filter(session=session).exclude(state=LinkState.COPIED).select_related("arrival")
    withdrawn = Recording.objects.filter(session=OuterRef("session"), withdrawn_at__isnull=False)
    links = links.annotate(silent=Exists(withdrawn))
    rows = [(each, PAGES[each.platform].label) for each in links[:20] if each.platform in PAGES]
    return {"session": session, "links": rows, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("recordings/_expiring.html", takes_context=True)
def expiring(
    context: dict[str, Any], session: Session | None = None, community: Community | None = None
) -> dict[str, Any]:
    """Say what providers will delete and is not here: of a session, a community, or all the visitor plans for."""
    now = timezone.now()
    rows = Offer.objects.expiring(now=now)
    if session:
        rows = rows.filter(session=session)
    elif community:
        rows = rows.filter(account__community=community)
    else:
        rows = rows.filter(account__in=Account.objects.kept_by(visitor_of(context["request"])))
    offers = [each for each in rows[:SHOWN] if each.account.provider in PROVIDERS]
    for each in offers:
        each.site = PROVIDERS[each.account.provider].label  # type: ignore[attr-defined]
        each.days = max(1, (each.expires_at - now).days) if each.expires_at else 0  # type: ignore[attr-defined]
    return {"offers": offers, "named": session is None}


@register.inclusion_tag("recordings/_found_notice.html", takes_context=True)
def found_notice(context: dict[str, Any]) -> dict[str, Any]:
    """Lead to the doubtful files, where any wait for this visitor. One query."""
    return {"waiting": Found.objects.doubtful().decided_by(visitor_of(context["request"])).count()}


@register.inclusion_tag("recordings/_mail_addresses.html")
def mail_addresses(session: Session) -> dict[str, Any]:
    """List the addresses to which the session's files can be mailed. One query, none where the site takes no mail."""
    if not settings.MAIL_IN:
        return {}
    items = Item.objects.filter(session=session).order_by("due_at", "pk")
    return {"addresses": [(each.what, mailed.address_of(each)) for each in items if is_file(each.kind)]}
