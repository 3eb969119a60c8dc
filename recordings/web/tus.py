"""tus 1.0 (https://tus.io/protocols/resumable-upload): files in pieces, over lines that drop.

Core, creation, creation-with-upload, expiration, checksum, termination. Who may send comes from the address (see
`sending`); here a request becomes one verb of `recordings.uploading`, and what the verb raises one status.
"""

import base64
import binascii
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.catalogue.models import Origin
from recordings.catalogue.taking import CannotTake
from recordings.uploading import creating, finishing, receiving, staging
from recordings.uploading.models import Upload, UploadState
from recordings.uploading.receiving import Checksum, receive
from seminars.sessions.models import Session

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
OFFSET_TYPE = "application/offset+octet-stream"
MISMATCH = 460
READ_SECONDS = 15.0  # of silence, less than the lease: who is silent longer has lost the line
_senders = threading.BoundedSemaphore(
    max(settings.WEB_THREADS // 8, 1)
)  # the other threads stay for pages and media


def said(status: int, words: str = "", /, **headers: object) -> HttpResponse:
    """Return an answer of the protocol; `Upload_Offset=5` becomes a header `Upload-Offset: 5`."""
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response


def options() -> HttpResponse:
    """Return what is spoken here."""
    return said(
        204,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Max_Size=settings.MAX_FILE_BYTES,
        Tus_Checksum_Algorithm=",".join(ALGORITHMS),
    )


def method_of(request: HttpRequest) -> str:
    """Return the method, the one in X-HTTP-Method-Override if that is there."""
    return request.headers.get("X-HTTP-Method-Override", request.method or "").upper()


def other_version(request: HttpRequest) -> HttpResponse | None:
    """Return 412 for a request of another version, or of none."""
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return said(412, _("This server speaks tus 1.0.0."), Tus_Version=VERSION)


def not_allowed(*methods: str) -> HttpResponse:
    """Return 405."""
    return said(405, Allow=", ".join(methods))


def create(
    request: HttpRequest,
    session: Session,
    *,
    sender: str,
    actor_id: int | None,
    kinds: tuple[str, ...],
    address: Callable[[Upload], str],
) -> HttpResponse:
    """Answer the address at which uploads begin. kinds: which may be sent here. address: of an upload."""
    method = method_of(request)
    if method == "OPTIONS":
        return options()
    if method != "POST":
        return not_allowed("OPTIONS", "POST")
    if wrong := other_version(request):
        return wrong
    length, facts = header_number(request, "Upload-Length"), metadata(request)
    if length is None or facts is None:
        return said(400, _("The announcement of the file cannot be read."))
    kind = facts.get("kind", kinds[0])
    if kind not in kinds:
        return said(422, _("Files of this kind are not taken here."))
    language, origin = facts.get("language", session.language), facts.get("origin", "") or Origin.HUMAN
    file = creating.Announced(kind, language, facts.get("filename", ""), length, origin)
    try:
        upload = creating.create(
            session=session, file=file, sender=sender, actor_id=actor_id, now=timezone.now()
        )
    except CannotTake as wrong_file:
        return said(422, str(wrong_file))
    except creating.TooLarge as too_large:
        return said(413, str(too_large))
    except creating.NoRoom as no_room:
        return said(507, str(no_room))
    except creating.TooMany as too_many:
        return said(429, str(too_many))
    headers: dict[str, object] = {"Location": address(upload), "Upload_Expires": expires(upload)}
    if request.content_type == OFFSET_TYPE:
        answer = patch(request, upload, 0)
        if (
            answer.status_code != 204
        ):  # the upload is there all the same, and the sender goes on from where it is
            headers["Upload_Offset"] = staging.here(upload)
            return said(201, "", **headers)
        headers["Upload_Offset"] = answer.headers["Upload-Offset"]
    return said(201, "", **headers)


def resource(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Answer the address of one upload."""
    method = method_of(request)
    if method == "OPTIONS":
        return options()
    if method == "GET":
        return status_of(upload)
    if method not in ("HEAD", "PATCH", "DELETE"):
        return not_allowed("OPTIONS", "HEAD", "GET", "PATCH", "DELETE")
    if wrong := other_version(request):
        return wrong
    if method == "DELETE":
        return said(204 if finishing.remove(upload=upload) else 409)
    if upload.state == UploadState.REFUSED or (
        upload.state == UploadState.ARRIVING and upload.expires_at <= timezone.now()
    ):
        return said(410, upload.reason or _("It was begun too long ago. Upload the file again."))
    if method == "HEAD":
        here = staging.here(upload) if upload.state == UploadState.ARRIVING else upload.length
        return said(200, Upload_Offset=here, Upload_Length=upload.length, Upload_Expires=expires(upload))
    if request.content_type != OFFSET_TYPE:
        return said(415)
    offset = header_number(request, "Upload-Offset")
    return said(400) if offset is None else patch(request, upload, offset)


def status_of(upload: Upload) -> HttpResponse:
    """Return for the page's script where an upload stands."""
    facts = {"state": upload.state, "reason": upload.reason, "offset": upload.offset, "length": upload.length}
    response = JsonResponse(facts)
    response.headers["Cache-Control"] = "no-store"
    return response


def patch(request: HttpRequest, upload: Upload, offset: int) -> HttpResponse:
    """Take in the body of a request."""
    size = request.META.get("CONTENT_LENGTH", "")
    if not size.isdigit():
        return said(411, _("Say how many bytes come (Content-Length)."))
    try:
        checksum = checksum_of(request)
    except ValueError:
        return said(400, _("The checksum is of a kind that is not known here."))
    if not _senders.acquire(blocking=False):
        return said(503, _("Many files arrive just now."), Retry_After=5)
    try:
        with impatient(request):
            here = receive(
                upload=upload,
                offset=offset,
                size=int(size),
                read=request.read,
                clock=timezone.now,
                checksum=checksum,
            )
    except receiving.WrongOffset:
        return said(409, Upload_Offset=staging.here(upload))
    except receiving.Locked:
        return said(423, _("This file is being sent already."))
    except receiving.Gone:
        return said(410)
    except receiving.TooMuch:
        return said(413, _("More bytes came than were announced."))
    except receiving.Mismatch:
        return said(MISMATCH, _("What arrived is not what was sent. It is sent again."))
    except store.DiskFull as full:
        return said(507, str(full))
    finally:
        _senders.release()
    return said(204, Upload_Offset=here, Upload_Expires=expires(upload))


@contextmanager
def impatient(request: HttpRequest) -> Iterator[None]:
    """Wait for bytes for so long only: a laptop that was closed would keep a thread for ever."""
    line: Any = request.META.get("gunicorn.socket")
    if line is None:
        yield
        return
    line.settimeout(READ_SECONDS)
    try:
        yield
    finally:
        line.settimeout(None)


def header_number(request: HttpRequest, name: str) -> int | None:
    """Return a header's number of bytes; None where there is none that makes sense."""
    text = request.headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def metadata(request: HttpRequest) -> dict[str, str] | None:
    """Return Upload-Metadata; None where it cannot be read."""
    found = {}
    for pair in filter(
        None, (each.strip() for each in request.headers.get("Upload-Metadata", "").split(","))
    ):
        name, _space, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return found


def checksum_of(request: HttpRequest) -> Checksum | None:
    """Return what the body must hash to; None where nothing is said of it. Raises ValueError."""
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    name, _space, value = text.partition(" ")
    if name not in ALGORITHMS:
        raise ValueError(name)
    return Checksum(ALGORITHMS[name](), base64.b64decode(value.strip(), validate=True))


def expires(upload: Upload) -> str:
    """Return when the upload is forgotten, as the header says it."""
    return format_datetime(upload.expires_at, usegmt=True)
