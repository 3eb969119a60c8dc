"""Addresses with a NUL in them."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/reader/%00/", "/%00", "/sessions/a%00b/", "/archive/%00"])
def test_an_address_with_a_nul_names_nothing(address: str) -> None:
    assert Client().get(address).status_code == 404
    assert Client().post(address).status_code in {403, 404}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/archive/?q=a%00b", "/?topic=%00", "/organise/?x=%00"])
def test_a_query_is_read_without_it(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code in {200, 302}
    assert "\x00" not in "".join(answer.wsgi_request.GET.values())
