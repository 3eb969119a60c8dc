"""From two files to slides in step: jobs in order, each done twice with the same rows; corrections stay."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from recordings import tasks
from recordings.assets import store
from recordings.assets.probing import inspect
from recordings.catalogue.models import Original, Recording
from recordings.publishing import releasing
from recordings.publishing.editions import shelf_of
from recordings.renditions.models import Rendition
from recordings.slides import chaptering, keeping, ordering, reading, timing
from recordings.slides.matching import Run
from recordings.slides.models import Chapters, SlidePage, SlideTime, Timeline
from recordings.slides.reading import Mark
from seminars.people.models import Community, Joining
from seminars.queue import jobs
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.factories import make_session, make_user
from tests.recordings.cast import take
from tests.recordings.slides.conftest import Webinar

pytestmark = pytest.mark.django_db
RUNS = [Run(0.0, None, 1.0), Run(6.0, 1, 0.9), Run(40.0, 2, 0.4)]


@pytest.fixture
def session(db: None) -> Session:
    return make_session()


@pytest.fixture
def both(session: Session, webinar: Webinar, now: datetime) -> tuple[Original, Original]:
    """The video and the deck of a session, both kept."""
    return take(session, str(webinar.video), "video", now), take(session, str(webinar.deck), "slides", now)


@pytest.fixture
def drawn(both: tuple[Original, Original]) -> tuple[Original, Original]:
    """Both, and the deck has its pages."""
    do("slides.pages")
    return both


def do(kind: str) -> Job:
    """Have the one job of this kind that waits done, and return it."""
    job = Job.objects.get(kind=kind, state="queued")
    door = job.door.rpartition(".")[2]
    getattr(tasks, door)(job.pk)
    job.refresh_from_db()
    return job


def found_are(monkeypatch: pytest.MonkeyPatch, runs: list[Run]) -> None:
    monkeypatch.setattr(timing, "looked_at", lambda *_a, **_n: nullcontext(Path()))
    monkeypatch.setattr(timing, "find", lambda *_a, **_n: runs)


def test_two_files_become_slides_in_step_with_nobodys_work(
    both: tuple[Original, Original], webinar: Webinar
) -> None:
    video, _deck = both
    recording = video.recording
    assert Job.objects.filter(kind="slides.times").count() == 0  # pages come first
    assert not reading.timeline_of(recording)
    assert not reading.pages_of(recording)
    assert do("slides.pages").state == "done"
    job = do("slides.times")
    assert (job.state, job.reason) == ("done", "")
    shown = reading.timeline_of(recording)
    assert [each.page for each in shown] == [page for _at, page in webinar.changes]
    assert shown[0].start == 0
    assert shown[-1].end == pytest.approx(webinar.seconds, abs=1)
    assert all(a.end == b.start for a, b in pairwise(shown))
    assert shown[1].href == reading.pages_of(recording)[0].href
    for recipe, types in {
        "slides_voice": ("video/webm", "vp9", "opus"),
        "slides_voice_old": ("video/mp4", "h264", "aac"),
    }.items():
        assert do(f"rendition.{recipe}").state == "done"
        asset = Rendition.objects.get(recipe=recipe).asset
        facts = inspect(store.path_of(asset.sha256), "video")
        assert (facts.media_type, facts.probe["video_codec"], facts.probe["audio_codec"]) == types
        assert facts.probe["seconds"] == pytest.approx(webinar.seconds, abs=2)
        assert (facts.probe["width"], facts.probe["height"]) == (960, 540)
    editions = shelf_of(recording).slides_and_voice
    assert [each.recipe for each in editions] == ["slides_voice", "slides_voice_old"]
    assert not [path for path in store.staging_folder().iterdir() if path.suffix != ".lock"]
    assert ordering.unordered() == []


def test_a_job_that_is_done_twice_gives_the_same_rows(
    drawn: tuple[Original, Original], monkeypatch: pytest.MonkeyPatch
) -> None:
    found_are(monkeypatch, RUNS)
    job = do("slides.times")
    rows = list(SlideTime.objects.values_list("pk", "start", "page"))
    pages = list(SlidePage.objects.values_list("pk", "uuid", "asset"))
    for again in Job.objects.filter(kind__in=["slides.times", "slides.pages"]):
        Job.objects.filter(pk=again.pk).update(state="queued")
        do(again.kind)
    assert list(SlideTime.objects.values_list("pk", "start", "page")) == rows
    assert list(SlidePage.objects.values_list("pk", "uuid", "asset")) == pages
    assert Timeline.objects.get().revision == 1
    assert job.input_sha256 == drawn[1].asset.sha256


def test_a_deck_that_was_replaced_and_comes_again_is_in_step_again(
    drawn: tuple[Original, Original], webinar: Webinar, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    found_are(monkeypatch, RUNS)
    do("slides.times")
    session = drawn[0].recording.session
    assert session
    take(session, "one-page.pdf", "slides", now)
    take(session, str(webinar.deck), "slides", now)
    pages = Job.objects.filter(kind="slides.pages", state="queued").latest("pk")
    tasks.make_slide_pages(pages.pk)
    do("slides.times")
    assert Timeline.objects.latest("pk").slides == Original.objects.latest("pk")
    assert reading.timeline_of(drawn[0].recording)[1].page == 1


def test_corrected_times_make_the_edition_again_at_its_address(
    drawn: tuple[Original, Original], monkeypatch: pytest.MonkeyPatch, now: datetime, client: Client
) -> None:
    found_are(monkeypatch, RUNS)
    do("slides.times")
    do("rendition.slides_voice")
    before = Rendition.objects.select_related("asset").get(recipe="slides_voice")
    address = shelf_of(drawn[0].recording).slides_and_voice[0].href
    timeline = Timeline.objects.get()
    keeping.correct(
        timeline=timeline, times=[(0.0, None), (9.0, 3)], revision=1, now=now, by_id=make_user().pk
    )
    releasing.release(recording=drawn[0].recording, now=now)
    assert do("rendition.slides_voice").state == "done"
    after = Rendition.objects.select_related("asset").get(recipe="slides_voice")
    assert after.pk == before.pk
    assert after.asset != before.asset
    answer = client.get(address)
    b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert (answer.status_code, answer["ETag"]) == (200, f'"{after.asset.sha256}"')


def test_times_put_right_by_hand_are_kept_whatever_is_found_later(
    drawn: tuple[Original, Original], now: datetime
) -> None:
    video, deck = drawn
    timeline = keeping.keep_found(video=video, slides=deck, runs=RUNS, now=now)
    by = make_user()
    keeping.correct(
        timeline=timeline, times=[(0.0, 1), (6.0, 1), (40.0, 2)], revision=1, now=now, by_id=by.pk
    )
    assert list(SlideTime.objects.values_list("page", "confidence", "origin")) == [
        (1, 1.0, "hand"),
        (1, 0.9, "found"),
        (2, 0.4, "found"),
    ]
    keeping.keep_found(video=video, slides=deck, runs=[Run(0.0, 5, 1.0)], now=now)
    assert SlideTime.objects.count() == 3
    with pytest.raises(keeping.Stale):
        keeping.correct(timeline=timeline, times=[(0.0, 2)], revision=1, now=now, by_id=by.pk)
    assert Timeline.objects.get().corrected_by == by


def test_a_new_deck_is_looked_for_by_itself_and_the_old_times_stay_with_the_old_one(
    session: Session,
    drawn: tuple[Original, Original],
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
    webinar: Webinar,
) -> None:
    found_are(monkeypatch, RUNS)
    do("slides.times")
    later = now + timedelta(days=1)
    other = take(session, "one-page.pdf", "slides", later)
    Original.objects.filter(pk=drawn[1].pk).update(superseded_at=later)
    assert reading.timeline_of(drawn[0].recording) == []
    do("slides.pages")
    found_are(monkeypatch, [Run(0.0, 1, 0.8)])
    do("slides.times")
    assert [each.page for each in reading.timeline_of(drawn[0].recording)] == [1]
    assert (
        Timeline.objects.filter(slides=drawn[1]).count() == Timeline.objects.filter(slides=other).count() == 1
    )


def test_a_locked_deck_waits_for_a_person_with_the_reason(
    both: tuple[Original, Original], now: datetime
) -> None:
    Job.objects.filter(kind="slides.pages").delete()
    assert [each.pk for each in ordering.unordered()] == [both[0].recording_id]
    assert ordering.order_missing(now=now) == 1
    assert ordering.order_missing(now=now) == 0
    deck = both[1]
    store.path_of(deck.asset.sha256).chmod(0o600)
    store.path_of(deck.asset.sha256).write_bytes((take.__globals__["ZOO"] / "password.pdf").read_bytes())
    job = do("slides.pages")
    assert job.state == "held"
    assert "password" in job.reason
    assert not SlidePage.objects.exists()


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list of the videos that are looked at from now on."""
    looked_at, seen = timing.looked_at, list[Path]()

    def count(video: Path, **given: Any) -> AbstractContextManager[Path]:
        seen.append(video)
        return looked_at(video, **given)

    monkeypatch.setattr(timing, "looked_at", count)
    return seen


