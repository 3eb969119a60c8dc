"""Bags and sticks from the web: who may, what is told before, and what is sent."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import bagit
import pytest
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from time_machine import Traveller

from recordings.assets import store
from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.models import Recording
from recordings.web import take_along
from seminars.people.models import Joining, Role, User
from seminars.series.models import Audience, Part, SeriesRole
from tests.conftest import signed_in
from tests.factories import NOW, make_community, make_member, make_series, make_session, make_user
from tests.recordings.preservation.archive import Archive, make_archive

PAGE = "/organise/communities/micro/take-along/"
ALL = "/organise/archive/take-along/"
DOWNLOADS = [
    f"{PAGE}bag/",
    f"{PAGE}stick/",
    "/organise/series/after-hours/bag/",
    "/organise/sessions/after-hours-1/bag/",
]


@pytest.fixture
def archive(db: None) -> Archive:
    return make_archive()


@pytest.fixture
def planner(archive: Archive) -> Client:
    """The browser of somebody who plans for the open community."""
    user = make_user("planner@example.net")
    make_member(archive.community, user, role=Role.ORGANISER)
    return signed_in(user)


def sent(browser: Client, path: str, given: dict[str, object] | None = None) -> zipfile.ZipFile:
    answer = browser.post(path, given or {})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


@pytest.mark.parametrize("path", DOWNLOADS)
def test_a_stranger_and_a_member_get_nothing(archive: Archive, stranger: User, path: str) -> None:
    member = make_user()
    make_member(archive.community, member)
    elsewhere = make_user()
    make_member(make_community(), elsewhere, role=Role.MANAGER)
    assert Client().post(path).status_code == 302
    for user in (stranger, member, elsewhere):
        assert signed_in(user).post(path).status_code == 404
        assert signed_in(user).get(PAGE).status_code == 404


def test_all_of_it_is_for_administrators(planner: Client, administrator: User, tmp_path: Path) -> None:
    for path in (f"{ALL}bag/", f"{ALL}stick/"):
        assert planner.post(path).status_code == 404
    assert planner.get(ALL).status_code == 404
    browser = signed_in(administrator)
    assert browser.get(ALL).status_code == 200
    with sent(browser, f"{ALL}bag/") as found:
        names = found.namelist()
    assert any(name.endswith("/items/inner-1.html") for name in names)


@pytest.mark.parametrize("path", [DOWNLOADS[0], *DOWNLOADS[2:]])
def test_organisers_get_a_bag_that_is_whole(planner: Client, tmp_path: Path, path: str) -> None:
    with sent(planner, path) as found:
        found.extractall(tmp_path)
        assert not any("inner" in name for name in found.namelist())
    (folder,) = tmp_path.glob("meridian-*")
    bagit.Bag(str(folder)).validate()


def test_a_bag_that_was_taken_stands_in_the_history_once_a_day(
    planner: Client, archive: Archive, stopped: Traveller
) -> None:
    def told() -> list[str]:
        rows = Event.objects.filter(kind=EventKind.BAGGED).select_related("recording", "actor")
        return [f"{each.recording.slug} {each.actor.email if each.actor else ''}" for each in rows]

    left = planner.post(DOWNLOADS[0])
    next(iter(left))
    for each in left._resource_closers:  # type: ignore[attr-defined]  # the reader has gone: no bag was taken
        each()
    assert told() == []
    for _again in range(2):
        sent(planner, DOWNLOADS[0]).close()
        assert told() == ["after-hours-1 planner@example.net"]
    text = Client().get("/archive/after-hours-1/verification/").content.decode()
    assert "packed into a bag" in text
    assert "planner" not in text
    stopped.shift(timedelta(days=1))
    call_command("bag", "series", "after-hours", str(Path(store.staging_folder()).parent / "bag.zip"))
    assert told() == ["after-hours-1 planner@example.net", "after-hours-1 "]


def test_the_page_tells_the_size_before(planner: Client) -> None:
    text = planner.get(PAGE).content.decode()
    assert "manage.py bag community micro TARGET" in text
    asked = f"{PAGE}?stick=1&editions=voice&editions=slides&size=8&series=after-hours"
    text = planner.get(asked).content.decode()
    assert "1 session or recording" in text
    command = (
        "manage.py stick TARGET --community micro --series after-hours --editions voice,slides --size 8GB"
    )
    assert command in text


def test_a_stick_holds_what_was_chosen(planner: Client) -> None:
    with sent(planner, f"{PAGE}stick/", {"editions": ["voice"]}) as found:
        names = [name.partition("/")[2] for name in found.namelist()]
        page = found.read(
            next(each for each in found.namelist() if each.endswith("items/after-hours-1.html"))
        ).decode()
    assert "START.html" in names
    assert "files/after-hours-1/after-hours-1-voice-en.m4a" in names
    assert not any(name.endswith((".mp4", ".pdf")) and name.startswith("files") for name in names)
    assert "it was not asked for" in page


def test_what_is_for_members_only_goes_along_only_when_asked(archive: Archive) -> None:
    closed = archive.inner.session.series.community if archive.inner.session else None
    assert closed
    user = make_user()
    make_member(closed, user, role=Role.ORGANISER)
    browser, page = signed_in(user), f"/organise/communities/{closed.slug}/take-along/"
    assert "Nothing of it is for everybody" in browser.get(f"{page}?stick=1&editions=voice").content.decode()
    assert browser.post(f"{page}stick/", {"editions": "voice"}).status_code == 404
    with sent(browser, f"{page}stick/", {"editions": "voice", "members": "on"}) as found:
        assert any(name.endswith("items/inner-1.html") for name in found.namelist())
        told = b"".join(found.read(name) for name in found.namelist())
    assert b"Groups that save" not in told


def test_a_stick_for_members_holds_nothing_for_named_people(planner: Client, archive: Archive) -> None:
    archive.session.audience = Audience.NAMED
    archive.session.save()
    Recording.objects.filter(pk=archive.gone.pk).update(withdrawn_at=None)
    with sent(planner, f"{PAGE}stick/", {"editions": "voice", "members": "on"}) as found:
        told = b"".join(found.read(name) for name in found.namelist())
    assert b"Taken back" in told
    assert b"Groups that save" not in told


def test_who_only_organises_a_series_gets_no_paper_that_is_for_members(archive: Archive) -> None:
    archive.community.joining = Joining.CLOSED
    archive.community.save()
    user = make_user()
    SeriesRole.objects.create(series=archive.series, person=user.person, role=Part.ORGANISER, since=NOW)
    assert signed_in(user).get("/papers/micro-2026-1/").status_code == 404
    for path in DOWNLOADS[2:]:
        with sent(signed_in(user), path) as found:
            told = b"".join(found.read(name) for name in found.namelist())
            assert not any("/papers/" in name for name in found.namelist())
        assert b"Groups that save" in told
        assert b"Because of" not in told


def test_where_nothing_is_over_the_button_says_so(planner: Client, archive: Archive) -> None:
    series = make_series(archive.community, slug="new")
    make_session(series)
    answer = planner.post("/organise/series/new/bag/", follow=True)
    assert answer.redirect_chain == [("/organise/series/new/", 302)]
    assert "nothing to pack" in answer.content.decode()


def test_a_file_that_the_store_lost_is_told_before_anything_is_sent(
    planner: Client, archive: Archive
) -> None:
    asset = archive.talk.originals.earliest("pk").asset
    store.path_of(asset.sha256).unlink()
    for path in (DOWNLOADS[0], DOWNLOADS[1]):
        answer = planner.post(path, {"editions": ["voice", "original"]})
        assert answer.status_code == 503
        assert "manage.py verify" in answer.content.decode()


def test_a_third_waits_and_a_reader_who_leaves_frees_the_place() -> None:
    def asked() -> HttpResponseBase:
        return take_along.send(RequestFactory().post("/"), iter([b"zip"]), "bag")

    first, second, third = asked(), asked(), asked()
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 503)
    assert third.headers["Retry-After"]
    leaving = first._resource_closers  # type: ignore[attr-defined]  # what a server calls when the reader is gone
    for each in leaving * 2:
        each()
    fourth = asked()
    assert fourth.status_code == 200
    for each in (*second._resource_closers, *fourth._resource_closers):  # type: ignore[attr-defined]
        each()


def test_buttons_stand_where_they_are_looked_for(planner: Client) -> None:
    assert PAGE in planner.get("/organise/communities/micro/").content.decode()
    assert DOWNLOADS[2] in planner.get("/organise/series/after-hours/").content.decode()
    text = planner.get("/organise/sessions/after-hours-1/files/").content.decode()
    assert re.search(r'action="/organise/sessions/after-hours-1/bag/"', text)


def test_strange_choices_are_refused(planner: Client) -> None:
    assert planner.get(f"{PAGE}?stick=1&size=7&series=inner").status_code == 200
    assert planner.post(f"{PAGE}stick/", {"series": "inner"}).status_code == 404
