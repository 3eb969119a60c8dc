"""What pages send back as the number of a row."""

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.web.numbers import row_number, row_numbers
from tests.world import make_world


@pytest.mark.parametrize(
    "wrong", [None, "", "-1", "1.5", "x", "²", "٣", " 1", "9" * 19, "9" * 400, "9" * 5000]
)
def test_what_is_no_number_of_a_row_is_none(wrong: str | None) -> None:
    assert row_number(wrong) == 0


def test_numbers_are_read_in_their_order() -> None:
    assert row_numbers(["12", "x", "9" * 5000, "7"]) == [12, 7]


SENT = (
    ("sessions/<slug:slug>/door/", "registration", 404),
    ("sessions/<slug:slug>/undo/", "change", 404),
    ("communities/<slug:slug>/polls/<int:pk>/choose/", "slot", 404),
    ("communities/<slug:slug>/cohorts/<int:number>/in/", "member", 302),
    ("sessions/<slug:slug>/invited/", "persons", 400),
    ("follow-ups/change/", "item", 302),
)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["9" * 400, "9" * 5000, "²"])
def test_a_number_that_no_row_has_breaks_no_page(
    closed_community: Community, as_organiser: Client, wrong: str
) -> None:
    world = make_world(closed_community)
    for route, name, status in SENT:
        answer = as_organiser.post(world.path(f"/organise/{route}"), {name: wrong})
        assert answer.status_code == status, route
