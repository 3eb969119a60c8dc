"""Where a recording's files are on the web: addresses that never change."""

from uuid import UUID

from django.urls import reverse

from recordings.assets.sniffing import PPTX
from recordings.catalogue.models import Original, Recording

FROM = "from"
SUFFIXES = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/ogg": "ogv",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "audio/x-matroska": "mka",
    "application/pdf": "pdf",
    PPTX: "pptx",
    "text/vtt": "vtt",
    "text/plain": "txt",
    "image/webp": "webp",
}


def file_name(recording: Recording, *, kind: str, language: str, media_type: str) -> str:
    """Return the name under which a file is saved, ASCII only: `after-hours-44-captions-sv.vtt`."""
    kind = kind.replace("_", "-")
    parts = [recording.slug, kind, language] if language else [recording.slug, kind]
    return f"{'-'.join(parts)}.{SUFFIXES.get(media_type, 'bin')}"


def file_path(recording: Recording, uuid: UUID, *, kind: str, language: str, media_type: str) -> str:
    """Return the path of a file's address below MERIDIAN_URL. uuid: of the Original or Rendition."""
    name = file_name(recording, kind=kind, language=language, media_type=media_type)
    return reverse("archive_file", args=[recording.slug, uuid, name])


def original_path(recording: Recording, original: Original) -> str:
    """Return the path of a file as it came. Load `asset` with it."""
    return file_path(
        recording,
        original.uuid,
        kind=original.kind,
        language=original.language,
        media_type=original.asset.media_type,
    )


def played_at(href: str, place: str) -> str:
    """Return the address of a file for players elsewhere. place: "podcast" or "embed": they are counted apart."""
    return f"{href}?{FROM}={place}"
