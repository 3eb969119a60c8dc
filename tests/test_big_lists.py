"""Ten thousand lines at once, some of them bad: each is named, and the good ones count only if that is said."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seminars.people.models import Community
from seminars.series.inviting.models import Invitation
from seminars.sessions.attendance.models import Attendance, Intake
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
LINES = 10_000
EVERY = 20  # one line of so many is bad


def listed(good: str, bad: str) -> tuple[SimpleUploadedFile, list[int]]:
    """A file of heads and 9,999 lines, and the numbers of its bad lines."""
    wrong = [number for number in range(2, LINES + 1) if number % EVERY == 0]
    lines = ["Name,Email,Duration (minutes)"]
    lines += [(bad if number % EVERY == 0 else good).format(n=number) for number in range(2, LINES + 1)]
    return SimpleUploadedFile("list.csv", "\n".join(lines).encode(), "text/csv"), wrong


def test_members_by_a_list_of_ten_thousand(community: Community, as_manager: Client) -> None:
    here = f"/organise/communities/{community.slug}/members/invite/"
    given = {"people": "", "role": "member", "language": "en"}
    file, wrong = listed("Person {n},p{n}@example.org,60", "Person {n},p{n}(at)example.org,60")
    answer: Any = as_manager.post(here, given | {"file": file})
    assert answer.status_code in {400, 422}
    page = answer.content.decode()
    assert all(str(number) in page for number in wrong)
    assert not Invitation.objects.exists()
    file, _wrong = listed("Person {n},p{n}@example.org,60", "Person {n},p{n}(at)example.org,60")
    assert as_manager.post(here, given | {"file": file, "only_good": "on"}).status_code == 302
    assert Invitation.objects.count() == LINES - 1 - len(wrong)


def test_who_came_by_a_list_of_ten_thousand(community: Community, as_organiser: Client) -> None:
    session = make_session(make_series(community), wall=NOW.replace(tzinfo=None, day=10), zone="UTC")
    base = f"/organise/sessions/{session.slug}/meeting-list/"
    file, wrong = listed("Person {n},p{n}@example.org,60", ",p{n}@example.org,soon")
    assert as_organiser.post(base, {"file": file, "zone": "UTC"}).status_code == 302
    here = f"{base}{Intake.objects.get().pk}/"
    page = as_organiser.get(here).content.decode()
    assert all(str(number) in page for number in wrong)
    assert as_organiser.post(here).status_code == 422
    assert not Attendance.objects.exists()
    assert as_organiser.post(here, {"without_bad": "on"}).status_code == 302
    assert Attendance.objects.count() == LINES - 1 - len(wrong)
