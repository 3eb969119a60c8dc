"""What is there is shown at once, what is superseded or withdrawn is not, and doing it again changes nothing."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F
from django_q.models import OrmQ

from recordings.publishing import releasing
from recordings.renditions import making
from recordings.renditions.recipes import POSTER, VOICE
from seminars.followups import letting_go
from seminars.followups.models import Checklist, Item, ItemState
from seminars.queue.models import Job
from seminars.sessions.models import Material, MaterialState, Session
from tests.factories import make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(db: None) -> Session:
    return make_session()


def shown() -> list[tuple[str, str, str]]:
    rows = Material.objects.exclude(state=MaterialState.WITHDRAWN).order_by("kind", "language")
    return [(each.kind, each.language, each.media_type) for each in rows]


def test_each_kind_becomes_its_material(session: Session, now: datetime) -> None:
    video = take(session, "whole.mp4", "video", now)
    take(session, "one-page.pdf", "slides", now)
    take(session, "captions.vtt", "captions", now)
    take(session, "captions.vtt", "captions", now, language="sv")
    assert shown() == [
        ("captions", "en", "text/vtt"),
        ("captions", "sv", "text/vtt"),
        ("recording", "en", "video/mp4"),
        ("slides", "en", "application/pdf"),
    ]
    material = Material.objects.get(source=video.uuid)
    slug = session.slug
    assert (material.size, material.seconds) == (video.asset.size, video.asset.probe["seconds"])
    assert material.path == f"/archive/{slug}/files/{video.uuid}/{slug}-video-en.mp4"
    assert material.published_at == now


def test_it_never_waits_for_editions_and_orders_them(session: Session, now: datetime) -> None:
    original = take(session, "whole.mp4", "video", now)
    assert original.recording.published_at == now
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["rendition.poster", "rendition.voice"]
    waiting = [row.task for row in OrmQ.objects.all()]
    assert {"func": "recordings.tasks.index", "kwargs": {"recording_id": original.recording_id}}.items() <= {
        k: v for task in waiting if task["func"].endswith("index") for k, v in task.items()
    }.items()


def test_the_voice_edition_is_shown_when_it_is_made(session: Session, now: datetime) -> None:
    original = take(session, "whole.mp4", "video", now)
    voice = making.make(original=original, recipe=VOICE, clock=lambda: now, progress=lambda *_: None)
    releasing.release(recording=original.recording, now=now)
    assert shown() == [("recording", "en", "video/mp4"), ("voice", "en", "audio/mp4")]
    assert Material.objects.get(kind="voice").source == voice.uuid


def test_the_still_picture_is_told_with_the_recording(session: Session, now: datetime) -> None:
    original = take(session, "whole.mp4", "video", now)
    take(session, "one-page.pdf", "slides", now)
    assert set(Material.objects.values_list("poster", flat=True)) == {""}
    picture = making.make(original=original, recipe=POSTER, clock=lambda: now, progress=lambda *_: None)
    releasing.release(recording=original.recording, now=now)
    slug, revision = session.slug, Session.objects.get(pk=session.pk).revision
    told = dict(Material.objects.values_list("kind", "poster"))
    ending = told["recording"].rpartition(".")[2]
    assert told == {
        "recording": f"/archive/{slug}/files/{picture.uuid}/{slug}-poster-en.{ending}",
        "slides": "",
    }
    releasing.release(recording=original.recording, now=now)
    assert Session.objects.get(pk=session.pk).revision == revision


def test_the_checklist_is_ticked_at_once(session: Session, now: datetime) -> None:
    Checklist.objects.create(session=session, opened_at=now)
    due = {"due_at": now, "first_due_at": now, "opened_at": now}
    item = Item.objects.create(session=session, kind="slides", state=ItemState.OVERDUE, **due)
    take(session, "one-page.pdf", "slides", now)
    item.refresh_from_db()
    assert (item.state, item.done_at) == (ItemState.DONE, now)


def test_again_it_changes_nothing(session: Session, now: datetime) -> None:
    original = take(session, "whole.mp4", "video", now)
    session.refresh_from_db()
    before = (session.revision, OrmQ.objects.count(), Job.objects.count())
    releasing.release(recording=original.recording, now=now + timedelta(days=1))
    session.refresh_from_db()
    assert (session.revision, OrmQ.objects.count(), Job.objects.count()) == before
    original.recording.refresh_from_db()
    assert original.recording.published_at == now


def test_what_others_changed_of_the_session_just_before_is_no_change_of_ours(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = take(session, "whole.mp4", "video", now)
    OrmQ.objects.all().delete()
    hold = letting_go.hold

    def after_another(session_id: int) -> Session:
        Session.objects.filter(pk=session_id).update(revision=F("revision") + 1)
        return hold(session_id)

    monkeypatch.setattr(letting_go, "hold", after_another)
    releasing.release(recording=original.recording, now=now)
    assert OrmQ.objects.count() == 0


def test_what_is_superseded_leaves_the_page(session: Session, now: datetime) -> None:
    first = take(session, "whole.mp4", "video", now)
    making.make(original=first, recipe=VOICE, clock=lambda: now, progress=lambda *_: None)
    releasing.release(recording=first.recording, now=now)
    second = take(session, "silent.mp4", "video", now)
    assert shown() == [("recording", "en", "video/mp4")]
    assert Material.objects.get(kind="recording", state="published").source == second.uuid
    assert Material.objects.get(source=first.uuid).state == MaterialState.WITHDRAWN


def test_sound_alone_is_the_recording_and_beside_a_video_the_voice(session: Session, now: datetime) -> None:
    take(session, "sound.mp3", "audio", now)
    assert shown() == [("recording", "en", "audio/mpeg")]
    take(session, "silent.mp4", "video", now)
    assert shown() == [("recording", "en", "video/mp4"), ("voice", "en", "audio/mpeg")]


def test_withdrawn_nothing_is_shown_and_nothing_comes_back(session: Session, now: datetime) -> None:
    original = take(session, "whole.mp4", "video", now)
    gone = releasing.withdraw(recording=original.recording, reason="Asked for.", now=now, actor_id=None)
    assert (gone.withdrawn_at, gone.withdrawn_reason) == (now, "Asked for.")
    assert shown() == []
    releasing.release(recording=gone, now=now)
    assert shown() == []
    later = now + timedelta(days=1)
    assert releasing.withdraw(recording=gone, reason="Other.", now=later, actor_id=None).withdrawn_at == now


def test_what_a_dead_worker_left_is_found(session: Session, now: datetime) -> None:
    video = take(session, "whole.mp4", "video", now, release=False)

    def release() -> None:
        assert releasing.behind() == [video.recording]
        releasing.release(recording=video.recording, now=now)
        assert releasing.behind() == []

    release()
    take(session, "one-page.pdf", "slides", now, release=False)
    release()
    making.make(original=video, recipe=VOICE, clock=lambda: now, progress=lambda *_: None)
    release()
    take(session, "captions.vtt", "captions", now, release=False)
    releasing.withdraw(recording=video.recording, reason="Asked for.", now=now, actor_id=None)
    assert releasing.behind() == []
