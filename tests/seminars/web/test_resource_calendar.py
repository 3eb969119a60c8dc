"""Deadlines as a calendar: a whole day each, one UID for life; open communities only."""

from datetime import date, time, timedelta

import pytest
from django.test import Client

from seminars.people.models import Community, Joining
from seminars.series.resources import sharing
from seminars.series.resources.models import Resource
from tests.factories import NOW
from tests.seminars.calendars.reading import entries_of
from tests.seminars.series.resources.test_sharing import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
HERE = "/communities/savings/resources/calendar.ics"


def test_each_deadline_is_a_whole_day_of_its_own(community: Community, as_nobody: Client) -> None:
    day = post(community, title="A grant, and more", due_on=date(2026, 12, 1), zone="America/Mexico_City")
    post(community, title="By the hour", due_on=date(2026, 12, 2), due_time=time(17), zone="Asia/Kolkata")
    post(community, title="Without a day")
    post(community, title="Waits", moderator=False, due_on=date(2026, 12, 3), zone="UTC")
    post(community, title="Long past", due_on=date(2026, 7, 1), zone="UTC")
    answer = as_nobody.get(HERE)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    first, second = entries_of(answer.content)
    assert str(first["SUMMARY"]) == "Deadline: A grant, and more"
    assert (first.decoded("DTSTART"), first.decoded("DTEND")) == (date(2026, 12, 1), date(2026, 12, 2))
    assert str(first["UID"]) == str(day.uuid)
    assert str(first["URL"]) == day.url
    assert "Until the end of the day in Mexico City." in str(first["DESCRIPTION"])
    assert "Until 17:00 in Kolkata." in str(second["DESCRIPTION"])
    assert second.decoded("DTSTART") == date(2026, 12, 2)
    assert "TRANSP:TRANSPARENT" in answer.content.decode()


def test_a_deadline_that_moves_keeps_its_entry(community: Community, as_nobody: Client) -> None:
    found = post(community, due_on=date(2026, 12, 1), zone="UTC")
    before = as_nobody.get(HERE)
    (old,) = entries_of(before.content)
    assert as_nobody.get(HERE, headers={"if-none-match": before["ETag"]}).status_code == 304
    later = NOW + timedelta(minutes=5)
    sharing.edit(resource=found, moderator=True, now=later, actor_id=None, due_on=date(2026, 12, 9))
    (new,) = entries_of(as_nobody.get(HERE, headers={"if-none-match": before["ETag"]}).content)
    assert (str(new["UID"]), new.decoded("DTSTART")) == (str(old["UID"]), date(2026, 12, 9))
    assert new.decoded("SEQUENCE") > old.decoded("SEQUENCE")
    assert new.decoded("DTSTAMP") > old.decoded("DTSTAMP")
    sharing.withdraw(resource=found, now=later, actor_id=None)
    assert entries_of(as_nobody.get(HERE).content) == []


def test_the_list_leads_there_and_closed_lists_have_none(
    community: Community, as_nobody: Client, as_member: Client
) -> None:
    post(community, due_on=date(2026, 12, 1), zone="UTC")
    page = as_nobody.get("/communities/savings/resources/").content.decode()
    assert 'href="webcal://' in page
    assert HERE in page
    Community.objects.filter(pk=community.pk).update(joining=Joining.REQUEST)
    assert as_nobody.get(HERE).status_code == as_member.get(HERE).status_code == 404
    assert HERE not in as_member.get("/communities/savings/resources/").content.decode()
    assert Resource.objects.count() == 1
