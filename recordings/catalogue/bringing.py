"""Brings an arrival's file here: what the media worker does for a pasted address."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings

from recordings.assets import fetching
from recordings.assets.probing import ReadCaptions
from recordings.catalogue.arriving import staged_path
from recordings.catalogue.models import Arrival, ArrivalState
from recordings.catalogue.taking import CannotTake, Facts, Taken, check_consent, seconds_of, take
from seminars.elsewhere import asking
from seminars.elsewhere.addresses import Rule, is_public

TELL_SECONDS = 1.5
GOOD_PIECE = 1024**2  # bytes
PAUSE_SECONDS = 1.0
FRESH_SECONDS = (
    1800.0  # a provider's token lasts an hour; refused with an old one, all that came would be thrown away
)
Progress = Callable[[int, int], None]


def bring(
    *,
    arrival: Arrival,
    clock: Callable[[], datetime],
    progress: Progress,
    rule: Rule = is_public,
    headers: Mapping[str, str] | None = None,
    read_captions: ReadCaptions | None = None,
) -> Taken:
    """Return the Original that the arrival's file became, once it is fetched, or the rest of it.

    clock: gives aware UTC. progress: called with bytes done and bytes in all (0: unknown), some times a minute.
    headers: what its server needs besides.
    Raises CannotTake (no byte of it stays) and asking.Interrupted (what came stays, for the next try).
    """
    Arrival.objects.filter(pk=arrival.pk).update(state=ArrivalState.ARRIVING, reason="")
    try:
        download(arrival, progress, rule, headers or {})
        check_consent(arrival.recording.session, arrival.kind)
        length = seconds_of(arrival.recording.session)
        name = PurePosixPath(unquote(urlsplit(arrival.url).path)).name
        facts = Facts(
            arrival.kind,
            arrival.language,
            name,
            arrival.asked_by_id,
            arrival.url,
            length,
            arrival.origin,
        )
        taken = take(
            source=staged_path(arrival),
            into=lambda: arrival.recording,
            facts=facts,
            now=clock(),
            read_captions=read_captions,
        )
    except (asking.Refused, CannotTake) as wrong:
        write(arrival, fetching.Part(), state=ArrivalState.REFUSED, reason=str(wrong))
        staged_path(arrival).unlink(missing_ok=True)
        raise CannotTake(str(wrong)) from wrong
    size = taken.original.asset.size
    write(arrival, fetching.Part(size, size), state=ArrivalState.KEPT, original=taken.original)
    staged_path(arrival).unlink(missing_ok=True)
    return taken


def download(arrival: Arrival, progress: Progress, rule: Rule, headers: Mapping[str, str]) -> None:
    """Bring all bytes to the arrival's staged path. Raises as `fetching.fetch`.

    A line that drops after a good piece is taken up at once, as often as it takes; one that brings nothing, or whose
    headers are old by then, is left to the job's own next try, later.
    """
    began = time.monotonic()
    while True:
        before = arrival.bytes_done
        try:
            return download_rest(arrival, progress, rule, headers)
        except asking.Interrupted:
            stale = bool(headers) and time.monotonic() - began > FRESH_SECONDS
            if stale or arrival.bytes_done - before < GOOD_PIECE:
                raise
            time.sleep(PAUSE_SECONDS)


def download_rest(arrival: Arrival, progress: Progress, rule: Rule, headers: Mapping[str, str]) -> None:
    """Bring what is missing, until the line drops. Raises as `fetching.fetch`."""
    with remembered(arrival, progress) as see:
        fetching.fetch(
            url=arrival.url,
            target=staged_path(arrival),
            part=fetching.Part(arrival.bytes_done, arrival.bytes_total, arrival.validator),
            limit=settings.MAX_FILE_BYTES,
            progress=see,
            rule=rule,
            headers=headers,
        )


@contextmanager
def remembered(arrival: Arrival, progress: Progress) -> Iterator[fetching.Progress]:
    """Give the function that hears of each block; what is here is written down now and then, and at the end."""
    last = fetching.Part(arrival.bytes_done, arrival.bytes_total, arrival.validator)
    told = time.monotonic()

    def see(part: fetching.Part) -> None:
        nonlocal last, told
        last = part
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            write(arrival, part)
            progress(part.done, part.total or 0)

    try:
        yield see
    finally:
        write(arrival, last)


def write(arrival: Arrival, part: fetching.Part, **columns: object) -> None:
    """Store how much is here, and `columns`; an arrival that was removed meanwhile stays removed."""
    values = {"bytes_done": part.done, "bytes_total": part.total, "validator": part.validator} | columns
    Arrival.objects.filter(pk=arrival.pk).update(**values)
    for name, value in values.items():
        setattr(arrival, name, value)
