"""What was withdrawn is decided about on the row as it is, and is owed no more until it is back."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Decider, Original, Recording
from recordings.publishing import releasing, returning
from seminars.changes.refusing import UserError
from seminars.followups import checklist, opening
from seminars.followups.models import Checklist, Item
from seminars.followups.ticking import tick
from seminars.sessions.models import Session
from tests.factories import make_original, make_series, make_session, make_user
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db
WHY = "The speaker asked for it."


@pytest.fixture
def session(now: datetime) -> Session:
    """A session that is over, with a video, whose series owes that, captions, and a report."""
    series = make_series()
    for kind in ("recording", "captions", "report"):
        series.owed.create(kind=kind, days=1)
    wall = datetime(2026, 11, 3, 15, 0)
    session = make_session(series, slug="rain", wall=wall, published_at=now - timedelta(days=60))
    take(session, "whole.mp4", "video", now)
    opening.open_due(now=now)
    return session


def items() -> dict[str, tuple[str, str]]:
    return {each.kind: (each.state, each.reason) for each in Item.objects.all()}


def test_the_decision_is_of_the_row_as_it_is(session: Session, now: datetime) -> None:
    read = Recording.objects.get()
    releasing.withdraw(recording=read, reason=WHY, now=now, actor_id=None)
    read = Recording.objects.get()
    office = Decider.ADMINISTRATOR
    releasing.withdraw(recording=read, reason="A court.", now=now, actor_id=None, by=office)
    with pytest.raises(UserError, match="only an administrator"):
        returning.bring_back(recording=read, now=now, actor_id=None)
    assert Recording.objects.get().withdrawn_at
    returning.bring_back(recording=read, now=now, actor_id=None, by=office)
    assert Recording.objects.get().withdrawn_at is None


def test_what_was_withdrawn_is_not_promised_again(session: Session, now: datetime) -> None:
    session.refresh_from_db()
    before = items()
    assert (session.state, before["recording"]) == ("partly-archived", ("done", ""))
    releasing.withdraw(recording=Recording.objects.get(), reason=WHY, now=now, actor_id=None)
    session.refresh_from_db()
    assert items() == {
        "recording": ("waived", WHY),
        "captions": ("waived", WHY),
        "report": before["report"],
    }
    assert (session.state, checklist.promise(session)) == ("ended", None)
    assert tick(now=now + timedelta(days=9), session=session) == []
    assert items()["recording"] == ("waived", WHY)


def test_brought_back_it_is_owed_or_done_as_before(session: Session, now: datetime) -> None:
    session.refresh_from_db()
    state, before = session.state, items()
    recording = Recording.objects.get()
    releasing.withdraw(recording=recording, reason=WHY, now=now, actor_id=None)
    office = Decider.ADMINISTRATOR
    releasing.withdraw(recording=recording, reason="A court.", now=now, actor_id=None, by=office)
    assert items()["recording"] == ("waived", "A court.")
    returning.bring_back(recording=recording, now=now, actor_id=None, by=office)
    session.refresh_from_db()
    assert (session.state, items()) == (state, before)
    assert Item.objects.get(kind="recording").done_at == now


def test_a_checklist_that_is_opened_later_does_not_ask_for_it(session: Session, now: datetime) -> None:
    Checklist.objects.all().delete()
    Item.objects.all().delete()
    releasing.withdraw(recording=Recording.objects.get(), reason=WHY, now=now, actor_id=None)
    opening.open_due(now=now)
    assert items()["recording"] == ("overdue", "")
    before = Session.objects.get()
    assert checklist.promise(before)
    [recording] = releasing.behind()
    releasing.release(recording=recording, now=now)
    assert items()["recording"] == items()["captions"] == ("waived", WHY)
    after = Session.objects.get()
    assert (after.state, checklist.promise(after)) == ("ended", None)
    assert after.revision > before.revision  # calendars hear of it
    assert releasing.behind() == []


def test_what_a_person_reopens_meanwhile_stays_owed(session: Session, now: datetime) -> None:
    recording, by = Recording.objects.get(), make_user().pk
    releasing.withdraw(recording=recording, reason=WHY, now=now, actor_id=by)
    reopened = Item.objects.get(kind="captions")
    checklist.reopen(item=reopened, now=now + timedelta(hours=1), actor_id=by)
    later = now + timedelta(days=9)
    tick(now=later)  # what turns by itself since takes nothing from it
    assert items()["captions"] == ("overdue", "")
    assert releasing.behind() == []
    releasing.release(recording=recording, now=later, actor_id=by)
    assert (items()["captions"], items()["recording"]) == (("overdue", ""), ("waived", WHY))
    returning.bring_back(recording=Recording.objects.get(), now=later, actor_id=by)
    again = {"reason": "Once more.", "now": later + timedelta(hours=1), "actor_id": by}
    releasing.withdraw(recording=Recording.objects.get(), **again)
    assert items()["captions"] == ("waived", "Once more."), "decided anew since"


def test_what_was_owed_and_had_not_come_is_promised_again(session: Session, now: datetime) -> None:
    releasing.retire(original=Original.objects.get(), now=now, actor_id=None)
    make_original(Recording.objects.get(), b"%PDF-", kind="slides", media_type="application/pdf")
    promised = checklist.promise(Session.objects.get())
    assert promised
    releasing.withdraw(recording=Recording.objects.get(), reason=WHY, now=now, actor_id=None)
    away = Session.objects.get()
    assert checklist.promise(away) is None
    returning.bring_back(recording=Recording.objects.get(), now=now, actor_id=None)
    assert (checklist.promise(Session.objects.get()), items()["recording"]) == (promised, ("overdue", ""))
    assert Session.objects.get().revision > away.revision


def test_what_a_person_waived_or_held_before_is_so_again(session: Session, now: datetime) -> None:
    session.series.owed.create(kind="slides", days=1)
    Item.objects.filter(kind="report").update(kind="slides")
    waived, held = Item.objects.get(kind="captions"), Item.objects.get(kind="slides")
    # For the very reason for which the recording will go.
    checklist.waive(item=waived, reason=WHY, now=now - timedelta(days=2), actor_id=None)
    checklist.hold(item=held, reason="Ask Ann.", now=now - timedelta(days=2), actor_id=None)
    before = items()
    assert (before["captions"], before["slides"]) == (("waived", WHY), ("held", "Ask Ann."))
    office = Decider.ADMINISTRATOR
    for hours in range(0, 6, 3):  # twice
        at = now + timedelta(hours=hours)
        releasing.withdraw(recording=Recording.objects.get(), reason=WHY, now=at, actor_id=None)
        assert set(items().values()) == {("waived", WHY)}
        given = {"now": at + timedelta(hours=1), "actor_id": None, "by": office}
        releasing.withdraw(recording=Recording.objects.get(), reason="A court.", **given)
        assert items()["captions"] == ("waived", WHY)
        assert items()["recording"] == items()["slides"] == ("waived", "A court.")
        returning.bring_back(recording=Recording.objects.get(), **given)
        assert items() == before


def test_items_are_held_before_any_version_as_everywhere(session: Session, now: datetime) -> None:
    recording = Recording.objects.get()
    releasing.withdraw(recording=recording, reason=WHY, now=now, actor_id=None)
    with CaptureQueriesContext(connection) as asked:
        returning.bring_back(recording=recording, now=now, actor_id=None)
    sql = [each["sql"] for each in asked]
    held = f'WHERE "seminars_item"."session_id" = {session.pk} ORDER BY "seminars_item"."id"'
    first = next(at for at, each in enumerate(sql) if held in each)
    assert first < next(at for at, each in enumerate(sql) if each.startswith('UPDATE "seminars_version"'))
