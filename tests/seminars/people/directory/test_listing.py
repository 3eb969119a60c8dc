"""The directory: who enters, what is shown, who is found, and that nobody outside sees anything."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.refusing import UserError
from seminars.people.directory import listing
from seminars.people.directory.models import DirectoryEntry
from seminars.people.models import Community, Membership, User
from seminars.people.visitors import NOBODY, Visitor
from tests.factories import NOW, make_community, make_member

pytestmark = pytest.mark.django_db


def enter(community: Community, **columns: Any) -> DirectoryEntry:
    return listing.enter(membership=make_member(community), now=NOW, **columns)


def test_only_members_see_entries(
    community: Community, member: User, stranger: User, administrator: User
) -> None:
    entry = enter(community, name="Rosa")
    make_member(make_community(), stranger)
    seen = {
        who: DirectoryEntry.objects.visible_to(visitor).filter(pk=entry.pk).exists()
        for who, visitor in {
            "member": Visitor(member.pk),
            "stranger": Visitor(stranger.pk),
            "administrator": Visitor(administrator.pk, is_admin=True),
            "nobody": NOBODY,
        }.items()
    }
    assert seen == {"member": True, "stranger": False, "administrator": False, "nobody": False}


def test_an_entry_is_made_changed_and_deleted_whole(community: Community) -> None:
    member = make_member(community)
    listing.enter(
        membership=member, now=NOW, name=" Ana  Ruiz ", zone="Asia/Calcutta", languages=["es", "en"]
    )
    entry = listing.enter(membership=member, now=NOW, offers="Savings groups", seeks="Lamps\x00")
    assert (entry.name, entry.zone, entry.tags) == ("Ana Ruiz", "Asia/Kolkata", ["es", "en"])
    assert (entry.offer_words, entry.seeks) == (" saving group ", "Lamps")
    assert listing.leave(membership=member)
    assert not listing.leave(membership=member)
    assert not DirectoryEntry.objects.exists()


def test_who_leaves_the_community_leaves_the_directory(community: Community) -> None:
    entry = enter(community, name="Rosa")
    Membership.objects.filter(pk=entry.membership_id).delete()
    assert not DirectoryEntry.objects.exists()


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"zone": "Atlantis/City"}, "zone"),
        ({"offers": "x" * 1001}, "offers"),
        ({"languages": ["en"] * 13}, "languages"),
    ],
)
def test_wrong_entries_are_refused(community: Community, columns: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as refused:
        enter(community, **columns)
    assert set(refused.value.fields) == {field}
    assert not DirectoryEntry.objects.exists()


def test_members_are_found_by_words_language_and_clock(community: Community) -> None:
    enter(community, name="Rosa", zone="America/Mexico_City", offers="Vivienda ÁGUA", languages=["es"])
    enter(
        community, name="Celso", zone="Africa/Maputo", offers="Housing", seeks="lamps", languages=["pt", "en"]
    )
    rows = DirectoryEntry.objects.of(community)
    assert [each.name for each in rows.saying("água")] == ["Rosa"]
    assert [each.name for each in rows.saying("LAMPS housing")] == ["Celso"]
    assert [each.name for each in rows.speaking("en")] == ["Celso"]
    assert [each.name for each in rows.speaking("e")] == []
    assert [each.name for each in rows.in_zones(["America/Mexico_City"])] == ["Rosa"]


def test_hours_awake_and_shared() -> None:
    noon = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
    zones = ["Africa/Maputo", "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata"]
    assert listing.awake_in(zones, noon) == ["Africa/Maputo", "Asia/Tokyo", "Asia/Kolkata"]
    hours = {zone: listing.shared_hours("Africa/Maputo", zone, noon) for zone in zones}
    # 14:00, 04:00, 21:00 and 17:30 there: 10, 7 and 3½ hours away
    assert hours == {"Africa/Maputo": 10, "America/Los_Angeles": 0, "Asia/Tokyo": 3, "Asia/Kolkata": 6}


def test_suggestions_give_the_reason_and_ask_twice_however_many(community: Community) -> None:
    rosa = enter(
        community, name="Rosa", zone="America/Mexico_City", sector="energy", offers="lamps", seeks="housing"
    )
    enter(community, name="Celso", zone="Africa/Maputo", sector="housing", offers="housing", seeks="lamps")
    enter(make_community(), name="Elsewhere", zone="Africa/Maputo", offers="housing")
    entry = DirectoryEntry.objects.select_related("membership").get(pk=rosa.pk)
    with CaptureQueriesContext(connection) as few:
        found = listing.to_meet(entry)
    assert [(each.name, why.they_offer, why.they_seek) for each, why in found] == [
        ("Celso", ("housing",), ("lamp",))
    ]
    for number in range(8):
        enter(community, name=f"M{number}", zone="Asia/Kolkata", offers="housing")
    with CaptureQueriesContext(connection) as many:
        assert len(listing.to_meet(entry)) == 6
    assert len(many) == len(few) == 2
