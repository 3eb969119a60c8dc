"""Making and changing a community, each with its Change."""

import pytest

from seminars.changes.models import Change, Version
from seminars.changes.refusing import UserError
from seminars.people.founding import edit_community, found_community
from seminars.people.models import Community
from tests.factories import NOW, make_community


@pytest.mark.django_db
def test_a_community_is_founded() -> None:
    made = found_community(
        slug="harvest", name={"en": "Harvest"}, home_zone="Africa/Maputo", now=NOW, actor_id=None
    )
    assert Change.objects.get(subject=f"community:{made.uuid}").kind == "founded"
    assert Version.objects.filter(scope=f"community:{made.pk}", number=1).exists()


@pytest.mark.django_db
def test_what_cannot_be_is_refused_by_field() -> None:
    with pytest.raises(UserError) as refused:
        found_community(slug="x", name={}, home_zone="Mars/Olympus", accent="red", now=NOW, actor_id=None)
    assert set(refused.value.fields) == {"home_zone", "accent"}
    assert not Community.objects.exists()


@pytest.mark.django_db
def test_a_change_is_told_once_and_no_change_not_at_all() -> None:
    community = make_community(contact="a@example.org")
    for _time in range(2):
        edit_community(community=community, contact="b@example.org", now=NOW, actor_id=None)
    change = Change.objects.get()
    assert (change.before, change.after) == ({"contact": "a@example.org"}, {"contact": "b@example.org"})
