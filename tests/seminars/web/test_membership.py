"""Join a community by a button, by mail or by request; organisers answer; their lists and pages."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from seminars.calendars import entries
from seminars.calendars.editions import Edition
from seminars.notifications import membership, outbox
from seminars.people.membership.models import Cohort, JoinRequest, Organisation, Standing
from seminars.people.models import Community, Joining, Person, Takes, User
from seminars.series.inviting.models import Invitation
from seminars.sessions.models import Session
from tests.conftest import signed_in
from tests.factories import NOW, make_member, make_person, make_series, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
WHO = {"name": "Ana Ruiz", "email": "Ana@Example.org", "zone": "Africa/Kampala", "website": ""}
HERE = "/communities/savings/join/"
ORGANISE = "/organise/communities/savings/"


def by_request(community: Community) -> Community:
    Community.objects.filter(pk=community.pk).update(
        joining=Joining.REQUEST,
        takes=Takes.ORGANISATIONS,
        eligibility={"en": "Entities that manage advisors."},
        questions={"en": "What do you do?\nWhere?"},
    )
    return Community.objects.get(pk=community.pk)


FOR_IT = {
    "organisation_name": "Harvest Advisors",
    "organisation_country": "ZA",
    "answer_0": "We advise.",
    "answer_1": "In Limpopo.",
    "eligible": "on",
}


def sent() -> list[Any]:
    outbox.deliver(clock=lambda: NOW + timedelta(hours=1))
    found, mail.outbox = list(mail.outbox), []
    return found


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_who_is_signed_in_joins_an_open_community_with_one_button(
    community: Community, as_stranger: Client, stranger: User
) -> None:
    assert f'<form method="post" action="{HERE}">' in page(as_stranger, "/communities/savings/")
    answer = as_stranger.post(HERE, {"website": ""})
    assert answer["Location"] == "/communities/savings/"
    assert community.memberships.filter(person__user=stranger).exists()
    assert "You are a member." in page(as_stranger, "/communities/savings/")
    assert as_stranger.post("/communities/savings/leave/")["Location"] == "/me/"
    assert not community.memberships.filter(person__user=stranger).exists()


def test_an_address_alone_joins_by_the_mailed_link(community: Community, as_nobody: Client) -> None:
    assert as_nobody.post(HERE, WHO)["Location"] == f"{HERE}sent/"
    assert "Look into your mail" in page(as_nobody, f"{HERE}sent/")
    (link,) = sent()
    asked = JoinRequest.objects.get()
    assert f"/membership/{asked.token}/" in link.body
    assert "Ana Ruiz" not in link.body  # anybody can type any address, and anything with it
    assert not community.memberships.filter(person__email="ana@example.org").exists()
    own = f"/membership/{asked.token}/"
    assert "One step is left." in page(as_nobody, own)
    as_nobody.post(f"{own}confirm/")
    assert community.memberships.filter(person__email="ana@example.org").exists()
    assert [each.subject for each in sent()] == ["You are a member of Savings groups"]
    assert "You are a member" in page(as_nobody, own)
    as_nobody.post(f"{own}leave/")
    assert "You are not a member now" in page(as_nobody, own)


def test_the_answer_is_the_same_whether_an_address_is_known(community: Community, as_nobody: Client) -> None:
    make_member(community, make_user("known@example.org"))
    answers = [
        as_nobody.post(HERE, WHO | {"email": each}) for each in ("known@example.org", "new@example.org")
    ]
    assert {(each.status_code, each["Location"]) for each in answers} == {(302, f"{HERE}sent/")}
    assert len(sent()) == 2
    as_nobody.post(HERE, WHO | {"email": "new@example.org"})
    assert sent() == []  # one mail in ten minutes


@pytest.mark.parametrize(
    ("change", "status"), [({"website": "x"}, 422), ({"email": "a@b.org, c@d.org"}, 422), ({"name": ""}, 422)]
)
def test_what_cannot_be_writes_nothing(
    community: Community, as_nobody: Client, change: dict[str, str], status: int
) -> None:
    assert as_nobody.post(HERE, WHO | change).status_code == status
    assert not JoinRequest.objects.exists()


def test_a_request_is_answered_with_words_and_always_says_where_it_stands(
    community: Community, as_nobody: Client, as_organiser: Client
) -> None:
    by_request(community)
    shown = page(as_nobody, HERE)
    assert "What do you do?" in shown
    assert "Entities that manage advisors." in shown
    refused = as_nobody.post(HERE, WHO | FOR_IT | {"eligible": "", "answer_1": ""})
    assert refused.status_code == 422
    as_nobody.post(HERE, WHO | FOR_IT)
    asked = JoinRequest.objects.get()
    as_nobody.post(f"/membership/{asked.token}/confirm/")
    assert [each.subject for each in sent()][-1] == "Your request to join Savings groups has arrived"
    assert "Your request waits for an answer" in page(as_nobody, f"/membership/{asked.token}/")

    listed = page(as_organiser, f"{ORGANISE}requests/")
    assert "Harvest Advisors" in listed
    assert "We advise." in listed
    silent = as_organiser.post(f"{ORGANISE}requests/{asked.pk}/decline/", {"words": ""})
    assert (silent.status_code, "errorlist" in silent.content.decode()) == (422, True)
    assert JoinRequest.objects.get().standing == Standing.WAITING
    as_organiser.post(f"{ORGANISE}requests/{asked.pk}/approve/", {"words": "Good to have you."})
    member = community.memberships.get(person__email="ana@example.org")
    assert member.organisation is not None
    assert (member.organisation.name, member.organisation.country) == ("Harvest Advisors", "ZA")
    (told,) = sent()
    assert "Good to have you." in told.body
    assert "Good to have you." in page(as_nobody, f"/membership/{asked.token}/")
    late = as_organiser.post(f"{ORGANISE}requests/{asked.pk}/decline/", {"words": "No."}, follow=True)
    assert "meanwhile" in late.content.decode()


def test_organisers_get_one_mail_for_many_and_a_reminder_after_three_days(
    community: Community, organiser: User
) -> None:
    by_request(community)
    for number in range(5):
        JoinRequest.objects.create(
            community=community, email=f"a{number}@example.org", name=f"Asker {number}", language="en",
            token=f"t{number}", standing=Standing.WAITING, made_at=NOW, asked_at=NOW,
        )  # fmt: skip
    planners = community.memberships.filter(role__in=["organiser", "manager"]).count()
    assert membership.look(now=NOW) == 0  # they gather for ten minutes
    assert membership.look(now=NOW + timedelta(minutes=10)) == planners
    assert membership.look(now=NOW + timedelta(minutes=11)) == 0
    told = [each for each in sent() if each.to == [organiser.email]]
    assert [each.subject for each in told] == ["Savings groups: 5 requests to join wait"]
    JoinRequest.objects.filter(token="t4").update(told_at=None, asked_at=NOW + timedelta(hours=2))
    assert membership.look(now=NOW + timedelta(hours=3)) == 0  # no more than one a day
    assert membership.look(now=NOW + timedelta(days=1, minutes=10)) == planners
    assert membership.look(now=NOW + timedelta(days=3)) == planners
    assert membership.look(now=NOW + timedelta(days=3, hours=1)) == 0
    JoinRequest.objects.update(standing=Standing.WITHDRAWN)
    assert sent() == []  # nobody waits any more when it is to leave


def test_nothing_is_looked_at_while_nobody_waits(community: Community) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert membership.look(now=NOW) == 0
    assert len(asked) == 1


def test_a_file_of_thousands_is_read_in_few_questions_and_bad_rows_are_named(
    community: Community, as_organiser: Client
) -> None:
    rows = "\n".join(f"Person {number},p{number}@example.org" for number in range(2000))

    def upload(text: str, **more: str) -> Any:
        file = SimpleUploadedFile("people.csv", text.encode(), "text/csv")
        given = {"people": "", "role": "member", "language": "en", "file": file}
        return as_organiser.post(f"{ORGANISE}members/invite/", given | more)

    refused = upload(f"name,email\n{rows}\nNobody,here\n")
    assert refused.status_code == 400
    assert "Line 2002" in refused.content.decode()
    kept = refused.context["form"]["people"].value().splitlines()
    assert ('"Person 7" <p7@example.org>' in kept, len(kept)) == (True, 2001)  # no browser sends a file twice
    assert not Invitation.objects.exists()
    with CaptureQueriesContext(connection) as asked:
        assert upload(f"name,email\n{rows}\nNobody,here\n", only_good="on").status_code == 302
    assert Invitation.objects.count() == 2000
    assert len(asked) < 200
    with CaptureQueriesContext(connection) as asked:
        upload(f"name,email\n{rows}\n")
    assert Invitation.objects.filter(sends=2).count() == 2000
    assert len(asked) < 220


def test_members_are_found_sorted_and_downloaded(community: Community, as_organiser: Client) -> None:
    there = Organisation.objects.create(community=community, name="Harvest", made_at=NOW)
    make_member(community, person=make_person(name="=Zoe", email="zoe@example.org"), organisation=there)
    make_member(community, person=make_person(name="Bo", email="bo@example.org"))
    found = page(as_organiser, f"{ORGANISE}members/?q=harv&sort=new&role=bad")
    assert "zoe@example.org" in found
    assert "bo@example.org" not in found
    assert "Nobody is found." in page(as_organiser, f"{ORGANISE}members/?q=nobody-at-all")
    table = page(as_organiser, f"{ORGANISE}members/members.csv?q=zoe")
    assert "'=Zoe" in table
    assert "Harvest" in table
    assert "bo@" not in table


def test_the_list_asks_no_more_for_more(community: Community, as_organiser: Client) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert as_organiser.get(f"{ORGANISE}members/").status_code == 200
        return len(asked)

    make_member(community)
    few = questions()
    for _number in range(8):
        make_member(community)
    assert questions() == few <= 12


def test_who_is_removed_reads_why(community: Community, as_organiser: Client) -> None:
    member = make_member(community, make_user("ana@example.org"))
    given = {"reason": "The course is over.", "tell": "on"}
    as_organiser.post(f"{ORGANISE}members/{member.pk}/remove/", given)
    (told,) = sent()
    assert told.to == ["ana@example.org"]
    assert "The course is over." in told.body


def test_organisations_and_cohorts_have_their_pages(community: Community, as_organiser: Client) -> None:
    as_organiser.post(f"{ORGANISE}organisations/", {"organisation_name": "Harvest"})
    there = Organisation.objects.get()
    own = f"{ORGANISE}organisations/{there.pk}/"
    as_organiser.post(f"{own}people/", {"name": "Ana", "email": "ana@example.org"})
    assert "ana@example.org" in page(as_organiser, own)
    assert "1 person represents it" in page(as_organiser, f"{ORGANISE}organisations/")
    as_organiser.post(f"{ORGANISE}cohorts/", {"name_en": "Spring", "starts_on": "2026-03-02"})
    cohort = Cohort.objects.get()
    assert "Ana" in page(as_organiser, f"{ORGANISE}cohorts/{cohort.pk}/?q=ana")
    member = there.representatives.get()
    as_organiser.post(f"{ORGANISE}cohorts/{cohort.pk}/in/", {"member": [member.pk, "x", "9" * 30]})
    assert cohort.members.get().membership == member
    series = make_series(community, slug="course")
    edit = as_organiser.get("/organise/series/course/edit/")
    assert "Spring" in edit.content.decode()
    assert series.audience == "everyone"
    as_organiser.post(f"{own}remove/")
    assert not community.memberships.filter(pk=member.pk).exists()


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (800, 400), "red").save(out, "JPEG")
    return SimpleUploadedFile("logo.svg.jpg", out.getvalue(), "image/svg+xml")


def test_the_logo_is_shown_for_ever_and_goes_when_it_is_removed(
    community: Community, as_organiser: Client, as_nobody: Client
) -> None:
    session = make_session(make_series(community))
    before = session.revision
    assert as_organiser.post(f"{ORGANISE}logo/", {"logo": picture()}).status_code == 302
    key = Community.objects.get(pk=community.pk).logo
    address = f"/communities/savings/logo/{key}.png"
    assert f'src="{address}" width="512" height="256"' in page(as_nobody, "/communities/savings/")
    answer = as_nobody.get(address)
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "image/png",
        "public, max-age=31536000, immutable",
    )
    assert answer.content.startswith(b"\x89PNG")
    told = Session.objects.select_related("series__community").get(pk=session.pk)
    assert told.revision == before + 1
    facts = entries.entry_facts(told, "en", edition=Edition())
    assert facts.image is not None
    assert facts.image.uri.endswith(address)
    bad = as_organiser.post(f"{ORGANISE}logo/", {"logo": SimpleUploadedFile("x.svg", b"<svg/>")})
    assert bad.status_code == 400
    as_organiser.post(f"{ORGANISE}logo/remove/")
    assert as_nobody.get(address).status_code == 404


def test_a_closed_communitys_logo_is_for_its_members(
    closed_community: Community, as_nobody: Client, as_organiser: Client
) -> None:
    own = f"/organise/communities/{closed_community.slug}/logo/"
    as_organiser.post(own, {"logo": picture()})
    key = Community.objects.get(pk=closed_community.pk).logo
    address = f"/communities/{closed_community.slug}/logo/{key}.png"
    assert as_nobody.get(address).status_code == 404
    assert as_organiser.get(address)["Cache-Control"].startswith("private")


def test_requests_of_who_is_signed_in_are_seen_at_once(
    community: Community, stranger: User, as_organiser: Client
) -> None:
    by_request(community)
    client = signed_in(stranger)
    answer = client.post(HERE, {"name": "Stranger", "zone": "", "website": ""} | FOR_IT)
    asked = JoinRequest.objects.get()
    assert answer["Location"] == f"/membership/{asked.token}/"
    assert asked.standing == Standing.WAITING
    assert client.get(HERE)["Location"] == f"/membership/{asked.token}/"
    client.post(f"/membership/{asked.token}/withdraw/")
    late = as_organiser.post(f"{ORGANISE}requests/{asked.pk}/approve/", {"words": ""}, follow=True)
    assert "withdrew the request meanwhile" in late.content.decode()
    assert not Person.objects.filter(user=stranger, memberships__community=community).exists()
    again = client.post(f"/membership/{asked.token}/again/", {"name": "Stranger", "zone": ""} | FOR_IT)
    assert again.status_code == 302
    assert JoinRequest.objects.get().standing == Standing.WAITING
