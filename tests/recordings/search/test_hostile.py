"""Whatever is asked, by whomever: an answer, never an error. It runs on the database of this suite."""

from urllib.parse import quote

import pytest
from django.db.models import Q
from django.test import Client

from recordings.search import extracts, ranking
from recordings.search.narrowing import FACETS
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


ADDRESSES = ("/archive/?q=", "/archive/?as=typed&page=999999&q=", "/archive/feed/?q=", "/api/archive/?q=")
QUESTIONS = (
    "é" * 10_000,
    "ab " * 3_333,
    '"' * 9_999,
    '"treasurer box',
    "-treasurer -box --locks",
    '-"three locks',
    "trea\x00surer",
    "\ud800 \udfff",
    "\u200ftreasurer\u202e box\u202c",
    "👩\u200d👩\u200d👧",
    "银 ก ب አ 한 か",
    "\ue000en\ue001x\ue002",
    "a:* & !b | (c <-> d)",
    "NEAR(a b) AND NOT c OR d* col:x ^y",
    "\\" * 50 + "'",
    "%%s %s %(x)s",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_question_is_answered(as_nobody: Client, address: str) -> None:
    """Programs are told where there is no word to look for."""
    recorded()
    fine = {200, 422} if "/api/" in address else {200}
    asked = [*(quote(each, errors="surrogatepass") for each in QUESTIONS), "%ff%fe", "%c0%80", "%"]
    given = {each[:60]: as_nobody.get(f"{address}{each}").status_code for each in asked}
    assert {words: status for words, status in given.items() if status not in fine} == {}


@pytest.mark.parametrize(
    "value", ["nothing", "x" * 5_000, "-1", "9" * 30, "%00", "%ED%A0%80", "%27", "%22", "YES"]
)
def test_every_filter_is_answered(as_nobody: Client, value: str) -> None:
    recorded()
    for name in (*FACETS, "page", "as"):
        for path in ("/archive/?q=treasurer&", "/archive/feed/?"):
            again = "&".join([f"{name}={value[:60]}"] * 100)
            assert as_nobody.get(f"{path}{name}={value}&{again}").status_code == 200, (path, name)
