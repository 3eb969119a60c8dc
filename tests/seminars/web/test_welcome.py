"""Who was added by address is a member from the first sign-in on."""

from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from seminars.people.joining import add_member
from seminars.people.models import Community, Person, User
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("confirmed", [True, False])
def test_only_who_confirmed_the_address_is_the_member(
    closed_community: Community, now: datetime, confirmed: bool
) -> None:
    session = make_session(make_series(closed_community))
    add_member(community=closed_community, email="ada@example.org", name="Ada", now=now, actor_id=None)
    account = User.objects.create_user("ada@example.org")
    EmailAddress.objects.create(user=account, email="ada@example.org", verified=confirmed, primary=True)
    assert not Session.objects.visible_to(Visitor(account.pk)).exists()
    for _ in range(2):
        Client().force_login(account)
    seen = list(Session.objects.visible_to(Visitor(account.pk)))
    assert seen == ([session] if confirmed else [])
    assert Person.objects.count() == (1 if confirmed else 2)
