"""Captions in and out by the web: every form, access, headers; languages side by side; the editor's doors."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Origin, Original
from recordings.publishing.releasing import release
from recordings.transcripts.models import CaptionAside, CaptionDraft
from recordings.transcripts.reading import cues
from seminars.people.models import Community
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link
from tests.factories import make_original, make_person, make_recording, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Good &lt;b&gt;morning</v>\n\n00:03.000 --> 00:04.500\nall\n"


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), wall=datetime(2026, 3, 1, 9, 0), slug="hall")


@pytest.fixture
def captions(session: Session) -> Original:
    return make_original(make_recording(session), VTT, origin=Origin.AUTOMATIC)


def at(captions: Original, file: str) -> str:
    return f"/archive/hall/captions/{captions.uuid}/{file}"


def desk(captions: Original, deed: str = "") -> str:
    return f"/organise/sessions/hall/captions/{captions.uuid}/{deed}"


@pytest.mark.parametrize(
    ("file", "media_type", "disposition", "words"),
    [
        ("captions.vtt", "text/vtt", "inline", "<v Ana>Good &lt;b&gt;morning"),
        ("captions.srt", "application/x-subrip", "attachment", "Ana: Good \u2039b>morning"),
        ("transcript.txt", "text/plain", "inline", "Ana: Good <b>morning\n\nall\n"),
        (
            "transcript-times.txt",
            "text/plain",
            "inline",
            "[00:00:01] Ana: Good <b>morning\n\n[00:00:03] all\n",
        ),
    ],
)
def test_every_form_has_an_address(
    as_nobody: Client, captions: Original, file: str, media_type: str, disposition: str, words: str
) -> None:
    answer = as_nobody.get(at(captions, file))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert answer["Content-Type"] == f"{media_type}; charset=utf-8"
    stem, _dot, ending = file.partition(".")
    assert answer["Content-Disposition"] == f'{disposition}; filename="hall-{stem}-en.{ending}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in answer["Cache-Control"]
    again = as_nobody.get(at(captions, file), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert as_nobody.post(at(captions, file)).status_code == 405


def test_a_superseded_file_stays_at_its_address(as_nobody: Client, captions: Original, now: datetime) -> None:
    Original.objects.update(superseded_at=now)
    assert as_nobody.get(at(captions, "captions.srt")).status_code == 200


def test_captions_of_a_closed_community_are_its_members(
    as_nobody: Client, as_stranger: Client, as_organiser: Client, closed_community: Community
) -> None:
    session = make_session(make_series(closed_community), slug="hall", wall=datetime(2026, 3, 1, 9, 0))
    captions = make_original(make_recording(session), VTT)
    for file in ("captions.vtt", "captions.srt", "transcript.txt", "transcript-times.txt"):
        assert as_nobody.get(at(captions, file)).status_code == 404
        assert as_stranger.get(at(captions, file)).status_code == 404


def test_withdrawn_captions_say_so(as_nobody: Client, captions: Original, now: datetime) -> None:
    type(captions.recording).objects.update(withdrawn_at=now, withdrawn_reason="Asked.")
    answer = as_nobody.get(at(captions, "transcript.txt"))
    assert answer.status_code == 410
    assert b"morning" not in answer.content


def test_links_say_language_and_source(as_nobody: Client, captions: Original, now: datetime) -> None:
    make_original(captions.recording, VTT.replace(b"Good", b"God"), language="sv")
    release(recording=captions.recording, now=now)
    page = as_nobody.get("/sessions/hall/").content.decode()
    assert "Captions, English, automatic" in page
    assert "Captions, Swedish, written by people" in page
    assert "nobody has corrected them yet" in page
    assert at(captions, "captions.srt") in page
    assert "Good <b>morning" not in page


def send(client: Client, content: bytes, **given: str) -> Any:
    data = {"upload-kind": "captions", "upload-language": "en", "upload-origin": "human"} | given
    file = SimpleUploadedFile("captions.srt", content)
    return client.post("/organise/sessions/hall/files/upload/", {**data, "upload-file": file})


def test_who_uploads_says_language_and_source(as_organiser: Client, session: Session) -> None:
    assert send(as_organiser, VTT).status_code == 302
    assert (
        send(as_organiser, VTT, **{"upload-language": "sv", "upload-origin": "automatic"}).status_code == 302
    )
    found = Original.objects.order_by("pk").values_list("language", "origin", "superseded_at")
    assert list(found) == [("en", "human", None), ("sv", "automatic", None)]
    # A machine's never take the place of people's; said otherwise, the same file is theirs.
    send(as_organiser, VTT.replace(b"Good", b"Bad"), **{"upload-origin": "automatic"})
    assert Original.objects.get(language="en", superseded_at=None).origin == "human"
    send(as_organiser, VTT, **{"upload-language": "sv"})
    assert Original.objects.get(language="sv").origin == "human"


@pytest.mark.parametrize(
    ("content", "language", "words"),
    [
        ("1\r\n00:00:01,000 --> 00:00:02,000\r\nFörst\r\n".encode("utf-16"), "sv", "Först"),
        ("1\r\n00:00:01,000 --> 00:00:02,000\r\nFörst\r\n".encode("utf-16-le"), "sv", "Först"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nFörst – sa hon\n".encode("cp1252"), "sv", "Först – sa hon"),
        (b"\xef\xbb\xbfWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nPlain\r\n", "en", "Plain"),
    ],
    ids=["UTF-16", "UTF-16 without mark", "Latin-1", "BOM and CRLF"],
)
def test_other_encodings_are_taken(
    as_organiser: Client, session: Session, content: bytes, language: str, words: str
) -> None:
    assert send(as_organiser, content, **{"upload-language": language}).status_code == 302
    assert [each.text for each in cues(Original.objects.get())] == [words]


@pytest.mark.parametrize(
    ("content", "language", "words"),
    [
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\nЖИЯ БД\n".encode("cp1251"),
            "ru",
            "Line 4 is not UTF-8 text",
        ),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nЖИЯ\n".encode("cp1251"), "en", "Line 4 is not UTF-8 text"),
        (b"WEBVTT\n\n00:05.000 --> 00:02.000\nx\n", "en", "Line 3: this caption ends before it starts"),
        (b"WEBVTT\n\n00:05.000 -->\nx\n", "en", "no time at which it ends"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "en", "a picture"),
        (b"1\n00:00:05,000 --> 00:00:06,000\nx\n\n" * 300_000, "en", "more than 8 MB"),
        (b"WEBVTT\n\n" + b"00:05.000 --> 00:06.000\nx\n\n" * 350_000, "en", "more than 8 MB"),
        (b"WEBVTT\n\n" + b"00:05.000 --> 00:06.000\nx\n\n" * 60_000, "en", "more than 50000 captions"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    as_organiser: Client, session: Session, content: bytes, language: str, words: str
) -> None:
    answer = send(as_organiser, content, **{"upload-language": language})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Original.objects.exists()


def test_the_editor_saves_and_tells(as_organiser: Client, captions: Original) -> None:
    told = as_organiser.get(desk(captions, "lines/")).json()
    assert told["lines"][0] == ["1", 1000, 2000, "Good <b>morning", "Ana"]
    given = {"hand": "a", "draft": "", "seen": "0", "changes": json.dumps({"2": [3000, 4500, "all <i>", ""]})}
    saved = as_organiser.post(desk(captions, "save/"), given).json()
    assert (saved["revision"], saved["changed"]) == (1, {"2": [3000, 4500, "all <i>", ""]})
    other = {**given, "hand": "b", "changes": json.dumps({"2": [3000, 4500, "everybody", ""]})}
    beside = as_organiser.post(desk(captions, "save/"), other).json()
    assert beside["aside"] == ["2"]
    assert beside["beside"][0]["row"][2] == "everybody"
    aside = CaptionAside.objects.get()
    as_organiser.post(desk(captions, "choose/"), {"aside": aside.pk, "take": "1"})
    assert CaptionDraft.objects.get().lines["2"][2] == "everybody"
    assert (
        as_organiser.post(desk(captions, "save/"), {**given, "draft": "x" * 36, "changes": "{}"}).status_code
        == 200
    )
    for wrong in ("[", '{"1": [1]}', '{"1": ["a", 2, "b", ""]}', "[" * 9999, '{"1": [-5, 2, "b", ""]}'):
        answer = as_organiser.post(desk(captions, "save/"), {**given, "changes": wrong})
        assert (answer.status_code, "wrong" in answer.json()) == (400, True)


def test_buttons_do_what_the_script_does(as_organiser: Client, captions: Original) -> None:
    def do(**given: str) -> list[str]:
        answer = as_organiser.post(desk(captions, "change/"), given)
        assert answer.status_code == 302, answer.content.decode()
        rows = as_organiser.get(desk(captions, "lines/")).json()["lines"]
        return [f"{row[1]} {row[3]}" for row in rows]

    assert do(what="replace", find="ALL", put="every body") == ["1000 Good <b>morning", "3000 every body"]
    assert do(what="split", line="2") == ["1000 Good <b>morning", "3000 every", "3833 body"]
    assert do(what="merge", line="2") == ["1000 Good <b>morning", "3000 every\nbody"]
    assert do(what="insert", line="1")[1] == "2000 "
    assert do(what="delete", line="2") == ["1000 Good <b>morning", "3000 every\nbody"]
    assert do(what="shift", by="-0.5") == ["500 Good <b>morning", "2500 every\nbody"]
    for wrong in (
        {"what": "shift", "by": "-9"},
        {"what": "shift", "by": "x"},
        {"what": "split", "line": "9"},
    ):
        assert as_organiser.post(desk(captions, "change/"), wrong).status_code == 422
    page = as_organiser.get(desk(captions)).content.decode()
    assert "&lt;v Ana&gt;Good &amp;lt;b&amp;gt;morning" in page
    assert as_organiser.post(desk(captions, "publish/")).status_code == 302
    captions.refresh_from_db()
    assert captions.superseded_at is not None
    asked = as_organiser.post(desk(captions, "save/"), {"hand": "b", "seen": "0", "changes": "{}"}).json()
    assert str(Original.objects.get(superseded_at=None).uuid) in asked["moved"]
    moved = as_organiser.get(desk(captions))
    assert str(Original.objects.get(superseded_at=None).uuid) in moved["Location"]


def test_captions_that_came_meanwhile_are_not_overwritten_unasked(
    as_organiser: Client, captions: Original
) -> None:
    given = {"hand": "a", "seen": "0", "changes": json.dumps({"2": [3000, 4500, "all of us", ""]})}
    as_organiser.post(desk(captions, "save/"), given)
    assert "in their place" not in as_organiser.get(desk(captions)).content.decode()
    send(as_organiser, VTT.replace(b"all", b"newer"))
    newer = Original.objects.get(superseded_at=None)
    refused = as_organiser.post(desk(captions, "publish/"))
    assert (refused.status_code, Original.objects.get(superseded_at=None)) == (409, newer)
    page = refused.content.decode()
    assert "Choose which stay." in page
    assert "Publish these in their place" in page
    assert desk(newer) in page
    assert f'name="instead" value="{newer.uuid}"' in page
    assert CaptionDraft.objects.get().state == "open"
    # Yet others come while somebody chooses: they were not chosen against.
    send(as_organiser, VTT.replace(b"all", b"newest"))
    assert as_organiser.post(desk(captions, "publish/"), {"instead": str(newer.uuid)}).status_code == 409
    newest = Original.objects.get(superseded_at=None)
    assert as_organiser.post(desk(captions, "publish/"), {"instead": str(newest.uuid)}).status_code == 302
    out = Original.objects.get(superseded_at=None)
    assert [each.text for each in cues(out)] == ["Good <b>morning", "all of us"]
    assert [each.text for each in cues(newest)] == ["Good <b>morning", "newest"]


def test_a_speaker_corrects_what_they_said(as_nobody: Client, captions: Original, now: datetime) -> None:
    person = make_person(name="Ana Ruiz")
    assert captions.recording.session
    Speaker.objects.create(session=captions.recording.session, person=person)
    link = make_link(session=captions.recording.session, person=person, now=now, actor_id=None)
    base = f"/speak/{link.token}/captions/{captions.uuid}/"
    assert base in as_nobody.get(f"/speak/{link.token}/").content.decode()
    assert as_nobody.get(base).status_code == 200
    given = {"hand": "a", "seen": "0", "changes": json.dumps({"2": [3000, 4500, "all of you", ""]})}
    assert as_nobody.post(f"{base}save/", given).json()["revision"] == 1
    assert as_nobody.post(f"{base}publish/").status_code == 404
    elsewhere = make_original(make_recording(make_session()), VTT.replace(b"all", b"x"))
    assert as_nobody.get(f"/speak/{link.token}/captions/{elsewhere.uuid}/").status_code == 404


def test_strangers_find_nothing(as_stranger: Client, as_nobody: Client, captions: Original) -> None:
    for deed in ("", "lines/", "discard/"):
        assert as_stranger.get(desk(captions, deed)).status_code == 404
        assert as_nobody.get(desk(captions, deed)).status_code == 302
    for deed in ("save/", "choose/", "change/", "publish/", "discard/"):
        assert as_stranger.post(desk(captions, deed)).status_code == 404


def test_questions_do_not_grow_with_lines(as_organiser: Client, captions: Original) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert as_organiser.get(desk(captions)).status_code == 200
        return len(found)

    asked()
    first = asked()
    for number in range(5):
        changes = json.dumps({f"n{number}": [9000 + number, 9500 + number, "more", ""]})
        as_organiser.post(desk(captions, "save/"), {"hand": "a", "seen": "0", "changes": changes})
    assert asked() <= first + 2  # the draft's asides
    assert first <= 20
