"""Whatever is asked, by whomever: an answer, never an error. It runs on the database of this suite."""

import pytest
from django.db.models import Q

from recordings.search import extracts, ranking
from tests.recordings.search.test_search import ask, recorded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["treasurer", '"three locks a treasurer"', "tresurer", "box -money"])
def test_who_may_see_no_text_at_all_finds_nothing(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    """Whatever the rule of who may see texts becomes: nothing of it depends on somebody seeing something."""
    recorded()
    for module in (ranking, extracts):
        monkeypatch.setattr(module, "allowed", lambda _visitor: Q(pk__in=[]))
    answer = ask(asked)
    assert (answer.hits, answer.total, answer.spellings) == ([], 0, ())
