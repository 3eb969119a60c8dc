"""Every address below /organise/: who gets in, who is led to the sign-in, who learns nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from seminars.calendars.importing.models import FollowedCalendar
from seminars.calendars.importing.waiting import keep as keep_import
from seminars.followups.links.models import LinkPlace, OutsideLink
from seminars.followups.models import Item
from seminars.followups.papers import reviewing
from seminars.notifications.newsletter.editing import begin as begin_issue
from seminars.people.introducing.models import Introduction, Note, Party
from seminars.people.membership.models import Cohort, JoinRequest, Organisation
from seminars.people.models import Community, Membership
from seminars.queue.jobs import ensure
from seminars.series.models import Series, SeriesRole
from seminars.series.resources.models import Resource
from seminars.series.rooms.models import Room
from seminars.series.topics.naming import make as make_topic
from seminars.sessions.attendance.importing import keep as keep_list
from seminars.sessions.attendance.models import Attendance, Way
from seminars.sessions.day.models import PhoneQuestion
from seminars.sessions.models import MaterialKind, Session, Speaker
from seminars.sessions.polls.models import DatePoll
from seminars.sessions.questions.models import Question
from seminars.sessions.registration.models import Registration, SeriesRegistration
from seminars.sessions.suggesting.models import Suggestion
from seminars.web.organise.urls import urlpatterns
from tests.factories import NOW, make_community, make_member, make_person
from tests.seminars.followups.papers.test_papers import begun

pytestmark = [pytest.mark.usefixtures("stopped"), pytest.mark.one_database]
POST_ONLY = {
    "keep_clocks",
    "preview_change", "apply_change", "undo_series", "undo_session",
    "preview_series", "plan_and_publish", "publish_series", "discard_series", "remove_speaker", "preview_move",
    "waive_item", "reopen_item", "move_promise", "add_member", "paste_members", "paste_audience", "change_role",
    "tick_item", "assign_item", "hold_item", "change_follow_ups",
    "make_speaker_link", "end_speaker_link", "begin_programme", "tick", "note_question", "put_question",
    "choose_hour", "close_poll", "end_role", "invite_again", "remove_registration",
    "preview_sessions", "apply_sessions", "lay_out_sessions", "offer_room",
    "preview_date_rules", "apply_date_rules", "event_lines", "change_invitation", "change_series_invitation",
    "mail_poll", "mail_speaker_link", "send_mail_again", "apply_import", "look_at_calendar", "stop_following",
    "add_registration", "decide_registrations", "move_registration", "remove_series_registration",
    "follow_series_terms", "strike_attendance", "take_back_attendance_list", "door_heads", "door_add",
    "issue_certificates", "issue_series_certificates",
    "note_phone_question", "question_door", "question_rule", "promote_question", "decide_question",
    "decline_suggestion", "merge_suggestion", "resource_rule", "decide_resource", "settle_report",
    "approve_request", "decline_request", "add_representative", "put_in_cohort", "take_out_of_cohort",
    "discard_cohort", "remove_logo",
    *(f"session_report_{deed}" for deed in ("autosave", "choose", "publish", "take_back", "upload", "adopt")),
    "approve_paper", "discard_paper", "end_paper_review", "mail_paper_review", "settle_paper_comment",
    "supersede_paper", "withdraw_paper", "skip_job", "try_job_again", "try_jobs_again",
    "look_at_dead_link", "leave_dead_link",
    "newsletter_begin", "newsletter_end", "site_newsletter_begin", "site_newsletter_end",
}  # fmt: skip
LEADING_ON = {"remove_part", "mail_previews"}
"""They lead to another page: a session that is no part of an event, and the first mail there is."""
FOR_ADMINISTRATORS = {"new_community", "mail_previews", "mail_preview", "mail_preview_html"}
FOR_ADMINISTRATORS |= {"queue", "queue_job", "queue_progress", "skip_job", "try_job_again", "try_jobs_again"}
FOR_ADMINISTRATORS |= {
    f"site_newsletter_{name}" for name in ("desk", "draft", "begin", "end", "preview", "mail")
}
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
GIVEN: dict[str, Any] = {"name": "a.ics", "choices": {"into": "new", "zone": "UTC"}}
POLL: dict[str, Any] = {"title": "When?", "language": "en", "zone": "UTC", "minutes": 60}
LIST = b"Name (original name),User Email,Join time,Leave time,Duration (minutes),Guest\r\n"
LIST += b"Esi Owusu,esi@example.org,2026-12-01 14:58:00,2026-12-01 16:01:00,63,No\r\n"
NAMES = sorted({str(each.name) for each in urlpatterns})
Parts = dict[str, Any]


@pytest.fixture
def of_people(community: Community, session: Session) -> Parts:
    """What people gave to the community, by the two words of an address that stand before its number."""
    cohort = Cohort.objects.create(community=community, name={"en": "Of 2026"}, made_at=NOW)
    organisation = Organisation.objects.create(community=community, name="Union", made_at=NOW)
    asked = {"community": community, "email": "asks@example.org", "name": "Asks", "language": "en"}
    request = JoinRequest.objects.create(**asked, token="r", standing="waiting", made_at=NOW, asked_at=NOW)
    introduction = Introduction.objects.create(community=community, made_at=NOW)
    writer = Party.objects.create(introduction=introduction, person=make_person(), token="w")
    note = Note.objects.create(writer=writer, text="Buy!", made_at=NOW, reported_at=NOW)
    suggestion = Suggestion.objects.create(community=community, title="Rain", made_at=NOW, confirmed_at=NOW)
    shared = {"title": "Grant", "url": "https://example.org/"}
    resource = Resource.objects.create(community=community, posted_at=NOW, changed_at=NOW, **shared)
    dead = OutsideLink.objects.create(url=resource.url, next_at=NOW)
    place = LinkPlace.objects.create(link=dead, community=community, kind="resource", key=resource.pk)
    for each in (community, None):
        begin_issue(community=each, due_at=None, now=NOW)
    return {
        "communities/cohorts": cohort.pk,
        "communities/organisations": organisation.pk,
        "communities/requests": request.pk,
        "communities/introductions": note.pk,
        "communities/suggestions": suggestion.uuid,
        "communities/resources": resource.uuid,
        "communities/links": place.pk,
    }


@pytest.fixture
def of_sessions(series: Series, session: Session) -> Parts:
    """Who registered, came and asked, likewise."""
    who = {"email": "esi@example.org", "name": "Esi Owusu", "language": "en", "made_at": NOW}
    whole = SeriesRegistration.objects.create(series=series, token="s", confirmed_at=NOW, **who)
    registration = Registration.objects.create(session=session, token="o", confirmed_at=NOW, **who)
    came = Attendance.objects.create(session=session, name="Esi Owusu", way=Way.HAND, made_at=NOW)
    given = {"content": LIST, "filename": "zoom.csv", "zone": "UTC"}
    meeting = keep_list(session=session, now=NOW, actor_id=None, **given)
    phone = PhoneQuestion.objects.create(session=session, text="Why?", noted_at=NOW)
    question = Question.objects.create(session=session, text="How?", made_at=NOW, confirmed_at=NOW)
    return {
        "series/registrations": whole.pk,
        "sessions/registrations": registration.pk,
        "sessions/attendance": came.pk,
        "sessions/meeting-list": meeting.pk,
        "sessions/questions": phone.pk,
        "sessions/asked": question.uuid,
    }


@pytest.fixture
def of_papers(session: Session) -> Parts:
    """A discussion paper in review, and a job, likewise."""
    paper = begun([session])
    given: dict[str, Any] = {"name": "Rev", "email": "rev@example.org", "due_at": NOW + timedelta(days=9)}
    review = reviewing.ask(paper=paper, now=NOW, actor_id=None, **given)
    comment = reviewing.comment(review=review, place="", text="Why?", revision=1, now=NOW)
    job = ensure(kind="fetch", subject="arrival:1", door="recordings.tasks.fetch", now=NOW)
    return {
        "papers/papers": paper.uuid,
        "papers/reviews": review.pk,
        "papers/comments": comment.pk,
        "queue/queue": job.uuid,
    }


@pytest.fixture
def given_parts(of_people: Parts, of_sessions: Parts, of_papers: Parts) -> Parts:
    """All of these."""
    return of_people | of_sessions | of_papers


@pytest.fixture
def address(
    community: Community, series: Series, session: Session, member: Any, given_parts: Parts
) -> Callable[[str], str]:
    """Returns the address of a page by its name, each argument filled in."""
    item = Item.objects.create(
        session=session, kind=MaterialKind.SLIDES, due_at=NOW, first_due_at=NOW, opened_at=NOW
    )
    speaker = Speaker.objects.create(session=session, person=make_person(name="Amina Diallo"))
    DatePoll.objects.create(pk=item.pk, community=community, token="t", made_at=NOW, **POLL)
    membership = Membership.objects.get(community=community, person__user=member)
    numbers = {"change_role": membership.pk, "remove_member": membership.pk}
    numbers |= dict.fromkeys(
        ("remove_speaker", "speaker_link", "make_speaker_link", "end_speaker_link"), speaker.pk
    )
    given = SeriesRole.objects.create(series=series, person=speaker.person, role="host", since=NOW)
    numbers["end_role"] = given.pk
    room = Room.objects.create(community=community, name="1.205")
    numbers |= {"edit_room": room.pk, "offer_room": room.pk}
    followed = FollowedCalendar.objects.create(
        series=series, address="https://calendars.example.org/a.ics", zone="UTC", made_at=NOW
    )
    waiting = keep_import(community=community, content=CALENDAR, now=NOW, actor_id=member.pk, **GIVEN)
    topic = make_topic(name="Savings", language="en", now=NOW)
    session.topics.add(topic)
    slugs = {"topics": topic.slug, "series": series.slug}
    slugs |= {"sessions": session.slug, "communities": community.slug}
    parts = given_parts | {"communities/calendars": followed.uuid}

    def of(name: str) -> str:
        route = next(str(each.pattern) for each in urlpatterns if each.name == name)
        arguments: dict[str, Any] = {}
        if "<slug:slug>" in route:
            arguments["slug"] = slugs[route.split("/")[1]]
        if "<uuid:uuid>" in route:
            arguments["uuid"] = parts.get(before("<uuid", route), waiting.uuid)
        if "<str:code>" in route:
            arguments["code"] = "of-a-ticket"
        if "<str:kind>" in route:
            arguments |= {"kind": "invitation", "language": "en"}
        if "<int:revision>" in route:
            arguments["revision"] = 1
        elif "<int:year>" in route:
            arguments |= {"year": 2026} | ({"month": 12} if "<int:month>" in route else {})
        elif "<int:" in route:
            arguments["number" if "number" in route else "pk"] = numbers.get(name) or parts.get(
                before("<int", route), item.pk
            )
        return reverse(name, kwargs=arguments)

    return of


def before(argument: str, route: str) -> str:
    """The word after organise/ and the one before the argument: `communities/cohorts`."""
    words = route.split("/")
    at = next(number for number, word in enumerate(words) if word.startswith(argument))
    return f"{words[1]}/{words[at - 1]}"


def status_of(name: str) -> int:
    """What somebody who may come gets who only looks."""
    return 405 if name in POST_ONLY else 302 if name in LEADING_ON else 200


def answers(address: Callable[[str], str], client: Client, method: str = "get") -> dict[str, Any]:
    """What each page says, one after the other in the same community: whoever only looks changes nothing."""
    return {name: getattr(client, method)(address(name)) for name in NAMES}


def test_organisers_get_in(address: Callable[[str], str], as_organiser: Client) -> None:
    found = {name: answer.status_code for name, answer in answers(address, as_organiser).items()}
    assert found == {name: 404 if name in FOR_ADMINISTRATORS else status_of(name) for name in NAMES}


def test_administrators_get_in(address: Callable[[str], str], as_administrator: Client) -> None:
    found = {name: answer.status_code for name, answer in answers(address, as_administrator).items()}
    assert found == {name: status_of(name) for name in NAMES}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["as_member", "as_stranger"])
def test_members_and_strangers_learn_nothing(
    who: str, method: str, address: Callable[[str], str], request: pytest.FixtureRequest
) -> None:
    found = answers(address, request.getfixturevalue(who), method)
    assert {name: answer.status_code for name, answer in found.items()} == dict.fromkeys(NAMES, 404)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_led_to_the_sign_in(method: str, address: Callable[[str], str], as_nobody: Client) -> None:
    found = answers(address, as_nobody, method)
    assert {name: answer.status_code for name, answer in found.items()} == dict.fromkeys(NAMES, 302)
    sign_in = "/accounts/login/?next=/organise/"
    assert [name for name, answer in found.items() if not answer["Location"].startswith(sign_in)] == []


def test_an_organiser_elsewhere_is_a_stranger_here(
    address: Callable[[str], str], session: Session, stranger: Any, as_stranger: Client
) -> None:
    make_member(make_community(), stranger, role="organiser")
    fixed = {
        "organise",
        "plan_series",
        "preview_series",
        "plan_and_publish",
        "new_community",
        "organise_clocks",
    }
    fixed |= {
        "organise_year",
        "organise_month",
        "organise_list",
        "organise_drafts",
        "follow_ups",
        "change_follow_ups",
    }
    for name in set(NAMES) - fixed:
        assert as_stranger.post(address(name)).status_code in (404, 405), name
        assert as_stranger.get(address(name)).status_code in (404, 405), name
    session.refresh_from_db()
    assert session.revision == 1
