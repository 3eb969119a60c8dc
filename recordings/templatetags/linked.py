"""What search engines are told of a recording in the head of its page: JSON-LD, of what everybody may see only."""

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.describing import describe
from recordings.preservation.description import Agent, Description, Format, Held
from recordings.preservation.linked_data import recording_data
from recordings.slides.reading import Mark, chapters_of
from recordings.templatetags.recordings import item_of
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session, SpeakerRole
from seminars.sessions.state import HEARD
from seminars.web.linked_data import is_public, script_of

register = template.Library()
KINDS = {
    MaterialKind.VOICE: "voice",
    MaterialKind.SLIDES: OriginalKind.SLIDES,
    MaterialKind.CAPTIONS: OriginalKind.CAPTIONS,
    MaterialKind.PAPER: OriginalKind.PAPER,
    MaterialKind.REPORT: OriginalKind.REPORT,
    MaterialKind.HANDOUT: OriginalKind.HANDOUT,
}


@register.simple_tag(takes_context=True)
def linked_recording(context: Context, session: Session) -> SafeString | str:
    """Return the script about the recording of a session that everybody may see; "" where nothing plays.

    No query beside those of the item below: it is made of what the page has loaded.
    """
    ready = [each for each in session.materials.all() if each.state == MaterialState.PUBLISHED]
    if not is_public(session) or not any(each.kind in HEARD for each in ready):
        return ""
    item = item_of(context, session)
    if "deck" not in item:
        return ""
    terms = item["terms"]
    described = _of_session(session, ready, item["recording"], terms.licence if terms else "")
    return _script(context, described, item["deck"].chapters)


@register.simple_tag(takes_context=True)
def linked_recording_alone(context: Context, recording: Recording) -> SafeString | str:
    """Return the same of a recording that never was a session."""
    if recording.published_at is None or recording.withdrawn_at:
        return ""
    return _script(context, describe(recording), chapters_of(recording))


def _script(context: Context, description: Description, marks: list[Mark]) -> SafeString | str:
    data = recording_data(description, language=get_language() or "en", marks=marks)
    if not data:
        return ""
    whole = reverse("recording_about", args=[description.slug])
    script = (
        '<link rel="describedby" type="application/ld+json" href="{}">'
        '<script type="application/ld+json" nonce="{}">{}</script>'
    )
    return format_html(script, whole, context.get("CSP_NONCE", ""), script_of(data))


def _of_session(session: Session, ready: list[Material], recording: Recording, licence: str) -> Description:
    """Return what the page itself shows, described without a further query."""
    community = session.series.community
    page = _whole(reverse("session", args=[session.slug]))
    played = [each for each in ready if each.kind in HEARD]
    speakers = [each for each in session.speakers.all() if each.role == SpeakerRole.SPEAKER]
    return Description(
        uuid=recording.uuid,
        slug=recording.slug,
        page=page,
        permalink=_whole(reverse("archive_item", args=[recording.slug])),
        title=session.heading,
        abstract=session.abstract,
        language=session.language,
        publisher=community.name,
        publisher_href=_whole(reverse("community", args=[community.slug])),
        changed_at=session.changed_at,
        licence=licence,
        published_at=min((each.published_at for each in played if each.published_at), default=None),
        held=Held(session.zone, session.local_date) if session.local_date else None,
        creators=tuple(
            Agent(
                each.person.name,
                each.affiliation or each.person.affiliation,
                each.role,
                each.person.uuid,
                _whole(reverse("speaker", args=[each.person.uuid])),
            )
            for each in speakers
        ),
        formats=tuple(_format(each) for each in ready if _kind(each)) + _posters(played),
    )


def _kind(material: Material) -> str:
    """What a material is among the files of a recording; "" for what is elsewhere or is none of them."""
    if not material.path.startswith("/"):
        return ""
    if material.kind == MaterialKind.RECORDING:
        return OriginalKind.VIDEO if material.media_type.startswith("video/") else OriginalKind.AUDIO
    known = MaterialKind(material.kind)
    return KINDS.get(known) or ("slides_voice" if material.media_type.startswith("video/") else "")


def _format(material: Material) -> Format:
    return Format(
        uuid=material.source,
        kind=_kind(material),
        is_original=material.kind != MaterialKind.VOICE,
        media_type=material.media_type,
        size=material.size,
        sha256="",
        href=_whole(material.path),
        filename="",
        language=material.language,
        seconds=material.seconds or 0,
    )


def _posters(played: list[Material]) -> tuple[Format, ...]:
    found = {each.poster: each for each in played if each.poster.startswith("/")}
    return tuple(
        Format(each.source, "poster", False, "image/webp", 0, "", _whole(path), "")
        for path, each in found.items()
    )


def _whole(path: str) -> str:
    return f"{settings.MERIDIAN_URL}{path}"
