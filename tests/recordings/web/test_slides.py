"""The page of slide times: correct, add, remove, by several hands; only for organisers of the session."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.assets.models import Asset
from recordings.slides import chaptering, keeping, ordering, paging, reading
from recordings.slides.matching import Run
from recordings.slides.models import Chapter, Chapters, SlideTime, Timeline
from recordings.slides.reading import Mark
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.factories import NOW, make_series, make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db
NEXT_DAY = NOW + timedelta(days=1)
RUNS = [Run(0.0, None, 1.0), Run(2.0, 1, 0.3), Run(5.0, 2, 0.9)]


@pytest.fixture
def bare(community: Community) -> Session:
    return make_session(make_series(community))


@pytest.fixture
def session(bare: Session, now: datetime) -> Session:
    """A session with a video of twelve seconds and a deck of three pages."""
    video, deck = take(bare, "whole.mp4", "video", now), take(bare, "one-page.pdf", "slides", now)
    picture = Asset.objects.create(
        sha256="a" * 64,
        size=9,
        media_type="image/webp",
        probe={"width": 96, "height": 54},
        kept_at=now,
        verified_at=now,
    )
    facts = [
        {"number": n, "width": 96, "height": 54, "title": f"Page {n}", "text": f"Page {n}"} for n in (1, 2, 3)
    ]
    paging.write(deck, [(each, picture) for each in facts])
    keeping.keep_found(video=video, slides=deck, runs=RUNS, now=now)
    return bare


def base(session: Session) -> str:
    return f"/organise/sessions/{session.slug}/slides/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def save(
    client: Client, session: Session, rows: list[tuple[str, str]], revision: int = 1, **more: Any
) -> Any:
    sent = {"revision": revision, "start": [row[0] for row in rows], "what": [row[1] for row in rows]} | more
    return client.post(f"{base(session)}{more.pop('to', 'save')}/", sent)


def form_of(page: str, deed: str) -> dict[str, list[str]]:
    """What the page's form would send, unchanged."""
    start = page.index(f'/slides/{deed}/" novalidate')
    sent: dict[str, list[str]] = {}
    form = page[start : page.index("</form>", start)]
    for name, value in re.findall(r'<input type="(?:text|hidden)" name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(value)
    return sent


def times() -> list[tuple[float, int | None, str]]:
    return list(SlideTime.objects.values_list("start", "page", "origin"))


def test_the_page_shows_pictures_and_what_is_not_certain(session: Session, as_organiser: Client) -> None:
    page = text(as_organiser.get(base(session)))
    assert '1 time is not certain: <a href="#row-0:02">0:02</a>' in page
    assert page.count("not certain</span>") == 1
    assert 'value="0:05"' in page
    assert page.count("-slide-2.webp") == 2  # in the row, and among all pages
    assert "No slide" in page
    files = text(as_organiser.get(f"/organise/sessions/{session.slug}/files/"))
    assert f'href="{base(session)}"' in files


def test_a_cut_is_moved_a_page_set_one_added_and_one_removed(session: Session, as_organiser: Client) -> None:
    rows = [("0", ""), ("0:03", "1"), ("0:05", "2"), ("", ""), ("7.5", "3"), ("", "")]
    answer = save(as_organiser, session, rows, remove=["2"])
    assert (answer.status_code, answer["Location"]) == (302, f"{base(session)}?saved=times")
    assert times() == [(0.0, None, "found"), (3.0, 1, "hand"), (7.5, 3, "hand")]
    page = text(as_organiser.get(base(session)))
    assert "The slide times are saved." in page
    assert "Put right by hand on" in page
    shown = reading.timeline_of(Timeline.objects.get().video.recording)
    assert [(each.start, each.page, each.title) for each in shown] == [
        (0.0, None, ""),
        (3.0, 1, "Page 1"),
        (7.5, 3, "Page 3"),
    ]
    assert Job.objects.filter(kind="rendition.slides_voice").exists()


def test_what_is_wrong_stands_beside_its_row_and_all_that_was_typed_stays(
    session: Session, as_organiser: Client
) -> None:
    before = times()
    answer = save(as_organiser, session, [("0", ""), ("soon", "1"), ("5", "9")])
    assert answer.status_code == 422
    page = text(answer)
    assert "Write a time as 1:23 or 1:02:03." in page
    assert "There is no slide 9. The deck has 3." in page
    assert 'value="soon"' in page
    assert times() == before


def test_two_people_at_once_lose_nothing(session: Session, as_organiser: Client, as_manager: Client) -> None:
    assert save(as_manager, session, [("0", "1")]).status_code == 302
    answer = save(as_organiser, session, [("0", "2"), ("4", "3")])
    assert answer.status_code == 409
    page = text(answer)
    assert "Somebody else has saved this meanwhile." in page
    assert 'name="what" value="3"' in page
    assert "<li>0:00: Slide 1</li>" in page
    assert [row[:2] for row in times()] == [(0.0, 1)]
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    assert save(as_organiser, session, [("0", "2"), ("4", "3")], int(revision[1])).status_code == 302
    assert [row[:2] for row in times()] == [(0.0, 2), (4.0, 3)]


def test_chapters_are_written_and_given_back_to_the_slides(session: Session, as_organiser: Client) -> None:
    recording = Timeline.objects.get().video.recording
    assert reading.chapters_of(recording) == [Mark(0.0, "Page 1")]
    answer = save(as_organiser, session, [("0", "Welcome"), ("6", "Questions"), ("", "")], to="chapters")
    assert answer.status_code == 302
    assert reading.chapters_of(recording) == [Mark(0.0, "Welcome"), Mark(6.0, "Questions")]
    assert save(as_organiser, session, [("0", "")], 2, to="chapters").status_code == 422
    stale = save(as_organiser, session, [("0", "Other")], 1, to="chapters")
    assert stale.status_code == 409
    assert "<li>0:06: Questions</li>" in text(stale)
    as_organiser.post(f"{base(session)}chapters/again/")
    assert reading.chapters_of(recording) == [Mark(0.0, "Page 1")]
    assert set(Chapter.objects.values_list("origin", flat=True)) == {"found"}


def test_the_times_can_be_found_again(session: Session, as_organiser: Client) -> None:
    save(as_organiser, session, [("0", "2")])
    Job.objects.filter(kind="slides.times").update(state="done")
    assert as_organiser.post(f"{base(session)}again/").status_code == 302
    timeline = Timeline.objects.get()
    assert (timeline.corrected_at, timeline.found_version) == (None, 0)
    assert Job.objects.get(kind="slides.times").state == "queued"


def test_a_session_without_slides_says_what_to_do(bare: Session, as_organiser: Client, now: datetime) -> None:
    assert "Add the slides as PDF, and the video." in text(as_organiser.get(base(bare)))
    take(bare, "one-page.pdf", "slides", now)
    assert "is found once there is a video" in text(as_organiser.get(base(bare)))
    take(bare, "whole.mp4", "video", now)
    assert "The video is being compared with the slides." in text(as_organiser.get(base(bare)))
    Job.objects.filter(kind=ordering.PAGES).update(state="held", reason="The PDF asks for a password.")
    assert "The PDF asks for a password." in text(as_organiser.get(base(bare)))
    answer = save(as_organiser, bare, [("0", "Alone")], 0, to="chapters")
    assert answer.status_code == 302
    assert save(as_organiser, bare, [("0", "1")]).status_code == 404


@pytest.mark.parametrize("deed", ["save", "chapters", "again", "chapters/again"])
def test_nobody_else_comes_in(
    session: Session, deed: str, as_member: Client, as_stranger: Client, as_nobody: Client
) -> None:
    before = times()
    for client in (as_member, as_stranger):
        assert client.get(base(session)).status_code == 404
        assert (
            client.post(f"{base(session)}{deed}/", {"start": "0", "what": "2", "revision": 1}).status_code
            == 404
        )
    assert as_nobody.post(f"{base(session)}{deed}/").status_code == 302
    assert times() == before


def test_questions_do_not_grow_with_rows(session: Session, as_organiser: Client, now: datetime) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_organiser.get(base(session)).status_code == 200
        return len(queries)

    as_organiser.get(base(session))
    before = asked()
    timeline = Timeline.objects.get()
    SlideTime.objects.bulk_create(
        SlideTime(timeline=timeline, start=5 + n / 100, page=1 + n % 3) for n in range(1, 300)
    )
    assert asked() == before
    assert "part=200" in text(as_organiser.get(base(session)))


def test_a_part_of_many_rows_is_saved_without_the_others(session: Session, as_organiser: Client) -> None:
    timeline = Timeline.objects.get()
    SlideTime.objects.bulk_create(
        SlideTime(timeline=timeline, start=5 + n / 100, page=1 + n % 3) for n in range(1, 300)
    )
    assert save(as_organiser, session, [("11", "3")], part="200").status_code == 302
    assert SlideTime.objects.count() == 201
    assert SlideTime.objects.filter(start=11.0, page=3, origin="hand").exists()


def test_hundreds_of_chapters_are_corrected_part_by_part(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    recording = session.archived
    marks = [Mark(n / 100, f"Word {n}") for n in range(700)]
    seen = Chapters.objects.get().revision
    chaptering.write(recording=recording, marks=marks, revision=seen, now=now)
    page = as_organiser.get(base(session) + "?chapters=600").content.decode()
    assert ("?chapters=400#chapters" in page, "Word 600" in page, "Word 599" in page) == (True, True, False)
    sent = form_of(page, "chapters")
    assert sum(map(len, sent.values())) < 1000
    sent["what"][0] = "Another word"
    answer = as_organiser.post(f"{base(session)}chapters/", sent | {"remove": ["1"]})
    assert (answer.status_code, answer["Location"]) == (302, f"{base(session)}?chapters=600&saved=chapters")
    kept = list(Chapter.objects.order_by("start").values_list("title", flat=True))
    said = [f"Word {n}" for n in range(700)]
    assert kept == [*said[:600], "Another word", *said[602:]]


@pytest.mark.parametrize("part", [0, 200])
@pytest.mark.parametrize("done", ["added", "removed"])
def test_no_row_of_another_part_is_lost_when_somebody_changed_one_meanwhile(
    part: int, done: str, session: Session, as_organiser: Client, now: datetime
) -> None:
    recording = session.archived
    marks = [Mark(float(n) / 100, f"Word {n}") for n in range(600)]
    seen = Chapters.objects.get().revision
    chaptering.write(recording=recording, marks=marks, revision=seen, now=now)
    sent = form_of(as_organiser.get(f"{base(session)}?chapters={part}").content.decode(), "chapters")
    theirs = [marks[0], Mark(0.005, "New"), *marks[1:]] if done == "added" else [*marks[:4], *marks[5:]]
    chaptering.write(recording=recording, marks=theirs, revision=seen + 1, now=now)
    answer = as_organiser.post(f"{base(session)}chapters/", sent)
    assert answer.status_code == 409
    again = form_of(answer.content.decode(), "chapters")
    assert as_organiser.post(f"{base(session)}chapters/", again).status_code == 302
    # Mine take the place of theirs within my part; all others stay as they are.
    assert reading.chapters_of(recording) == (theirs if part else marks)


def test_found_chapters_that_change_under_an_open_page_are_not_overwritten_unseen(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    sent = form_of(as_organiser.get(base(session)).content.decode(), "chapters")
    timeline = Timeline.objects.select_related("video", "slides").get()
    before = Chapters.objects.get()
    keeping.keep_found(video=timeline.video, slides=timeline.slides, runs=RUNS, now=NEXT_DAY)
    assert Chapters.objects.get().revision == before.revision, "the same chapters as before"
    runs = [Run(0.0, 3, 1.0)]
    keeping.keep_found(video=timeline.video, slides=timeline.slides, runs=runs, now=NEXT_DAY)
    after = Chapters.objects.get()
    assert (after.revision, after.changed_at) == (before.revision + 1, NEXT_DAY)
    answer = as_organiser.post(f"{base(session)}chapters/", sent)
    assert answer.status_code == 409
    assert reading.chapters_of(session.archived) == [Mark(0.0, "Page 3")]


@pytest.mark.parametrize(
    ("came", "back"),
    [("http://testserver/a/?deck=1", "/a/%3Fdeck%3D1"), ("https://elsewhere.example/a/", ""), ("", "")],
)
def test_who_was_signed_out_comes_back_to_the_page_and_not_to_its_deed(
    session: Session, client: Client, came: str, back: str
) -> None:
    deed = f"{base(session)}chapters/"
    answer = client.post(deed, {"start": "0"}, headers={"referer": came})
    assert answer["Location"] == f"/accounts/login/?next={back or deed}"


def test_who_mends_a_wrong_row_still_sees_what_others_saved_meanwhile(
    session: Session, as_organiser: Client, as_manager: Client
) -> None:
    page = as_organiser.get(base(session)).content.decode()
    mine = {"save": form_of(page, "save"), "chapters": form_of(page, "chapters")}
    assert save(as_manager, session, [("0", "1")]).status_code == 302
    assert save(as_manager, session, [("0", "Theirs")], to="chapters").status_code == 302
    for deed, wrong in (("save", "9"), ("chapters", "")):
        answer = as_organiser.post(f"{base(session)}{deed}/", mine[deed] | {"start": ["0"], "what": [wrong]})
        assert answer.status_code == 422
        sent = form_of(answer.content.decode(), deed) | {"start": ["0"], "what": ["2"]}
        assert as_organiser.post(f"{base(session)}{deed}/", sent).status_code == 409
    assert times() == [(0.0, 1, "hand")]
    assert list(Chapter.objects.values_list("title", flat=True)) == ["Theirs"]