def test_however_many_decks_wait_the_video_is_looked_at_once(
    drawn: tuple[Original, Original], webinar: Webinar, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    video, deck = drawn
    session = video.recording.session
    assert session
    same = take(session, str(webinar.deck), "slides", now, language="sv")
    other = take(session, "one-page.pdf", "slides", now, language="fr")
    for job in Job.objects.filter(kind="slides.pages", state="queued"):
        tasks.make_slide_pages(job.pk)
    seen = counted(monkeypatch)
    first, second = Job.objects.filter(kind="slides.times").order_by("pk")
    tasks.find_slide_times(first.pk)
    assert len(seen) == 1
    lines = {each.slides: list(each.times.values_list("start", "page")) for each in Timeline.objects.all()}
    assert lines[deck] == lines[same]
    assert [page for _start, page in lines[deck]] == [page for _at, page in webinar.changes]
    assert [page for _start, page in lines[other]] == [None]
    tasks.find_slide_times(second.pk)
    assert len(seen) == 1
    assert set(Job.objects.filter(kind="slides.times").values_list("state", flat=True)) == {"done"}
    assert set(Timeline.objects.values_list("revision", flat=True)) == {1}


def test_a_deck_that_was_given_up_or_is_damaged_does_not_hinder_another(
    drawn: tuple[Original, Original], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    session = drawn[0].recording.session
    assert session
    damaged = take(session, "one-page.pdf", "slides", now, language="fr")
    do("slides.pages")
    own, others = Job.objects.filter(kind="slides.times").order_by("pk")
    asset = SlidePage.objects.get(slides=damaged).asset
    assert asset
    store.path_of(asset.sha256).unlink()
    seen = counted(monkeypatch)
    tasks.find_slide_times(own.pk)
    assert Timeline.objects.get().slides == drawn[1]
    own.refresh_from_db()
    assert own.state == "done"
    tasks.find_slide_times(others.pk)
    others.refresh_from_db()
    assert (others.state, "damaged or gone" in others.reason, len(seen)) == ("failed", True, 1)
    jobs.skip(others, now, by_id=make_user().pk)
    Timeline.objects.all().delete()
    Job.objects.filter(pk=own.pk).update(state="queued", due_at=now)
    tasks.find_slide_times(own.pk)
    assert Timeline.objects.get().slides == drawn[1], "a person gave the other one up"


def test_a_job_whose_own_times_are_there_is_done_whatever_is_wrong_with_another_deck(
    drawn: tuple[Original, Original], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    video, deck = drawn
    keeping.keep_found(video=video, slides=deck, runs=[Run(0.0, 1, 1.0)], now=now)  # then the worker died
    assert video.recording.session
    take(video.recording.session, "one-page.pdf", "slides", now, language="fr")
    do("slides.pages")
    own, others = Job.objects.filter(kind="slides.times").order_by("pk")
    seen = counted(monkeypatch)
    tasks.find_slide_times(own.pk)
    own.refresh_from_db()
    assert (own.state, seen) == ("done", [])
    tasks.find_slide_times(others.pk)
    assert (Timeline.objects.count(), len(seen)) == (2, 1)


def test_lost_orders_of_times_and_editions_are_made_up_for(
    drawn: tuple[Original, Original], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    Job.objects.filter(kind="slides.times").delete()
    assert ordering.order_missing(now=now) == 1
    found_are(monkeypatch, RUNS)
    do("slides.times")
    Job.objects.filter(kind__startswith="rendition.slides").delete()
    assert ordering.order_missing(now=now) > 0
    assert Job.objects.filter(kind="rendition.slides_voice", state="queued").count() == 1
    assert ordering.order_missing(now=now) == 0


def test_pictures_of_pages_are_only_for_who_may_see_the_recording(
    drawn: tuple[Original, Original], client: Client
) -> None:
    recording = Recording.objects.get()
    href = reading.pages_of(recording)[0].href
    answer = client.get(href)
    b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    Community.objects.update(joining=Joining.CLOSED)
    assert client.get(href).status_code == 404


def test_chapters_follow_the_slides_until_a_person_changes_them(
    drawn: tuple[Original, Original], now: datetime, webinar: Webinar
) -> None:
    video, deck = drawn
    recording = video.recording
    keeping.keep_found(video=video, slides=deck, runs=RUNS, now=now)
    marks = reading.chapters_of(recording)
    titles = [page.title for page in reading.pages_of(recording)]
    assert marks == [Mark(0.0, titles[0])]  # the last one is too short
    chaptering.write(recording=recording, marks=[Mark(0.0, "Mine")], revision=1, now=now)
    keeping.keep_found(video=video, slides=deck, runs=[Run(0.0, 4, 1.0)], now=now)
    assert reading.chapters_of(recording) == [Mark(0.0, "Mine")]
    with pytest.raises(chaptering.Stale):
        chaptering.write(recording=recording, marks=[], revision=1, now=now)
    assert Chapters.objects.get().revision == 2


def shown(*rows: tuple[float, int | None, str]) -> list[Any]:
    ends = [*(row[0] for row in rows[1:]), 600.0][: len(rows)]
    return [
        reading.Shown(start, end, page, 1.0, title=title)
        for (start, page, title), end in zip(rows, ends, strict=True)
    ]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([], []),
        ([(0, None, "")], []),
        ([(0, None, ""), (30, 1, "A")], [(0, "Beginning"), (30, "A")]),
        ([(0, None, ""), (10, 1, "A"), (50, None, ""), (90, 2, "B")], [(0, "A"), (90, "B")]),
        ([(0, 1, "A"), (30, 2, "A"), (60, 3, "B")], [(0, "A"), (60, "B")]),
        ([(0, 1, "A"), (30, 2, "B"), (40, 3, "C"), (90, 1, "A")], [(0, "A"), (40, "C"), (90, "A")]),
        ([(0, 1, "A"), (30, 2, "B"), (40, 1, "A")], [(0, "A")]),
        ([(0, 1, "A"), (5, 2, "B")], [(0, "B")]),
        ([(0, 1, "A"), (10, 2, "B"), (21, 3, "C"), (32, 4, "D")], [(0, "A"), (32, "D")]),
        ([(0, 1, "A"), (300, 2, "B"), (590, 3, "C")], [(0, "A"), (300, "B")]),
    ],
)
def test_no_chapter_is_shorter_than_twenty_seconds(rows: list[Any], wanted: list[Any]) -> None:
    assert chaptering.chapters_from(shown(*rows)) == [Mark(float(at), title) for at, title in wanted]


def test_one_deck_in_two_languages_has_its_times_in_both_and_then_there_is_rest(
    session: Session, webinar: Webinar, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job that ends has the recording released, which looks for what is lacking."""
    found_are(monkeypatch, RUNS)
    for kind, file in (("video", webinar.video), ("slides", webinar.deck)):
        for language in ("en", "sv"):
            take(session, str(file), kind, now, language=language)
    for _round in range(8):
        for job in Job.objects.filter(kind__startswith="slides.", state="queued"):
            getattr(tasks, job.door.rpartition(".")[2])(job.pk)
    assert not Job.objects.filter(kind__startswith="slides.", state="queued").exists()
    assert Timeline.objects.filter(found_version=keeping.VERSION).count() == 4
