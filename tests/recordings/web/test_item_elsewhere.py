"""What hangs on an archive item: frames in other sites, oEmbed, closed communities, corrections, its licence."""

import json
import re
from datetime import datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from recordings.catalogue.models import OriginalKind, Recording
from seminars.changes.models import Change
from seminars.notifications.composing import compose
from seminars.notifications.models import Message
from seminars.notifications.press import Press
from seminars.people.models import Community, User
from seminars.sessions.models import MaterialKind, Session
from tests.factories import (
    NOW,
    make_material,
    make_recording,
    make_session,
)
from tests.recordings.web.test_item import file, page, whole

pytestmark = pytest.mark.django_db
SITE = settings.MERIDIAN_URL


class TestEmbedding:
    """/archive/<slug>/embed/ and /oembed/"""

    def test_only_the_embed_may_stand_in_a_frame(self, as_nobody: Client) -> None:
        recording = whole()
        framed = as_nobody.get(f"/archive/{recording.slug}/embed/")
        assert "frame-ancestors *" in framed["Content-Security-Policy"]
        assert "X-Frame-Options" not in framed
        for path in (f"/archive/{recording.slug}/cite/", f"/sessions/{recording.slug}/"):
            answer = as_nobody.get(path)
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
            assert answer["X-Frame-Options"] == "DENY"
        assert "<script" not in framed.content.decode()
        assert 'preload="none"' in framed.content.decode()

    def test_a_long_title_is_cut_at_its_end_whichever_way_it_runs(self, as_nobody: Client) -> None:
        recording = whole()
        Session.objects.filter(archived=recording).update(title={"ar": "التمويل الأصغر"})
        framed = as_nobody.get(f"/archive/{recording.slug}/embed/").content.decode()
        assert re.search(r'<h1 lang="ar" dir="rtl"><a [^>]*dir="auto">التمويل', framed)

    def ask(self, client: Client, **query: str) -> Any:
        return client.get("/oembed/", query)

    def test_json(self, as_nobody: Client) -> None:
        recording = whole()
        for place in (
            f"/sessions/{recording.slug}/",
            f"/archive/{recording.slug}/",
            f"/archive/{recording.slug}/embed/",
        ):
            answer = self.ask(as_nobody, url=f"{SITE}{place}?t=83")
            told = json.loads(answer.content)
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert (told["version"], told["type"], told["title"]) == ("1.0", "video", "Savings boxes")
            assert f'src="{SITE}/archive/{recording.slug}/embed/?t=83"' in told["html"]
            assert told["thumbnail_url"].startswith(f"{SITE}/archive/")

    @pytest.mark.parametrize(
        ("wide", "high"), [("320", ""), ("", "200"), ("300", "150"), ("x", "-4"), ("99999", "9" * 99)]
    )
    def test_it_heeds_the_room_there_is(self, as_nobody: Client, wide: str, high: str) -> None:
        recording = whole()
        answer = self.ask(as_nobody, url=f"{SITE}/archive/{recording.slug}/", maxwidth=wide, maxheight=high)
        told = json.loads(answer.content)
        assert 0 < told["width"] <= (int(wide) if wide.isdigit() else 640)
        assert 0 < told["height"] <= (int(high) if high.isdigit() and len(high) < 6 else 1000)
        assert told.get("thumbnail_width", 0) <= told["width"]
        assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]

    def test_xml(self, as_nobody: Client) -> None:
        recording = whole(title={"en": "Boxes & <locks>"})
        answer = self.ask(as_nobody, url=f"{SITE}/archive/{recording.slug}/", format="xml")
        root = ElementTree.fromstring(answer.content)  # our own
        assert answer["Content-Type"].startswith("text/xml")
        assert root.findtext("title") == "Boxes & <locks>"
        assert "Boxes &amp; &lt;locks&gt;" in str(root.findtext("html"))

    @pytest.mark.parametrize(
        "url",
        [
            "", "nonsense", "https://elsewhere.example/archive/x/", f"{SITE}/archive/", f"{SITE}/archive/nothing/",
            f"{SITE}/", "javascript:alert(1)", "http://[", f"{SITE}/archive/../admin/",
        ],
    )  # fmt: skip
    def test_nothing_else_is_answered(self, as_nobody: Client, url: str) -> None:
        whole()
        assert self.ask(as_nobody, url=url).status_code == 404

    def test_other_forms(self, as_nobody: Client) -> None:
        assert self.ask(as_nobody, url=SITE, format="yaml").status_code == 501

    def test_the_page_tells_of_it(self, as_nobody: Client) -> None:
        text = page(as_nobody, whole())
        assert 'type="application/json+oembed"' in text
        assert 'type="text/xml+oembed"' in text

    @pytest.mark.parametrize(
        ("query", "begins"), [("?t=1:23", "?t=83"), ("?t=x", ""), ("?slide=2&q=%00", "")]
    )
    def test_a_link_to_a_second_is_shown_from_there(self, as_nobody: Client, query: str, begins: str) -> None:
        recording = whole()
        found = re.search(r'json\+oembed" href="([^"]+)"', page(as_nobody, recording, query))
        assert found
        told = as_nobody.get(unescape(found[1]).removeprefix(SITE)).json()
        assert f'/archive/{recording.slug}/embed/{begins}"' in told["html"]


