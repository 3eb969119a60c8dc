"""Drafts of captions: several hands, and no text that was sent is lost, whatever happens to the draft meanwhile."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings.assets import store
from recordings.catalogue.models import Origin, Original
from recordings.publishing import correcting
from recordings.transcripts import drafting
from recordings.transcripts.drafting import (
    Saved,
    asides_of,
    choose,
    discard,
    draft_of,
    live,
    save,
    written_in,
)
from recordings.transcripts.editing import Line, shift
from recordings.transcripts.models import CaptionAside, CaptionDraft
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import Cue, write
from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.followups.reports.writing import Author
from seminars.sessions.models import Material
from tests.factories import make_original, make_person, make_recording, make_session

pytestmark = pytest.mark.django_db
ZOO_VIDEO = Path(__file__).parents[2] / "zoo" / "media" / "whole.mp4"
WORDS = b"""WEBVTT

00:01.000 --> 00:02.000
<v Ana>Good
morning

00:03.000 --> 00:04.000
all

00:05.000 --> 00:06.000
of you
"""


@pytest.fixture
def captions() -> Original:
    recording = make_recording(make_session(wall=datetime(2026, 3, 1, 9, 0)))
    return make_original(recording, WORDS, origin=Origin.AUTOMATIC)


def put(original: Original, now: datetime, hand: str, seen: int, **given: Any) -> Saved:
    """Save words of lines, by key; None takes one out."""
    changes = {
        key.strip("_"): Line(int(key.strip("_") or 0) * 2000 - 1000, int(key.strip("_") or 0) * 2000, text)
        if text is not None
        else None
        for key, text in given.items()
    }
    draft = draft_of(original)
    return save(
        original=original,
        draft_uuid=str(draft.uuid) if draft else "",
        seen=seen,
        changes=changes,
        hand=hand,
        now=now,
    )


def said(original: Original) -> list[str]:
    return [each.text for each in written_in(original, draft_of(original)).values()]


def test_a_draft_begins_with_the_first_word(captions: Original, now: datetime) -> None:
    assert written_in(captions, None)["1"] == Line(1000, 2000, "Good\nmorning", "Ana")
    assert draft_of(captions) is None
    done = put(captions, now, "a", 0, _2="everybody")
    assert (done.taken, done.beside, done.moved, done.draft.revision) == (["2"], [], False, 1)
    assert said(captions) == ["Good\nmorning", "everybody", "of you"]
    assert put(captions, now, "a", 1, _2="everybody").taken == []
    assert cues(captions)[1].text == "all"


def test_hands_on_different_lines_do_not_meet(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _1="Hello")
    assert put(captions, now, "b", 0, _2="you", _3=None).beside == []
    assert said(captions) == ["Hello", "you"]
    assert set(drafting.since(draft_of(captions), 1)) == {"2", "3"}  # type: ignore[arg-type]


def test_the_same_line_keeps_both_texts(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _2="mine")
    assert put(captions, now, "b", 0, _2="theirs").beside == ["2"]
    assert put(captions, now, "b", 0, _2="theirs, longer").beside == ["2"]
    assert put(captions, now, "c", 0, _2=None).beside == ["2"]
    assert said(captions)[1] == "mine"
    assert [each.text for each in asides_of(draft_of(captions))] == ["theirs, longer", None]
    with pytest.raises(UserError, match="Choose between them"):
        correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)
    first, second = asides_of(draft_of(captions))
    choose(aside=first, take=True, now=now)
    choose(aside=second, take=False, now=now)
    with pytest.raises(UserError, match="chosen already"):
        choose(aside=second, take=True, now=now)
    assert said(captions)[1] == "theirs, longer"
    assert set(CaptionAside.objects.values_list("text", flat=True)) == {"theirs, longer", None, "mine"}


def test_an_answer_that_was_lost_is_no_other_hand(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _2="one")
    assert put(captions, now, "a", 0, _2="one two").beside == []
    assert said(captions)[1] == "one two"


def test_publishing_is_one_step_with_its_change(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _2="everybody")
    draft, before = CaptionDraft.objects.get(), Change.objects.count()
    new = correcting.publish(draft=draft, now=now, actor_id=None)
    assert (new.origin, new.language, new.superseded_at) == (Origin.CORRECTED, "en", None)
    assert [each.text for each in cues(new)] == ["Good morning", "everybody", "of you"]
    assert [each.voice for each in cues(new)] == ["Ana", "", ""]
    captions.refresh_from_db()
    assert captions.superseded_at == now
    assert store.path_of(captions.asset.sha256).exists()
    assert Material.objects.get(source=new.uuid).state == "published"
    assert Change.objects.count() > before
    assert correcting.publish(draft=draft, now=now, actor_id=None) == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Origin.HUMAN, Origin.HUMAN),
        (Origin.AUTOMATIC, Origin.CORRECTED),
        (Origin.CORRECTED, Origin.CORRECTED),
    ],
)
def test_readers_are_told_of_a_program_only_where_one_wrote(
    captions: Original, now: datetime, before: str, after: str
) -> None:
    Original.objects.update(origin=before)
    put(captions, now, "a", 0, _2="everybody")
    assert correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None).origin == after


def test_a_change_that_fails_leaves_all_as_it_was(
    captions: Original, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(captions, now, "a", 0, _2="everybody")

    def fails(**_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(correcting, "release", fails)
    with pytest.raises(RuntimeError):
        correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)
    assert CaptionDraft.objects.get().state == "open"
    assert Original.objects.get() == captions
    assert said(captions)[1] == "everybody"


def test_a_hand_that_writes_on_after_publishing_loses_nothing(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _1=None, _2="everybody")
    draft = CaptionDraft.objects.get()
    new = correcting.publish(draft=draft, now=now, actor_id=None)
    late = {
        "3": Line(5000, 6000, "of you all"),
        "2": Line(3000, 4000, "each"),
        "nb1": Line(9000, 9500, "Bye."),
    }
    done = save(original=captions, draft_uuid=str(draft.uuid), seen=0, changes=late, hand="b", now=now)
    assert done.moved
    assert done.draft.original == new
    assert sorted(done.taken) == ["2", "nb1"]
    assert said(new) == ["everybody", "of you all", "Bye."]
    assert [each.text for each in asides_of(done.draft)] == ["each"]


def test_a_page_opened_before_the_first_word_was_published(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _2="everybody")
    new = correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)
    late = {"2": Line(3000, 4000, "each"), "3": Line(5000, 6000, "of us")}
    done = save(original=captions, seen=0, changes=late, hand="b", now=now)
    assert (done.moved, done.draft.original, done.taken, done.beside) == (True, new, ["3"], ["2"])


def test_a_text_that_comes_beside_while_it_is_published_holds_it_up(
    captions: Original, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(captions, now, "a", 0, _2="everybody")
    together = correcting.text_of

    def slowly(draft: CaptionDraft) -> str:
        text = together(draft)
        put(captions, now, "b", 0, _2="each")
        return text

    monkeypatch.setattr(correcting, "text_of", slowly)
    with pytest.raises(UserError, match="Choose between them"):
        correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)
    assert [each.text for each in asides_of(CaptionDraft.objects.get(state="open"))] == ["each"]
    assert Original.objects.get() == captions


def test_whoever_writes_into_a_draft_waits_at_the_recording(
    captions: Original, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    monkeypatch.setattr(drafting, "_lock", waited.append)
    put(captions, now, "a", 0, _2="everybody")
    put(captions, now, "b", 0, _2="each")
    choose(aside=CaptionAside.objects.get(), take=True, now=now)
    discard(original=captions, now=now)
    assert waited == [captions.recording_id] * 4


def test_a_hand_that_writes_on_after_discarding_begins_anew(captions: Original, now: datetime) -> None:
    put(captions, now, "a", 0, _2="everybody")
    draft = CaptionDraft.objects.get()
    assert discard(original=captions, now=now)
    assert not discard(original=captions, now=now)
    late = {"3": Line(5000, 6000, "of us")}
    done = save(original=captions, draft_uuid=str(draft.uuid), seen=1, changes=late, hand="b", now=now)
    assert done.moved
    assert said(captions) == ["Good\nmorning", "all", "of us"]
    draft.refresh_from_db()
    assert live(draft.lines)["2"].text == "everybody"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"1": Line(-1, 5, "a")}, "out of reach"),
        ({"1": Line(0, 5, "a" * 100_001)}, "at most 100000"),
        ({"<b>": Line(0, 5, "a")}, "cannot be read"),
    ],
)
def test_what_no_page_sends_is_refused(
    captions: Original, now: datetime, changes: dict[str, Line | None], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        save(original=captions, seen=0, changes=changes, hand="a", now=now)
    assert draft_of(captions) is None


def test_lines_that_cannot_come_out_are_kept_but_not_published(captions: Original, now: datetime) -> None:
    save(original=captions, seen=0, changes={"2": Line(4000, 3000, "all")}, hand="a", now=now)
    with pytest.raises(UserError, match=r"00:00:04.000 ends before it starts"):
        correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)
    save(original=captions, seen=9, changes={"2": Line(4000, 5000, "a" * 2001)}, hand="a", now=now)
    with pytest.raises(UserError, match="Line 2: this caption has more than 2000 characters"):
        correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)
    everything = dict.fromkeys(["1", "2", "3"])
    save(original=captions, seen=9, changes=everything, hand="a", now=now)
    with pytest.raises(UserError, match="No line is left"):
        correcting.publish(draft=CaptionDraft.objects.get(), now=now, actor_id=None)


def test_nine_hundred_lines_shifted_at_once(now: datetime) -> None:
    text = write([Cue(4.0 * n, 4.0 * n + 3, "x") for n in range(900)])
    original = make_original(make_recording(make_session()), text.encode())
    lines = written_in(original, None)
    author = Author(person_id=make_person().pk)
    done = save(original=original, seen=0, changes=shift(lines, 1500), hand="a", now=now, author=author)
    assert len(done.taken) == 900
    assert done.draft.changed_at == now
    assert now - timedelta(days=1) < done.draft.begun_at
