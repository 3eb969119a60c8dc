"""The administrators' pages: open to them alone, and facts cannot be edited there."""

from datetime import datetime

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from seminars.changes.models import Change, Version
from seminars.people.models import Community, User
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Speaker
from seminars.sessions.polls.models import DatePoll, Voice
from seminars.sessions.speaking.asking import make_link
from tests.factories import make_material, make_person, make_session

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type, page: str, *args: object) -> str:
    meta = model._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_lists_open_for_administrators_alone(
    model: type, as_administrator: Client, as_organiser: Client, as_nobody: Client
) -> None:
    make_material(make_session())
    place = address(model, "changelist")
    assert as_administrator.get(place).status_code == 200
    assert as_administrator.get(place, {"q": "a"}).status_code == 200
    assert as_organiser.get(place, follow=True).status_code == 403
    answer = as_nobody.get(place, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_every_table_of_ours_is_there() -> None:
    ours = {model.__name__ for model in MODELS if model._meta.app_label in {"seminars", "recordings"}}
    inline = {each.model.__name__ for page in admin.site._registry.values() for each in page.inlines}
    expected = {
        model.__name__
        for label in ("seminars", "recordings")
        for model in admin.site._registry[User].opts.apps.get_app_config(label).get_models()
    }
    assert ours | inline == expected


@pytest.mark.parametrize("model", [Change, Version, Job], ids=lambda model: model.__name__)
def test_facts_are_not_added(model: type, as_administrator: Client) -> None:
    assert as_administrator.get(address(model, "add")).status_code == 403


def test_a_session_is_looked_at_and_not_changed(as_administrator: Client) -> None:
    session = make_session()
    make_material(session)
    place = address(type(session), "change", session.pk)
    assert session.slug in as_administrator.get(place).content.decode()
    assert as_administrator.post(place, {"slug": "other"}).status_code == 403
    assert as_administrator.post(address(type(session), "delete", session.pk)).status_code == 403


def test_an_edit_of_a_community_is_written_down(
    as_administrator: Client, administrator: User, community: Community
) -> None:
    place = address(Community, "change", community.pk)
    form = as_administrator.get(place).context["adminform"].form
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    given |= {"summary": "{}", "eligibility": "{}", "countries": "[]", "name": '{"en": "Saving together"}'}
    given |= {"made_at_0": "2026-11-16", "made_at_1": "12:00"}
    answer = as_administrator.post(place, {key: value for key, value in given.items() if value is not None})
    assert answer.status_code == 302, answer.context["errors"]
    community.refresh_from_db()
    assert community.name == {"en": "Saving together"}
    change = Change.objects.get(subject=f"community:{community.uuid}")
    assert (change.actor, change.kind) == (administrator, "edited")
    assert Version.objects.get(scope=f"community:{community.pk}").number == 1


def test_an_account_is_made_without_a_password(as_administrator: Client) -> None:
    answer = as_administrator.post(address(User, "add"), {"email": "New@Example.org", "is_active": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert "password" not in as_administrator.get(address(User, "change", user.pk)).content.decode().lower()


def test_two_accounts_never_share_an_address(as_administrator: Client, member: User) -> None:
    answer = as_administrator.post(address(User, "add"), {"email": member.email.upper(), "is_active": "on"})
    assert answer.status_code == 200
    assert User.objects.filter(email__iexact=member.email).count() == 1


def test_a_held_job_can_be_tried_again(as_administrator: Client, now: datetime) -> None:
    job = Job.objects.create(
        kind="index",
        subject="recording:1",
        door="seminars.tasks.sweep",
        state=JobState.HELD,
        due_at=now,
        created_at=now,
    )
    given = {"action": "queue_again", "_selected_action": [job.pk]}
    answer = as_administrator.post(address(Job, "changelist"), given, follow=True)
    assert "1 job is queued again." in answer.content.decode()
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def form_of(client: Client, place: str) -> dict[str, object]:
    """What the form holds as it is opened."""
    bounds = list(client.get(place).context["adminform"].form)
    given = {bound.name: "" if bound.value() is None else bound.value() for bound in bounds}
    return given | {"made_at_0": "2026-11-16", "made_at_1": "12:00"}


@pytest.mark.parametrize("whose", ["speaker", "community"])
def test_a_new_name_reaches_the_calendars(whose: str, as_administrator: Client) -> None:
    session = make_session(title={"en": "Talk"})
    ada = make_person(name="Ada")
    session.speakers.create(person=ada)
    feed = f"/series/{session.series.slug}/calendar.ics"
    before = Client().get(feed)
    assert b"Ada" in before.content
    row = ada if whose == "speaker" else session.series.community
    place = address(type(row), "change", row.pk)
    given = form_of(as_administrator, place)
    given["name"] = "Grace" if whose == "speaker" else '{"en": "Grace"}'
    given |= {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    answer = as_administrator.post(place, given)
    assert answer.status_code == 302, answer.context["errors"]
    after = Client().get(feed)
    assert b"Grace" in after.content
    assert after.headers["ETag"] != before.headers["ETag"]
    assert b"SEQUENCE:1" in after.content
    told = [line for line in after.content.splitlines() if line.startswith(b"LAST-MODIFIED")]
    assert not set(told) & set(before.content.splitlines())


def test_no_secret_of_a_speaker_or_a_poll_is_shown(as_administrator: Client, now: datetime) -> None:
    session = make_session()
    speaker = Speaker.objects.create(session=session, person=make_person())
    link = make_link(session=session, person=speaker.person, now=now, actor_id=None)
    poll = DatePoll.objects.create(
        community=session.series.community,
        title="When?",
        language="en",
        zone="UTC",
        minutes=60,
        token="of-the-poll",
        made_at=now,
    )
    voice = Voice.objects.create(poll=poll, name="Ana", key="of-the-voice", made_at=now, changed_at=now)
    for row, secret in ((link, link.token), (voice, voice.key)):
        for place in (address(type(row), "changelist"), address(type(row), "change", row.pk)):
            answer = as_administrator.get(place)
            assert answer.status_code == 200
            assert secret not in answer.content.decode()
