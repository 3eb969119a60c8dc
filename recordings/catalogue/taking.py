"""A file is taken in: it ends in one Original, or in nothing. `arriving` is the door that others use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.assets.probing import ReadCaptions, Unacceptable, inspect, other_captions
from recordings.catalogue.history.addressing import free_slug
from recordings.catalogue.history.models import EventKind
from recordings.catalogue.history.telling import happened
from recordings.catalogue.models import Origin, Original, OriginalKind, Recording
from seminars.sessions.models import Session
from seminars.sessions.speaking.stages import refusing

RECORDED = (OriginalKind.VIDEO, OriginalKind.AUDIO, OriginalKind.CAPTIONS)
"""What a recording is made of: none of it is taken in where somebody who appears said no."""


class CannotTake(Exception):
    """The file or address is refused, with nothing stored; the message says why and what to do."""


def check_consent(session: Session | None, kind: str) -> None:
    """Raise CannotTake for a recording of a session at which somebody appears who does not want it published."""
    if session is not None and kind in RECORDED and (names := refusing(session)):
        words = _("%(names)s does not want a recording of this session published. Ask them first.")
        raise CannotTake(words % {"names": ", ".join(names)})


def check_consents(session: Session | None, recording: Recording) -> None:
    """Raise CannotTake where the session could not have the recording, as it is now, published: `check_consent`."""
    for kind in recording.originals.filter(superseded_at=None).values_list("kind", flat=True):
        check_consent(session, kind)


@dataclass(frozen=True)
class Taken:
    """What became of a file. again: the same file was there already, and nothing was added.

    aside: it is kept but not shown: people's captions in its language are here, and it is a machine's.
    """

    original: Original
    again: bool = False
    aside: bool = False


def recording_of(session: Session, *, now: datetime) -> Recording:
    """Return the session's recording, its row made if need be."""
    recording, _made = Recording.objects.get_or_create(
        session=session,
        defaults={"slug": lambda: free_slug(session.slug), "language": session.language, "made_at": now},
    )
    return recording


@dataclass(frozen=True)
class Facts:
    """What people say about a file; `source_url` is where it was fetched, `seconds` how long the session's lasts.

    origin: of captions, where their words come from.
    """

    kind: str
    language: str
    filename: str
    actor_id: int | None
    source_url: str = ""
    seconds: float | None = None
    origin: str = Origin.HUMAN


def take(
    *,
    source: IO[bytes] | Path | store.Staged,
    into: Callable[[], Recording],
    facts: Facts,
    now: datetime,
    read_captions: ReadCaptions | None = None,
) -> Taken:
    """Return the Original that the bytes of `source` became, in the recording that `into` gives. Raises CannotTake.

    A source that is staged already is moved, not copied. SRT captions, transcripts, and captions in another encoding
    are kept as WebVTT.
    """
    try:
        with staged_of(source) as came, as_captions(came, facts, read_captions) as staged:
            if staged is not came:
                facts = replace(facts, filename=f"{PurePath(facts.filename).stem or 'captions'}.vtt")
            found = inspect(staged.path, facts.kind, read_captions=read_captions)
            with store.keeping(staged, media_type=found.media_type, probe=found.probe, now=now) as asset:
                return link(into(), asset, facts, now)
    except (store.Empty, store.TooLarge, store.DiskFull, Unacceptable) as wrong:
        raise CannotTake(str(wrong)) from wrong


@contextmanager
def staged_of(source: IO[bytes] | Path | store.Staged) -> Iterator[store.Staged]:
    """Give the source staged; what is staged already stays where it is."""
    if isinstance(source, store.Staged):
        yield source
        return
    with store.staging(source) as staged:
        yield staged


@contextmanager
def as_captions(
    staged: store.Staged, facts: Facts, read_captions: ReadCaptions | None
) -> Iterator[store.Staged]:
    """Give captions that are not WebVTT in UTF-8 as a file that is; anything else as it is. Raises Unacceptable."""
    words = None
    if facts.kind == OriginalKind.CAPTIONS and read_captions is not None:
        words = other_captions(staged.path, facts.seconds, read_captions, facts.language)
    if words is None:
        yield staged
        return
    with store.staging([words.encode()]) as written:
        yield written


def seconds_of(session: Session | None) -> float | None:
    """Return how long the session's recording lasts; None while there is none."""
    media = (OriginalKind.VIDEO, OriginalKind.AUDIO)
    files = Original.objects.filter(recording__session=session, kind__in=media, superseded_at=None)
    lengths = [each.asset.probe.get("seconds") for each in files.select_related("asset")] if session else []
    return max((float(each) for each in lengths if each), default=None)


def link(recording: Recording, asset: Asset, facts: Facts, now: datetime) -> Taken:
    """Return the asset as an Original of the recording; an earlier one of this kind and language is superseded.

    There may be many handouts, so they supersede nothing; nor do a machine's captions those that people wrote or
    corrected. Two at a time wait for each other at the recording's row.
    """
    Recording.objects.select_for_update().get(pk=recording.pk)
    current = Original.objects.filter(
        recording=recording, kind=facts.kind, language=facts.language, superseded_at=None
    )
    same = current.filter(asset=asset).first()
    if same:
        if same.origin != facts.origin:  # the same words, and somebody who knows better where they come from
            same.origin = facts.origin
            same.save(update_fields=["origin"])
        return Taken(same, again=True)
    by_people = current.exclude(origin=Origin.AUTOMATIC)
    aside = facts.origin == Origin.AUTOMATIC and facts.kind == OriginalKind.CAPTIONS and by_people.exists()
    before = None if facts.kind == OriginalKind.HANDOUT or aside else current.select_related("asset").first()
    if before:
        current.update(superseded_at=now)
    original = Original.objects.create(
        recording=recording,
        asset=asset,
        kind=facts.kind,
        language=facts.language,
        origin=facts.origin,
        filename=facts.filename[-200:],
        source_url=facts.source_url,
        added_by_id=facts.actor_id,
        added_at=now,
        superseded_at=now if aside else None,
    )
    happened(
        recording,
        EventKind.VERSION_ADDED if before else EventKind.KEPT,
        now=now,
        actor_id=facts.actor_id,
        **told_of(original),
        **({"before": before.asset.sha256} if before else {}),
    )
    return Taken(original, aside=aside)


def told_of(original: Original) -> dict[str, Any]:
    """Return what the history of a recording says of a file: no names of people."""
    asset = original.asset
    return {"file": original.kind, "language": original.language, "sha256": asset.sha256, "size": asset.size}
