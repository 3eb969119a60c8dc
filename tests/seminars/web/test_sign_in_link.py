"""`manage.py sign_in_link`: once, for fifteen minutes, and not for a scanner that only looks."""

from datetime import datetime, timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from time_machine import Traveller

from seminars.people.models import User

pytestmark = pytest.mark.django_db


def link_for(address: str) -> str:
    out = StringIO()
    call_command("sign_in_link", address, stdout=out)
    assert out.getvalue().startswith("http://127.0.0.1:8000/accounts/link/")
    return urlsplit(out.getvalue().strip()).path


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_look_does_not_use_it_up_and_the_button_does(member: User, client: Client) -> None:
    link = link_for(member.email.upper())
    for _ in range(2):
        page = Client().get(link)
        assert page.status_code == 200
        assert member.email in page.content.decode()
    assert client.post(link).status_code == 302
    assert signed_in_as(client) == str(member.pk)
    other = Client()
    answer = other.post(link)
    assert (answer.status_code, signed_in_as(other)) == (410, None)
    assert "This link has ended" in answer.content.decode()


def test_it_ends_after_fifteen_minutes(
    member: User, client: Client, stopped: Traveller, now: datetime
) -> None:
    link = link_for(member.email)
    stopped.move_to(now + timedelta(minutes=14))
    assert client.get(link).status_code == 200
    stopped.move_to(now + timedelta(minutes=16))
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert signed_in_as(client) is None


@pytest.mark.parametrize("spoil", [lambda t: t[:-6] + "AAAAA/", lambda t: "/accounts/link/x/"])
def test_a_forged_link_signs_nobody_in(member: User, client: Client, spoil: object) -> None:
    link = spoil(link_for(member.email))  # type: ignore[operator]
    assert client.post(link).status_code == 410
    assert signed_in_as(client) is None


def test_a_closed_account_gets_none_and_a_link_made_before_ends(member: User, client: Client) -> None:
    link = link_for(member.email)
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.post(link).status_code == 410
    with pytest.raises(CommandError, match="has been closed"):
        call_command("sign_in_link", member.email)


def test_an_unknown_address_is_one_clear_line() -> None:
    with pytest.raises(CommandError, match="Nobody has an account with the address “who@example"):
        call_command("sign_in_link", "who@example.org")
