"""The import page: shown first, applied once, closed to strangers."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seminars.calendars.importing import following
from seminars.calendars.importing.fetching import Fetched
from seminars.calendars.importing.models import FollowedCalendar, WaitingImport
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import make_series, make_session

ZOO = Path(__file__).resolve().parents[3] / "zoo" / "importing"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def give(client: Client, community: Community, name: str) -> Any:
    file = SimpleUploadedFile(name, (ZOO / name).read_bytes())
    return client.post(reverse("import_calendar", args=[community.slug]), {"file": file})


def choices(**given: str) -> dict[str, str]:
    return {"into": "new", "title": "", "zone": "Africa/Johannesburg"} | given


def test_a_file_is_shown_then_applied_once(as_organiser: Client, community: Community) -> None:
    shown = give(as_organiser, community, "google.ics")
    assert shown.status_code == 302
    assert not Session.objects.exists()
    page = as_organiser.get(shown.url)
    assert "Savings by phone" in page.content.decode()
    assert shown.url in as_organiser.get(reverse("import_calendar", args=[community.slug])).content.decode()
    chosen = as_organiser.post(shown.url, choices(title="Circle", published="on"))
    assert chosen.url == shown.url
    page = as_organiser.get(shown.url)
    seal = page.context["shown"].seal
    done = as_organiser.post(f"{shown.url}apply/", {"seal": seal})
    series = Series.objects.get()
    assert done.url == reverse("organise_series", args=[series.slug])
    assert series.title == {"en": "Circle"}
    assert series.published_at
    assert series.sessions.count() == 4
    assert as_organiser.post(f"{shown.url}apply/", {"seal": seal}).status_code == 404
    assert Series.objects.count() == 1


def test_another_plan_is_shown_again(as_organiser: Client, community: Community) -> None:
    shown = give(as_organiser, community, "indico.ics")
    answer = as_organiser.post(f"{shown.url}apply/", {"seal": "0" * 64})
    assert answer.status_code == 409
    assert not Session.objects.exists()
    assert WaitingImport.objects.get().applied_at is None


def test_lines_can_be_filtered(as_organiser: Client, community: Community) -> None:
    shown = give(as_organiser, community, "own-zone.ics")
    page = as_organiser.get(f"{shown.url}?show=unclear").content.decode()
    assert "Nowhere" in page
    assert "At the office" not in page


@pytest.mark.parametrize("name", ["empty.ics", "page.html", "bomb.zip"])
def test_what_cannot_be_read_is_said_at_once(as_organiser: Client, community: Community, name: str) -> None:
    answer = give(as_organiser, community, name)
    assert answer.status_code == 400
    assert answer.context["form"].errors["file"]
    assert not WaitingImport.objects.exists()


def test_a_private_address_is_refused(as_organiser: Client, community: Community) -> None:
    for address in ("http://127.0.0.1:9/a.ics", "http://169.254.169.254/latest", "file:///etc/passwd"):
        answer = as_organiser.post(reverse("import_calendar", args=[community.slug]), {"address": address})
        assert answer.status_code == 400
        assert answer.context["form"].errors["address"]


def test_the_columns_of_a_table_can_be_put_right(as_organiser: Client, community: Community) -> None:
    shown = give(as_organiser, community, "ambiguous.csv")
    page = as_organiser.get(shown.url)
    assert [each.values["local_date"].month for each in page.context["reading"].entries] == [4, 6]
    columns = {"column_title": "0", "column_date": "1", "column_start": "2"}
    as_organiser.post(shown.url, choices(day_first="month", **columns))
    page = as_organiser.get(shown.url)
    assert [each.values["local_date"].month for each in page.context["reading"].entries] == [3, 5]


def test_what_was_changed_by_hand_asks(as_organiser: Client, community: Community) -> None:
    series = make_series(community)
    for _twice in range(2):
        shown = give(as_organiser, community, "indico.ics")
        as_organiser.post(shown.url, choices(into=series.slug))
        seal = as_organiser.get(shown.url).context["shown"].seal
        as_organiser.post(f"{shown.url}apply/", {"seal": seal})
        session = series.sessions.get()
        if not _twice:
            Session.objects.filter(pk=session.pk).update(title={"en": "By hand"})
    shown = give(as_organiser, community, "indico.ics")
    as_organiser.post(shown.url, choices(into=series.slug))
    page = as_organiser.get(shown.url)
    line = page.context["shown"].lines[0]
    assert (line.asks, line.follows) == (True, False)
    as_organiser.post(shown.url, {**choices(into=series.slug), "follow": line.key})
    page = as_organiser.get(shown.url)
    as_organiser.post(f"{shown.url}apply/", {"seal": page.context["shown"].seal})
    session.refresh_from_db()
    assert session.title == {"en": "Detector seminar"}


def test_an_address_can_be_followed(
    as_organiser: Client, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (ZOO / "pretalx.ics").read_bytes()
    for place in ("seminars.web.organise.importing.fetch", "seminars.calendars.importing.following.fetch"):
        monkeypatch.setattr(place, lambda **_asked: Fetched(body, '"one"'))
    given = {"address": "webcal://conf.example.org/a.ics"}
    shown = as_organiser.post(reverse("import_calendar", args=[community.slug]), given)
    as_organiser.post(shown.url, choices(keep_following="on", external="on", published="on"))
    seal = as_organiser.get(shown.url).context["shown"].seal
    as_organiser.post(f"{shown.url}apply/", {"seal": seal})
    followed = FollowedCalendar.objects.get()
    assert followed.address == "https://conf.example.org/a.ics"
    look = reverse("look_at_calendar", args=[community.slug, followed.uuid])
    as_organiser.post(look)
    followed.refresh_from_db()
    assert (followed.error, followed.etag) == ("", '"one"')
    assert Session.objects.count() == 1
    assert (
        "conf.example.org"
        in as_organiser.get(reverse("import_calendar", args=[community.slug])).content.decode()
    )
    as_organiser.post(reverse("stop_following", args=[community.slug, followed.uuid]))
    assert not following.of_community(community)
    assert Session.objects.count() == 1


def test_everything_can_be_taken_out(as_organiser: Client, community: Community) -> None:
    make_session(make_series(community), title={"en": "Taken"})
    answer = as_organiser.get(reverse("export_calendar", args=[community.slug]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY;LANGUAGE=en:Taken" in answer.content


def test_strangers_and_members_find_nothing(
    as_organiser: Client,
    as_member: Client,
    as_stranger: Client,
    community: Community,
    closed_community: Community,
) -> None:
    shown = give(as_organiser, community, "indico.ics")
    elsewhere = shown.url.replace(community.slug, closed_community.slug)
    assert as_organiser.get(elsewhere).status_code == 404
    for client in (as_member, as_stranger):
        assert client.get(shown.url).status_code == 404
        assert client.post(f"{shown.url}apply/", {"seal": ""}).status_code == 404
        assert client.get(reverse("export_calendar", args=[community.slug])).status_code == 404
        assert give(client, community, "indico.ics").status_code == 404


def test_the_preview_costs_the_same_however_many_lines(as_organiser: Client, community: Community) -> None:
    costs = []
    for name in ("indico.ics", "endless.ics"):
        shown = give(as_organiser, community, name)
        as_organiser.get(shown.url)
        with CaptureQueriesContext(connection) as queries:
            as_organiser.get(shown.url)
        costs.append(len(queries))
    assert costs[0] == costs[1]
