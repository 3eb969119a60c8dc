"""World Bank: a facilitator introduces Mexico and Mozambique, and they find each other; nobody sees an address."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from time_machine import Traveller

from seminars.people.models import Membership
from tests.journeys.founding import found, mailed, visitor
from tests.journeys.hand import Hand

pytestmark = pytest.mark.django_db
AUTUMN = datetime(2026, 11, 10, 14, tzinfo=UTC)
ROSA, CELSO = "rosa@venture.example", "celso@housing.example"
PAGE = "/communities/sei/"


def member(erin: Hand, email: str, name: str, zone: str) -> Hand:
    """Invite by mail, and come in."""
    erin.open("/organise/communities/sei/members/").follow("Invite by mail")
    erin.press("Send the invitations", people=f"{name} <{email}>")
    hand = visitor(zone)
    hand.open(mailed(email, "/invitations/")).press("Accept")
    return hand


def page_of(email: str) -> str:
    """The page that the last mail to somebody leads to; its last link stops these mails."""
    return mailed(email, "/introductions/").removesuffix("stop/")


def enter_the_directory(rosa: Hand, celso: Hand) -> None:
    """Each says what they offer and seek; the second one is shown the first."""
    celso.open(f"{PAGE}directory/mine/")
    celso.press(
        "Enter the directory",
        name="Celso",
        zone="Africa/Maputo",
        sector="housing",
        offers="Low-cost housing pilots",
        seeks="Packaging",
    )
    rosa.open(f"{PAGE}directory/mine/")
    rosa.press(
        "Enter the directory",
        name="Rosa",
        zone="America/Mexico_City",
        sector="food",
        offers="Packaging of food",
        seeks="Housing for workers",
    )
    rosa.sees("You may want to meet", "Celso", "Offers what you seek: housing.", "Works in another sector")


def test_mexico_and_mozambique_find_each_other(stopped: Traveller) -> None:
    erin = found(
        stopped,
        AUTUMN,
        leader="erin@sei.example",
        zone="America/New_York",
        name_en="Social Enterprise Innovations",
        slug="sei",
        joining="closed",
    )
    rosa = member(erin, ROSA, "Rosa", "America/Mexico_City")
    celso = member(erin, CELSO, "Celso", "Africa/Maputo")

    enter_the_directory(rosa, celso)
    erin.open("/organise/communities/sei/introductions/")
    erin.press(
        "Introduce them", one="Rosa", other="Celso", words="One of you houses people, the other feeds them."
    )
    erin.sees("Waits for")

    rosa.open(page_of(ROSA)).sees("May we introduce you to Celso?", "feeds them")
    rosa.press("Yes, introduce us").sees("Waits for Celso.")
    celso.open(page_of(CELSO)).press("Yes, introduce us").sees("You know each other.")

    celso.open(page_of(CELSO)).press("Pass it on", text="How many families work with you?")
    rosa.open(page_of(ROSA)).sees("How many families work with you?").misses(CELSO)
    rosa.press("Pass it on", text="Twelve. Shall we talk on Thursday?")
    rosa.press("Show them my address")
    celso.open(page_of(CELSO)).sees("Twelve.", ROSA)
    rosa.open("/introductions/nothing/", status=404)

    stranger = visitor("Europe/Paris")
    assert stranger.client.get(f"{PAGE}directory/").status_code == 302
    for each in mail.outbox:
        others = {ROSA, CELSO} - set(each.to)
        assert not any(address in str(each.body) for address in others), each.subject
    assert Membership.objects.count() == 3
