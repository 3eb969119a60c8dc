"""Speaks tus to the site, as a browser does."""

import base64
from typing import Any

from django.test import Client

from recordings import tasks
from recordings.uploading.models import Upload
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.recordings.cast import ZOO

MOVIE = (ZOO / "whole.mp4").read_bytes()
VERSION = {"Tus-Resumable": "1.0.0"}
TYPE = "application/offset+octet-stream"


def ask(client: Client, method: str, path: str, body: bytes = b"", **headers: Any) -> Any:
    """Send a request of the protocol; `Upload_Offset=5` is a header, `None` leaves one out."""
    said = {**VERSION, **{name.replace("_", "-"): str(value) for name, value in headers.items()}}
    kind = said.pop("Content-Type", TYPE if method == "PATCH" else "")
    said = {name: value for name, value in said.items() if value != "None"}
    length = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
    return client.generic(method, path, body, content_type=kind, headers=said, **length)


def meta(**facts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())


def base(session: Session) -> str:
    return f"/organise/sessions/{session.slug}/files/uploads/"


def begin(client: Client, session: Session, length: int = len(MOVIE), **facts: str) -> str:
    """Return the address of a new upload."""
    said = {"filename": "talk.mp4", "kind": "video", "language": "en"} | facts
    answer = ask(client, "POST", base(session), Upload_Length=length, Upload_Metadata=meta(**said))
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def send(client: Client, path: str, body: bytes, offset: int, **headers: Any) -> Any:
    return ask(client, "PATCH", path, body, Upload_Offset=offset, **headers)


def checked() -> Upload:
    """The only upload, once its job is done."""
    tasks.finish_upload(Job.objects.get(kind="upload").pk)
    return Upload.objects.get()
