"""How each story begins: an administrator makes the community, and whoever leads it comes in by a mailed link."""

import re
from datetime import datetime
from typing import Any

from django.core import mail
from django.test import Client
from time_machine import Traveller

from seminars import tasks
from seminars.people.models import Community
from tests.conftest import signed_in
from tests.factories import make_user
from tests.journeys.hand import Hand


def visitor(zone: str, language: str = "en") -> Hand:
    """Somebody without an account whose browser says where they are."""
    client = Client()
    client.cookies["meridian_zone"] = zone
    return Hand(client, **{"Accept-Language": language})


def in_english(hand: Hand) -> None:
    """Whose account was made by an invitation reads the community's language: the stories are told in English."""
    hand.client.post("/language/", {"language": "en"})


def mailed(address: str, path: str) -> str:
    """Send what is due; return the last link below `path` that this person was sent."""
    tasks.sweep()
    found = [
        link
        for each in mail.outbox
        if each.to == [address]
        for link in re.findall(rf"https?://[^/\s]+({re.escape(path)}[^\s<>\"]*)", str(each.body))
    ]
    assert found, f"no mail to {address} with {path}: {[(each.to, each.subject) for each in mail.outbox]}"
    return str(found[-1])


def found(stopped: Traveller, now: datetime, *, leader: str, zone: str, **community: Any) -> Hand:
    """Make a community and lead it: return the hand of `leader`, an address, in `zone`, at its page."""
    stopped.move_to(now)
    administrator = Hand(signed_in(make_user("administrator@example.org", is_staff=True, is_superuser=True)))
    administrator.open("/organise/").follow("Make a community")
    administrator.press("Make the community", **{"language": "en", "home_zone": zone} | community)
    slug = Community.objects.get().slug
    administrator.open(f"/organise/communities/{slug}/members/").follow("Invite by mail")
    administrator.press("Send the invitations", people=leader, role="manager")
    hand = visitor(zone)
    hand.open(mailed(leader, "/invitations/")).press("Accept")
    in_english(hand)
    return hand.open("/organise/").follow(community["name_en"]).sees("No series yet.")