class TestAccess:
    """Closed communities."""

    def test_strangers_find_nothing_and_nobody_embeds_it(
        self, closed_community: Community, as_nobody: Client, as_stranger: Client, as_member: Client
    ) -> None:
        recording = whole(closed_community)
        pages = [
            f"/archive/{recording.slug}/{rest}"
            for rest in ("cite/", "cite.bib", "cite.json", "print/", "correct/")
        ]
        for path in pages:
            assert as_member.get(path).status_code == 200, path
            for client in (as_nobody, as_stranger):
                assert client.get(path).status_code == 404, path
        for client in (as_nobody, as_stranger, as_member):
            assert client.get(f"/archive/{recording.slug}/embed/").status_code == 404
            for place in ("sessions", "archive"):
                asked = client.get("/oembed/", {"url": f"{SITE}/{place}/{recording.slug}/"})
                assert asked.status_code == 404
        text = page(as_member, recording)
        assert "oembed" not in text
        assert "Show it on another site" not in text


class TestCorrecting:
    """/archive/<slug>/correct/"""

    def test_the_organisers_get_it(self, as_nobody: Client, organiser: User, community: Community) -> None:
        recording = whole(community)
        said = {"text": "It is Diallo,\nnot Dialo.", "at": "1:23"}
        answer = as_nobody.post(f"/archive/{recording.slug}/correct/", said)
        assert (answer.status_code, answer["Location"]) == (302, f"/sessions/{recording.slug}/")
        message = Message.objects.get(kind="correction", email=organiser.email)
        [mail] = compose([message], Press(), now=NOW).mails
        assert b"not Dialo." in mail.data
        assert Change.objects.get(kind="correction").note == "1:23: It is Diallo,\nnot Dialo."

    @pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "x" * 5000}, {"text": "a", "website": "spam"}])
    def test_what_is_nothing_is_refused(self, as_nobody: Client, wrong: dict[str, str]) -> None:
        recording = whole()
        assert as_nobody.post(f"/archive/{recording.slug}/correct/", wrong).status_code == 422
        assert not Message.objects.filter(kind="correction").exists()

    def test_a_flood_ends(self, as_nobody: Client) -> None:
        recording = whole()
        codes = [
            as_nobody.post(f"/archive/{recording.slug}/correct/", {"text": "x"}).status_code
            for _each in range(22)
        ]
        assert set(codes) == {302, 429}


def test_of_what_never_was_a_session(as_nobody: Client, administrator: User) -> None:
    recording = make_recording(title={"en": "A film"}, licence="all-rights")
    file(recording, OriginalKind.VIDEO, "video/mp4", 5_000_000)
    text = as_nobody.get(f"/archive/{recording.slug}/").content.decode()
    assert "All rights reserved" in text
    assert "<strong>Watch" in text
    for rest in ("cite/", "print/", "embed/", "correct/"):
        assert as_nobody.get(f"/archive/{recording.slug}/{rest}").status_code == 200
    as_nobody.post(f"/archive/{recording.slug}/correct/", {"text": "Its sound is gone."})
    assert Message.objects.get(kind="correction").email == administrator.email


def test_a_session_of_which_only_the_report_is_kept(as_nobody: Client) -> None:
    session: Session = make_session(wall=datetime(2026, 3, 3, 15, 0), state="report_only")
    recording = make_recording(session)
    make_material(session, MaterialKind.REPORT)
    assert "Cite it" in page(as_nobody, recording)
    assert 'class="player"' not in page(as_nobody, recording)


def test_organisers_set_the_licence(as_organiser: Client, as_nobody: Client, community: Community) -> None:
    recording = whole(community)
    address = f"/organise/sessions/{recording.slug}/files/"
    assert "Its page says: CC BY 4.0." in as_organiser.get(address).content.decode()
    for chosen in ("all-rights", "all-rights"):
        as_organiser.post(f"{address}licence/", {"licence": chosen})
    recording.refresh_from_db()
    assert recording.licence == "all-rights"
    assert Change.objects.get(kind="licence").after == {"licence": "all-rights"}
    assert "All rights reserved" in page(as_nobody, recording)
    as_organiser.post(f"{address}licence/", {"licence": "mine"})
    assert Recording.objects.get(pk=recording.pk).licence == "all-rights"
    assert as_nobody.post(f"{address}licence/", {"licence": ""}).status_code == 302  # to sign in
