"""Pages that are linked until a copy is here: announced, looked at with patience, and given up for the copy."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from recordings import tasks
from recordings.catalogue.models import Arrival, Recording
from recordings.catalogue.taking import CannotTake
from recordings.providers import linking
from recordings.providers.interface import File, Page
from recordings.providers.line import Gone, Line, Trouble
from recordings.providers.models import Link, LinkState
from recordings.publishing import releasing, returning
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.sessions import materials
from seminars.sessions.models import Material, MaterialState, Session
from tests.factories import NOW, make_series, make_session
from tests.recordings.cast import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
URL = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
DAY = timedelta(days=1)


class Fake:
    """A site that says what it is told."""

    name, label = "youtube", "Fake"

    def __init__(self, said: Page | Trouble) -> None:
        self.said = said

    def recognise(self, url: str) -> str:
        return url

    def look(self, url: str, line: Line) -> Page:
        if isinstance(self.said, Trouble):
            raise self.said
        return self.said


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), wall=datetime(2026, 11, 10, 15, 0))


@pytest.fixture
def link(session: Session) -> Link:
    return linking.link(
        session=session, url="https://youtu.be/dQw4w9WgXcQ", language="en", now=NOW, actor_id=None
    )


def look(link: Link, said: Page | Trouble, now: datetime = NOW) -> LinkState:
    link.refresh_from_db()
    return linking.look(link, now=lambda: now, sites={"youtube": Fake(said)})


def told() -> list[tuple[str, str, float | None]]:
    rows = Material.objects.exclude(state=MaterialState.WITHDRAWN).order_by("pk")
    return list(rows.values_list("path", "state", "seconds"))


def publish(session: Session) -> Material:
    return materials.publish(
        source=UUID(int=7), session=session, kind="recording", title={}, path="/x.mp4", now=NOW
    )


def test_it_is_announced_and_still_owed(link: Link, session: Session) -> None:
    assert told() == [(URL, "pending", None)]
    assert Job.objects.get().kind == "look-link"
    session.refresh_from_db()
    assert session.state not in ("partly", "archived")


def test_the_same_page_again_is_the_same_link(link: Link, session: Session) -> None:
    again = linking.link(session=session, url=URL, language="en", now=NOW, actor_id=None)
    assert (again.pk, Link.objects.count(), Job.objects.count()) == (link.pk, 1, 1)


def test_what_is_seen_there_is_said(link: Link) -> None:
    assert look(link, Page("Savings", 3600.0)) == LinkState.THERE
    assert told() == [(URL, "pending", 3600.0)]
    link.refresh_from_db()
    assert (link.title, link.looked_at, link.next_at) == ("Savings", NOW, NOW + timedelta(days=7))


def test_a_file_that_may_be_copied_is_fetched_once(link: Link) -> None:
    page = Page("Savings", files=(File("https://tube.example/d/720.mp4", "video"),))
    look(link, page)
    look(link, page)
    assert Arrival.objects.get().url == "https://tube.example/d/720.mp4"
    link.refresh_from_db()
    assert link.arrival == Arrival.objects.get()


def test_a_page_is_gone_after_days_only_and_can_come_back(link: Link) -> None:
    look(link, Page("Savings"))
    gone = Gone("No such video.", status=404)
    assert [look(link, gone, NOW + n * DAY) for n in (1, 2, 3)] == ["failing", "failing", "gone"]
    assert told() == []
    assert look(link, Trouble("Busy.", passing=True), NOW + 4 * DAY) == "gone"
    assert look(link, Page("Savings"), NOW + 5 * DAY) == "there"
    assert told()
    link.refresh_from_db()
    assert (link.failures, link.failing_since, link.reason) == (0, None, "")


def test_three_looks_on_one_day_prove_nothing(link: Link) -> None:
    gone = Gone("No such video.", status=404)
    assert {look(link, gone, NOW + timedelta(hours=n)) for n in range(5)} == {LinkState.FAILING}
    assert told()


def test_a_site_that_asks_us_to_wait_is_left_alone(link: Link) -> None:
    look(link, Trouble("Wait.", passing=True, after=7200))
    link.refresh_from_db()
    assert link.next_at == NOW + timedelta(hours=2)
    assert linking.order_due(now=NOW + timedelta(hours=1)) == 0
    assert linking.order_due(now=NOW + timedelta(hours=3)) == 1


def test_the_copy_takes_its_place(link: Link, session: Session) -> None:
    publish(session)
    assert linking.settle(now=NOW) == 1
    assert linking.settle(now=NOW) == 0
    assert told() == [("/x.mp4", "published", None)]
    assert look(link, Page("Late answer")) == LinkState.COPIED
    assert told() == [("/x.mp4", "published", None)]
    with pytest.raises(CannotTake, match="already"):
        linking.link(session=session, url=URL, language="en", now=NOW, actor_id=None)


def test_a_copy_that_was_taken_off_may_be_linked_again(link: Link, session: Session) -> None:
    publish(session)
    linking.settle(now=NOW)
    materials.withdraw(source=UUID(int=7), now=NOW)
    linking.link(session=session, url=URL, language="en", now=NOW, actor_id=None)
    assert told() == [(URL, "pending", None)]


def test_removed_is_removed(link: Link) -> None:
    linking.forget(link=link, now=NOW, actor_id=None)
    assert (told(), Link.objects.count(), Job.objects.count()) == ([], 0, 0)
    assert look_after_removal(link) == LinkState.COPIED


def look_after_removal(link: Link) -> LinkState:
    return linking.look(link, now=lambda: NOW, sites={"youtube": Fake(Page("Late"))})


def test_the_queue_s_door_takes_a_row_that_is_gone(link: Link) -> None:
    job = Job.objects.get()
    Link.objects.all().delete()
    tasks.look_at_link(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "done"


def test_pasted_on_the_files_page(as_organiser: Client, session: Session) -> None:
    base = f"/organise/sessions/{session.slug}/files/"
    form = {"fetch-kind": "video", "fetch-language": "en", "fetch-url": "https://youtu.be/dQw4w9WgXcQ"}
    page = as_organiser.post(f"{base}fetch/", form, follow=True).content.decode()
    assert "The page is linked until a copy is here" in page
    assert URL in page
    assert URL in Client().get(f"/sessions/{session.slug}/").content.decode()
    link = Link.objects.get()
    assert as_organiser.post(f"{base}links/{link.uuid}/look/").status_code == 302
    assert as_organiser.post(f"{base}links/{link.uuid}/remove/").status_code == 302
    assert not Link.objects.exists()


def test_slides_are_no_page_of_a_video(as_organiser: Client, session: Session) -> None:
    form = {"fetch-kind": "slides", "fetch-language": "en", "fetch-url": URL}
    answer = as_organiser.post(f"/organise/sessions/{session.slug}/files/fetch/", form)
    assert (answer.status_code, Link.objects.count()) == (422, 0)


def test_what_is_withdrawn_is_not_offered_elsewhere_until_it_is_back(
    link: Link, session: Session, as_nobody: Client
) -> None:
    take(session, "one-page.pdf", "slides", NOW)
    page = f"/sessions/{session.slug}/"
    assert "dQw4w9WgXcQ" in as_nobody.get(page).content.decode()
    recording = Recording.objects.get()
    releasing.withdraw(recording=recording, reason="She asked for it.", now=NOW, actor_id=None)
    assert told() == []
    gone = as_nobody.get(page).content.decode()
    assert ("She asked for it." in gone, "dQw4w9WgXcQ" in gone) == (True, False)
    copied = Page("Rain", files=(File("https://tube.example/d/720.mp4", "video"),))
    assert look(link, copied) == LinkState.THERE  # it is looked at still, but neither said nor fetched
    assert not Arrival.objects.exists()
    linking.link(session=session, url="https://vimeo.com/76979871", language="en", now=NOW, actor_id=None)
    assert told() == []
    returning.bring_back(recording=recording, now=NOW, actor_id=None)
    offered = {path for path, state, _seconds in told() if state == "pending"}
    assert offered == {URL, "https://vimeo.com/76979871"}
    look(link, copied)
    assert Arrival.objects.exists()


def test_a_page_that_is_gone_is_not_offered_with_what_is_brought_back(link: Link, session: Session) -> None:
    take(session, "one-page.pdf", "slides", NOW)
    releasing.withdraw(recording=Recording.objects.get(), reason="She asked.", now=NOW, actor_id=None)
    Link.objects.update(state=LinkState.GONE)
    returning.bring_back(recording=Recording.objects.get(), now=NOW, actor_id=None)
    assert [state for _path, state, _seconds in told()] == ["published"]
